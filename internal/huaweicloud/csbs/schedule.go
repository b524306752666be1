package csbs

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

const (
	minutesPerDay = 24 * 60
	// patternHead and patternTail are around a rule on the wire (§2.12).
	patternHead = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:"
	patternTail = "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)

// toUTC translates a schedule of a zone that is ahead of UTC by an offset into the rule that the service
// runs: DAILY or WEEKLY with BYHOUR and one BYMINUTE, in UTC (§2.12; that the hours are UTC is what its
// ancestor does, and not documented). Errors say what to write instead.
func toUTC(s backup.Schedule, offset time.Duration) (backup.Schedule, error) {
	if s.Freq == backup.Monthly || len(s.MonthDays) > 0 {
		return s, fmt.Errorf("the service cannot run monthly; write FREQ=DAILY;BYHOUR=%d;BYMINUTE=%d and keep one point of each month with retention.monthly",
			slices.Min(append(s.Hours, 23)), s.Minutes[0])
	}
	if len(s.Minutes) > 1 {
		return s, errors.New("it lists several BYMINUTE, but runs are at least an hour apart on this service; write one BYMINUTE")
	}
	hours := s.Hours
	if s.Freq == backup.Hourly {
		for h := 0; h < 24; h += s.Interval {
			hours = append(hours, h)
		}
	}
	out := backup.Schedule{Freq: backup.Daily, Interval: 1}
	var shifts []int
	for _, h := range hours {
		minute := h*60 + s.Minutes[0] - int(offset/time.Minute)
		shift := (minute+minutesPerDay)/minutesPerDay - 1 // -1, 0 or 1 days
		minute -= shift * minutesPerDay
		out.Hours, out.Minutes = append(out.Hours, minute/60), []int{minute % 60}
		if !slices.Contains(shifts, shift) {
			shifts = append(shifts, shift)
		}
	}
	slices.Sort(out.Hours)
	if len(s.Days) == 0 {
		return out, nil
	}
	if len(shifts) > 1 {
		return s, errors.New("some of its hours are on another day in UTC than the others, which one rule of this service cannot say; " +
			"write hours that are on the same day in UTC, or FREQ=DAILY")
	}
	out.Freq = backup.Weekly
	for _, d := range s.Days {
		out.Days = append(out.Days, backup.WeekdayNum{Day: (d.Day + time.Weekday(shifts[0]) + 7) % 7})
	}
	return out, nil
}

// translate is toUTC for the rule of a policy.
func translate(rule string, offset time.Duration) (string, error) {
	s, err := backup.ParseSchedule(rule)
	if err != nil {
		return "", err
	}
	utc, err := toUTC(s, offset)
	if err != nil {
		return "", err
	}
	return utc.String(), nil
}

// rules are the schedules of a policy as it is shown, in UTC.
func rules(pattern string) []string {
	s, err := backup.ParseSchedule(pattern)
	if err != nil {
		return []string{pattern} // Better what it says than nothing.
	}
	return []string{s.String()}
}
