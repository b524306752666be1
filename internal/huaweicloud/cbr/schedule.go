package cbr

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// minutesPerDay is also what hours and minutes of a rule wrap around at.
const minutesPerDay = 24 * 60

// shift moves the runs of a schedule by an offset and returns rules that the service can run: FREQ=DAILY
// and FREQ=WEEKLY with one BYMINUTE (reference, section 3.5). Runs that come to another day than the
// rest of a weekly rule are a rule of their own. Errors say what to write instead.
func shift(s backup.Schedule, offset time.Duration) ([]backup.Schedule, error) {
	if err := runnable(s); err != nil {
		return nil, err
	}
	hours := s.Hours
	if s.Freq == backup.Hourly {
		for h := 0; h < 24; h += s.Interval {
			hours = append(hours, h)
		}
	}
	byDay := map[int][]int{} // hours by how many days later they run
	minute := 0
	for _, h := range hours {
		m := h*60 + s.Minutes[0] + int(offset/time.Minute)
		later := 0
		for ; m < 0; m += minutesPerDay {
			later--
		}
		for ; m >= minutesPerDay; m -= minutesPerDay {
			later++
		}
		byDay[later] = append(byDay[later], m/60)
		minute = m % 60
	}
	if s.Freq != backup.Daily && s.Freq != backup.Hourly || len(s.Days) > 0 {
		return weekly(s, byDay, minute), nil
	}
	if s.Freq == backup.Daily && s.Interval > 1 && len(byDay) > 1 {
		return nil, fmt.Errorf("in UTC some of its hours are on another day than the rest, which the service cannot do with INTERVAL=%d; "+
			"write one BYHOUR", s.Interval)
	}
	daily := backup.Schedule{Freq: backup.Daily, Interval: 1, Minutes: []int{minute}}
	if s.Freq == backup.Daily {
		daily.Interval = s.Interval
	}
	for _, list := range byDay {
		daily.Hours = append(daily.Hours, list...)
	}
	slices.Sort(daily.Hours)
	return []backup.Schedule{daily}, nil
}

func weekly(s backup.Schedule, byDay map[int][]int, minute int) []backup.Schedule {
	var rules []backup.Schedule
	for _, later := range []int{-1, 0, 1} {
		if len(byDay[later]) == 0 {
			continue
		}
		rule := backup.Schedule{Freq: backup.Weekly, Interval: 1, Hours: byDay[later], Minutes: []int{minute}}
		for _, d := range s.Days {
			rule.Days = append(rule.Days, backup.WeekdayNum{Day: (d.Day + time.Weekday(later) + 7) % 7})
		}
		rules = append(rules, rule)
	}
	return rules
}

// runnable says what no rule of the service can do.
func runnable(s backup.Schedule) error {
	switch {
	case s.Freq == backup.Monthly || len(s.MonthDays) > 0:
		return fmt.Errorf("the service cannot run monthly; write FREQ=DAILY;BYHOUR=%d;BYMINUTE=%d and keep one point of each month with retention.monthly",
			first(s.Hours), first(s.Minutes))
	case len(s.Minutes) > 1:
		return errors.New("BYMINUTE lists several minutes, but runs are at least an hour apart; write one of them")
	}
	return nil
}

func first(list []int) int {
	if len(list) == 0 {
		return 0
	}
	return list[0]
}

// patterns translates schedules into the rules of the service, which are in UTC.
func patterns(rules []string, offset time.Duration) ([]string, error) {
	list := []string{}
	for i, rule := range rules {
		s, err := backup.ParseAnchoredSchedule(rule)
		if err != nil {
			return nil, fmt.Errorf("schedule %d: %w", i+1, err)
		}
		shifted, err := shift(s, -offset)
		if err != nil {
			return nil, fmt.Errorf("schedule %d: %w", i+1, err)
		}
		for _, utc := range shifted {
			list = append(list, utc.String())
		}
	}
	return list, nil
}

// schedules translates rules of the service back. What cannot be read is shown as the service says it.
func schedules(patterns []string, offset time.Duration) []string {
	var list []string
	for _, pattern := range patterns {
		s, err := backup.ParseAnchoredSchedule(pattern)
		if err != nil {
			list = append(list, pattern)
			continue
		}
		shifted, err := shift(s, offset)
		if err != nil {
			list = append(list, pattern)
			continue
		}
		for _, local := range shifted {
			list = append(list, local.String())
		}
	}
	slices.Sort(list)
	return list
}
