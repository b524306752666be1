package backup

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	noStart = "a schedule has no start; the time of day is BYHOUR and BYMINUTE, the zone is the policy's timezone"
	noEnd   = "a schedule has no end; leave it out, and disable the policy when it should stop"
	noDates = "a schedule does not list dates; leave it out"
	noYears = "a schedule repeats every month at least; leave it out and name days with BYMONTHDAY or BYDAY, for example FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=1;BYMINUTE=0"
)

// forbiddenParts are parts of RFC 5545 and RFC 7529 that backup schedules do not have, with what to
// write instead.
var forbiddenParts = map[string]string{
	"COUNT":         noEnd,
	"UNTIL":         noEnd,
	"DTEND":         noEnd,
	"DURATION":      noEnd,
	"DTSTART":       noStart,
	"TZID":          "the zone is the policy's timezone; leave TZID out",
	"RDATE":         noDates,
	"EXDATE":        noDates,
	"EXRULE":        noDates,
	"RECURRENCE-ID": noDates,
	"BYSECOND":      "backups start on the minute; leave BYSECOND out",
	"BYSETPOS":      "count weekdays in BYDAY instead, for example FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=1;BYMINUTE=0 for the last Friday",
	"BYMONTH":       noYears,
	"BYWEEKNO":      noYears,
	"BYYEARDAY":     noYears,
	"WKST":          "weeks do not need a first day here; leave WKST out",
	"RSCALE":        "only the Gregorian calendar is known; leave RSCALE out",
	"SKIP":          "months without the day are left out; leave SKIP out",
}

// forbiddenFrequencies are the other frequencies of RFC 5545.
var forbiddenFrequencies = map[string]string{
	"SECONDLY": "backups run hourly at most often; several BYMINUTE run more than once an hour, for example FREQ=HOURLY;BYMINUTE=0,30",
	"MINUTELY": "backups run hourly at most often; several BYMINUTE run more than once an hour, for example FREQ=HOURLY;BYMINUTE=0,30",
	"YEARLY":   "backups run monthly at least; write FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=1;BYMINUTE=0, and keep one per year with retention.yearly",
}

