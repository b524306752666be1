package cbr

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var timezone = regexp.MustCompile(`^UTC[+-]\d\d:\d\d$`)

// checkDefinition refuses what §3.5 rules out. Huawei Cloud wants a time zone with long-term retention only: its own
// clients leave it out of the others.
func checkDefinition(d definition, huawei bool) error {
	longTerm := 0
	for _, n := range []*int{d.DayBackups, d.WeekBackups, d.MonthBackups, d.YearBackups} {
		if n == nil {
			continue
		}
		if *n < 0 || *n > 100 {
			return invalid("A long-term retention must be 0 to 100.")
		}
		longTerm += *n
	}
	if optional := huawei && longTerm == 0; (d.Timezone != "" || !optional) && !timezone.MatchString(d.Timezone) {
		return invalid("operation_definition.timezone is invalid.")
	}
	for _, n := range []*int{d.MaxBackups, d.RetentionDays} {
		if n != nil && *n != -1 && (*n < 1 || *n > 99999) {
			return invalid("max_backups and retention_duration_days must be -1 or 1 to 99999.")
		}
	}
	days := d.RetentionDays != nil && *d.RetentionDays > 0
	if days && (longTerm > 0 || (d.MaxBackups != nil && *d.MaxBackups > 0)) {
		return invalid("retention_duration_days does not go with other kinds of retention.")
	}
	return nil
}

// checkPattern refuses rules that the service cannot run. It reads them by itself: a mistake of the
// domain's parser must not agree with itself.
func checkPattern(pattern []string) error {
	if len(pattern) > 24 {
		return invalid("There are more than 24 rules.")
	}
	var minutes []int
	for _, rule := range pattern {
		runs, err := minutesOfWeek(rule)
		if err != nil {
			return err
		}
		minutes = append(minutes, runs...)
	}
	slices.Sort(minutes)
	const week = 7 * 24 * 60
	for i := range minutes {
		gap := (minutes[(i+1)%len(minutes)] - minutes[i] + week) % week
		if gap < 60 && len(minutes) > 1 {
			return invalid("The interval between two backups is less than an hour.")
		}
	}
	return nil
}

var weekdays = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

func minutesOfWeek(rule string) ([]int, error) {
	parts := map[string]string{}
	for part := range strings.SplitSeq(rule, ";") {
		name, value, _ := strings.Cut(part, "=")
		if !contains([]string{"FREQ", "BYDAY", "BYHOUR", "BYMINUTE", "INTERVAL"}, name) || value == "" {
			return nil, invalid("The rule " + rule + " has the invalid part " + part + ".")
		}
		parts[name] = value
	}
	days := weekdays
	switch {
	case parts["FREQ"] == "WEEKLY" && parts["BYDAY"] != "":
		days = strings.Split(parts["BYDAY"], ",")
	case parts["FREQ"] != "DAILY" || parts["BYDAY"] != "":
		return nil, invalid("The rule " + rule + " has an invalid FREQ or BYDAY.")
	}
	hours, okHours := numbers(parts["BYHOUR"], 23)
	minutes, okMinutes := numbers(parts["BYMINUTE"], 59)
	if !okHours || !okMinutes {
		return nil, invalid("The rule " + rule + " has an invalid BYHOUR or BYMINUTE.")
	}
	var runs []int
	for _, day := range days {
		d := slices.Index(weekdays, day)
		if d < 0 {
			return nil, invalid("The rule " + rule + " has an invalid BYDAY.")
		}
		for _, h := range hours {
			for _, m := range minutes {
				runs = append(runs, (d*24+h)*60+m)
			}
		}
	}
	return runs, nil
}

func numbers(list string, limit int) ([]int, bool) {
	var out []int
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > limit {
			return nil, false
		}
		out = append(out, n)
	}
	return out, len(out) > 0
}
