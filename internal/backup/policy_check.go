package backup

import (
	"fmt"
	"slices"
)

// CheckPolicy reports what no service can do with a policy: schedules, a timezone and a retention
// that are not valid. Services call it first in [PolicyService.CheckPolicy] and add their own limits.
func CheckPolicy(p Policy) []Problem {
	problems := CheckName([]string{"name"}, p.Name)
	problems = append(problems, CheckSchedules(p.Schedules)...)
	if p.Timezone != "" {
		if _, err := ParseTimezone(p.Timezone); err != nil {
			problems = append(problems, Problem{
				Path: []string{"timezone"}, Summary: "Invalid Time Zone", Detail: sentence(err.Error()),
			})
		}
	}
	if p.IncrementalsPerFull != nil && *p.IncrementalsPerFull < 0 {
		problems = append(problems, Problem{
			Path:    []string{"incrementals_per_full"},
			Summary: "Invalid Number of Incrementals",
			Detail:  "incrementals_per_full must be 0 (every point is full) or more.",
		})
	}
	return append(problems, p.Retention.Check()...)
}

// CheckSchedules reports rules that are not valid, and rules that are there twice.
func CheckSchedules(rules []string) []Problem {
	var problems []Problem
	report := func(i int, why string) {
		problems = append(problems, Problem{
			Path:    []string{"schedules"},
			Summary: "Invalid Schedule",
			Detail:  fmt.Sprintf("Schedule %d of %d, %.200q: %s", i+1, len(rules), rules[i], sentence(why)),
		})
	}
	var seen []string
	for i, rule := range rules {
		s, err := ParseSchedule(rule)
		if err != nil {
			report(i, err.Error())
			continue
		}
		text := s.String()
		if first := slices.Index(seen, text); first >= 0 {
			report(i, "it is the same as an earlier one; leave one of them out")
		}
		seen = append(seen, text)
	}
	return problems
}