// parseParts reads the parts of an upper-case rule one by one; how they fit together is
// [Schedule.check]'s affair.
func parseParts(body string) (Schedule, error) {
	if !strings.Contains(body, "=") {
		hint := ""
		if len(strings.Fields(body)) >= 5 {
			hint = " (it looks like cron, which the function cron_to_rrule converts)"
		}
		return Schedule{}, fmt.Errorf("%.60q is not a recurrence rule%s; write for example %s", body, hint, ruleExample)
	}
	s := Schedule{Interval: 1}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(body, ";") {
		name, value, _ := strings.Cut(part, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if advice, forbidden := forbiddenParts[name]; forbidden {
			return Schedule{}, fmt.Errorf("%s is not allowed: %s", name, advice)
		}
		switch {
		case name == "":
			return Schedule{}, fmt.Errorf("the rule has a semicolon or an equals sign too many; write for example %s", ruleExample)
		case value == "":
			return Schedule{}, fmt.Errorf("%.40s has no value; write NAME=VALUE parts, for example %s", name, ruleExample)
		case seen[name]:
			return Schedule{}, fmt.Errorf("%.40s is there twice; write one part with a list, for example BYHOUR=1,13", name)
		}
		seen[name] = true
		if err := s.setPart(name, value); err != nil {
			return Schedule{}, err
		}
	}
	if s.Freq == "" {
		return Schedule{}, fmt.Errorf("FREQ is missing; write FREQ=HOURLY, DAILY, WEEKLY or MONTHLY, for example %s", ruleExample)
	}
	return s, nil
}

func (s *Schedule) setPart(name, value string) (err error) {
	switch name {
	case "FREQ":
		s.Freq, err = parseFrequency(value)
	case "INTERVAL":
		s.Interval, err = parseInt(name, value, 1, maxGapDays)
	case "BYHOUR":
		s.Hours, err = parseList(name, value, compareInts, func(v string) (int, error) { return parseInt(name, v, 0, 23) })
	case "BYMINUTE":
		s.Minutes, err = parseList(name, value, compareInts, func(v string) (int, error) { return parseInt(name, v, 0, 59) })
	case "BYMONTHDAY":
		s.MonthDays, err = parseList(name, value, compareMonthDays, parseMonthDay)
	case "BYDAY":
		s.Days, err = parseList(name, value, compareWeekdays, parseWeekday)
	default:
		return fmt.Errorf("%.40q is no part of a schedule; the parts are FREQ, INTERVAL, BYMONTHDAY, BYDAY, BYHOUR and BYMINUTE, for example %s", name, ruleExample)
	}
	return err
}

func parseFrequency(value string) (Frequency, error) {
	f := Frequency(value)
	switch f {
	case Hourly, Daily, Weekly, Monthly:
		return f, nil
	}
	if advice, known := forbiddenFrequencies[value]; known {
		return "", fmt.Errorf("FREQ=%s is not allowed: %s", value, advice)
	}
	return "", fmt.Errorf("FREQ=%.40s is no frequency; write HOURLY, DAILY, WEEKLY or MONTHLY, for example %s", value, ruleExample)
}

// parseList reads a comma-separated list and sorts it.
func parseList[T comparable](name, value string, compare func(a, b T) int, parse func(string) (T, error)) ([]T, error) {
	var list []T
	for member := range strings.SplitSeq(value, ",") {
		member = strings.TrimSpace(member)
		if member == "" {
			return nil, fmt.Errorf("%s=%.60s has a comma too many", name, value)
		}
		v, err := parse(member)
		if err != nil {
			return nil, err
		}
		if slices.Contains(list, v) {
			return nil, fmt.Errorf("%s lists %s twice; leave one out", name, member)
		}
		list = append(list, v)
	}
	slices.SortFunc(list, compare)
	return list, nil
}

// parseInt reads a number of one to three digits; RFC 5545 allows a plus sign only where a minus
// sign means something, and leading zeros everywhere.
func parseInt(name, text string, low, high int) (int, error) {
	digits := strings.TrimLeft(text, "0123456789") == ""
	n, err := strconv.Atoi(text)
	if !digits || err != nil || len(text) > 3 || n < low || n > high {
		return 0, fmt.Errorf("%s=%.20s is out of range; write a whole number from %d to %d", name, text, low, high)
	}
	return n, nil
}

func parseMonthDay(text string) (int, error) {
	digits, sign := cutSign(text)
	n, err := parseInt("BYMONTHDAY", digits, 1, 31)
	if err != nil {
		return 0, fmt.Errorf("BYMONTHDAY=%.20s is out of range; write days from 1 to 31, or -1 for the last day of the month", text)
	}
	return sign * n, nil
}

func parseWeekday(text string) (WeekdayNum, error) {
	if len(text) >= 2 {
		number, name := text[:len(text)-2], text[len(text)-2:]
		day := slices.Index(weekdayNames[:], name)
		if day >= 0 && number == "" {
			return WeekdayNum{Day: time.Weekday(day)}, nil
		}
		digits, sign := cutSign(number)
		if n, err := parseInt("BYDAY", digits, 1, 5); day >= 0 && err == nil {
			return WeekdayNum{N: sign * n, Day: time.Weekday(day)}, nil
		}
	}
	return WeekdayNum{}, fmt.Errorf("BYDAY=%.20s is no weekday; write MO, TU, WE, TH, FR, SA or SU, "+
		"with FREQ=MONTHLY also 1MO (the first Monday) to 5MO or -1MO (the last)", text)
}

func cutSign(text string) (digits string, sign int) {
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		return rest, -1
	}
	return strings.TrimPrefix(text, "+"), 1
}
