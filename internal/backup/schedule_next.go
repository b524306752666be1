package backup

import (
	"slices"
	"time"
)

// Next returns the first run strictly after a time, in the given zone (nil is UTC). It is zero if
// there is none within 400 days, which [ParseSchedule] rules out, or if the runs depend on an anchor
// that the schedule does not have (see [Schedule.CheckInterval]).
//
// A local time that daylight saving skips runs once, at the end of the gap; one that comes twice
// runs the first time only.
func (s Schedule) Next(after time.Time, loc *time.Location) time.Time {
	if loc == nil {
		loc = time.UTC
	}
	// Outside of these years dates are not RFC 3339 and arithmetic may overflow.
	if y := after.UTC().Year(); y < 1 || y > 9990 || s.CheckInterval() != nil {
		return time.Time{}
	}
	seen := wallOf(after.In(loc))
	minutes := s.minutesOfDay()
	day := seen.Truncate(24 * time.Hour)
	for range maxGapDays + 1 {
		if s.runsOn(day) {
			for _, m := range minutes {
				wall := day.Add(time.Duration(m) * time.Minute)
				if !wall.After(seen) {
					continue // The clock has shown it already.
				}
				if run := whenWallReaches(wall, loc); run.After(after) {
					return run
				}
			}
		}
		day = day.Add(24 * time.Hour)
	}
	return time.Time{}
}

// NextRuns returns the next runs of several schedules after a time, at most count, in order; runs
// that fall together are one.
func NextRuns(schedules []Schedule, loc *time.Location, after time.Time, count int) []time.Time {
	next := make([]time.Time, len(schedules))
	for i, s := range schedules {
		next[i] = s.Next(after, loc)
	}
	var runs []time.Time
	for len(runs) < count {
		var first time.Time
		for _, t := range next {
			if !t.IsZero() && (first.IsZero() || t.Before(first)) {
				first = t
			}
		}
		if first.IsZero() {
			break
		}
		runs = append(runs, first)
		for i, t := range next {
			if t.Equal(first) {
				next[i] = schedules[i].Next(first, loc)
			}
		}
	}
	return runs
}

func (s Schedule) runsOn(day time.Time) bool {
	y, m, d := day.Date()
	first := (day.Weekday() + 35 - time.Weekday(d-1)) % 7
	return s.dayMask(first, daysInMonth(y, m))&(1<<d) != 0
}

// minutesOfDay returns the times of day of the runs as minutes since 00:00, sorted.
func (s Schedule) minutesOfDay() []int {
	hours := s.Hours
	if s.Freq == Hourly {
		hours = nil
		for h := 0; h < 24; h += max(1, s.Interval) {
			hours = append(hours, h)
		}
	}
	var list []int
	for _, h := range hours {
		for _, m := range s.Minutes {
			list = append(list, h*60+m)
		}
	}
	slices.Sort(list)
	return list
}
