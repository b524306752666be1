package backup

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Frequency is how often a rule repeats (RFC 5545, section 3.3.10).
type Frequency string

// The frequencies that a backup schedule can have.
const (
	Hourly  Frequency = "HOURLY"
	Daily   Frequency = "DAILY"
	Weekly  Frequency = "WEEKLY"
	Monthly Frequency = "MONTHLY"
)

// Schedule is a recurrence rule after RFC 5545, section 3.3.10, cut down to what backups need. It
// has no start date: runs are at the times of day that it names, in the zone that [Schedule.Next]
// is given. Get one from [ParseSchedule]; the zero Schedule never runs.
type Schedule struct {
	Freq Frequency
	// Interval is at least 1. Above 1 an hourly schedule counts the hours of the day from 00:00;
	// any other needs an anchor, see [Schedule.CheckInterval].
	Interval int
	// Hours (0–23) and Minutes (0–59) are sorted. Hours is empty for an hourly schedule.
	Hours   []int
	Minutes []int
	// MonthDays are 1–31, or -1 (the last) to -31, in that order; empty is every day.
	MonthDays []int
	// Days are empty for every day. With MonthDays, a day must be in both.
	Days []WeekdayNum
}

// WeekdayNum is a weekday, or the Nth such weekday of a month (weekdaynum in RFC 5545).
type WeekdayNum struct {
	// N is 1–5 from the start of the month, -1 (the last) to -5 from its end, 0 for every one.
	N   int
	Day time.Weekday
}

// weekdayNames are indexed by time.Weekday.
var weekdayNames = [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// String returns the weekday as BYDAY spells it, such as MO or -1FR.
func (w WeekdayNum) String() string {
	name := "??"
	if w.Day >= 0 && int(w.Day) < len(weekdayNames) {
		name = weekdayNames[w.Day]
	}
	if w.N == 0 {
		return name
	}
	return strconv.Itoa(w.N) + name
}

// ParseSchedule reads a recurrence rule, bare or as RRULE property, also inside VEVENT and
// VCALENDAR. Errors are for the person who wrote the rule: they name the part, say what is wrong
// with it and show what to write. A schedule without error runs at least once in any 400 days.
func ParseSchedule(rule string) (Schedule, error) {
	s, err := ParseAnchoredSchedule(rule)
	if err != nil {
		return Schedule{}, err
	}
	if err := s.CheckInterval(); err != nil {
		return Schedule{}, err
	}
	return s, nil
}

// ParseAnchoredSchedule is [ParseSchedule] for a service that keeps a start date with each policy:
// it also takes FREQ=DAILY with an INTERVAL above 1, whose next runs only that service knows.
func ParseAnchoredSchedule(rule string) (Schedule, error) {
	body, err := unwrapRule(rule)
	if err != nil {
		return Schedule{}, err
	}
	s, err := parseParts(body)
	if err != nil {
		return Schedule{}, err
	}
	if err := s.check(); err != nil {
		return Schedule{}, err
	}
	return s, nil
}

// CheckInterval returns an error if the runs depend on a day to count from, which a rule without
// DTSTART does not have.
func (s Schedule) CheckInterval() error {
	if s.Interval > 1 && s.Freq != Hourly {
		return errors.New("INTERVAL=" + strconv.Itoa(s.Interval) + " with FREQ=" + string(s.Freq) +
			" needs a first day to count from, which a schedule does not have; leave INTERVAL out and name the days, " +
			"for example FREQ=MONTHLY;BYMONTHDAY=1,11,21;BYHOUR=1;BYMINUTE=0")
	}
	return nil
}

// String returns the canonical form: parts in a fixed order, lists sorted, INTERVAL=1 left out.
// Schedules that String spells alike are the same.
func (s Schedule) String() string {
	parts := []string{"FREQ=" + string(s.Freq)}
	if s.Interval > 1 {
		parts = append(parts, "INTERVAL="+strconv.Itoa(s.Interval))
	}
	list := func(name string, values []string) {
		if len(values) > 0 {
			parts = append(parts, name+"="+strings.Join(values, ","))
		}
	}
	list("BYMONTHDAY", texts(s.MonthDays, compareMonthDays, strconv.Itoa))
	list("BYDAY", texts(s.Days, compareWeekdays, WeekdayNum.String))
	list("BYHOUR", texts(s.Hours, compareInts, strconv.Itoa))
	list("BYMINUTE", texts(s.Minutes, compareInts, strconv.Itoa))
	return strings.Join(parts, ";")
}

// texts spells the members of a list, sorted and each once.
func texts[T comparable](list []T, compare func(a, b T) int, text func(T) string) []string {
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, compare)
	sorted = slices.Compact(sorted)
	out := make([]string, len(sorted))
	for i, v := range sorted {
		out[i] = text(v)
	}
	return out
}

// SchedulesEqual says whether two lists hold the same schedules, in any order and spelling. Rules
// that [ParseAnchoredSchedule] refuses are compared as text.
func SchedulesEqual(a, b []string) bool {
	return slices.Equal(canonicalSet(a), canonicalSet(b))
}

func canonicalSet(rules []string) []string {
	set := make([]string, len(rules))
	for i, rule := range rules {
		set[i] = rule
		if s, err := ParseAnchoredSchedule(rule); err == nil {
			set[i] = s.String()
		}
	}
	slices.Sort(set)
	return slices.Compact(set)
}
