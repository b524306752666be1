package cbr

import (
	"fmt"
	"slices"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Limits of a policy's rules (reference, section 3.5).
const (
	maxPatterns = 24
	minSpacing  = 60 // minutes
)

// checkSchedules reports rules that the service cannot run in a zone of an offset.
func checkSchedules(rules []string, offset time.Duration) []backup.Problem {
	var (
		problems []backup.Problem
		utc      []backup.Schedule
	)
	report := func(format string, args ...any) {
		problems = append(problems, backup.Problem{
			Path: []string{"schedules"}, Summary: "Invalid Schedule", Detail: fmt.Sprintf(format, args...),
		})
	}
	for i, rule := range rules {
		s, err := backup.ParseAnchoredSchedule(rule)
		if err != nil {
			report("Schedule %d of %d, %.200q: %s.", i+1, len(rules), rule, err)
			continue
		}
		shifted, err := shift(s, -offset)
		if err != nil {
			report("Schedule %d of %d, %.200q: %s.", i+1, len(rules), rule, err)
			continue
		}
		utc = append(utc, shifted...)
	}
	if len(problems) > 0 {
		return problems
	}
	if len(utc) > maxPatterns {
		report("The schedules are %d rules in UTC; the service takes at most %d. List several BYHOUR in one rule.", len(utc), maxPatterns)
	}
	if a, b, found := tooClose(utc); found {
		report("Two runs are less than an hour apart, at %s and %s; the service wants at least an hour between runs. Move or remove one of them.",
			clock(a, offset), clock(b, offset))
	}
	return problems
}

// tooClose finds two runs of a week that are less than an hour apart, as minutes since Sunday 00:00.
// Rules with INTERVAL count as daily: only the service knows their days.
func tooClose(utc []backup.Schedule) (a, b int, found bool) {
	const week = 7 * minutesPerDay
	var runs []int
	for _, s := range utc {
		for day := range 7 {
			on := func(d backup.WeekdayNum) bool { return int(d.Day) == day }
			if len(s.Days) > 0 && !slices.ContainsFunc(s.Days, on) {
				continue
			}
			for _, h := range s.Hours {
				runs = append(runs, day*minutesPerDay+h*60+s.Minutes[0])
			}
		}
	}
	slices.Sort(runs)
	for i := range runs {
		next := runs[(i+1)%len(runs)]
		if gap := (next - runs[i] + week) % week; gap < minSpacing && len(runs) > 1 {
			return runs[i], next, true
		}
	}
	return 0, 0, false
}

// clock shows a minute of the week in UTC as the zone of the policy has it.
func clock(minute int, offset time.Duration) string {
	const sunday = 3 * 24 * time.Hour // 1970-01-01 was a Thursday
	return time.Unix(0, 0).UTC().Add(sunday + time.Duration(minute)*time.Minute + offset).Format("Mon 15:04")
}
