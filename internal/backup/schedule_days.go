package backup

import "time"

// dayMask returns the days of a month that a schedule runs on, bit d for day d. A month is told by
// the weekday of its first day and its number of days. BYMONTHDAY and BYDAY limit each other
// (RFC 5545, section 3.3.10, the table of rule parts and its notes).
func (s Schedule) dayMask(first time.Weekday, days int) uint32 {
	var mask uint32
	for d := 1; d <= days; d++ {
		weekday := (first + time.Weekday(d-1)) % 7
		if s.monthDayMatches(d, days) && s.weekdayMatches(weekday, d, days) {
			mask |= 1 << d
		}
	}
	return mask
}

func (s Schedule) monthDayMatches(d, days int) bool {
	for _, want := range s.MonthDays {
		if want == d || want == d-days-1 {
			return true
		}
	}
	return len(s.MonthDays) == 0
}

func (s Schedule) weekdayMatches(weekday time.Weekday, d, days int) bool {
	for _, want := range s.Days {
		if want.Day == weekday && (want.N == 0 || want.N == (d-1)/7+1 || want.N == -((days-d)/7+1)) {
			return true
		}
	}
	return len(s.Days) == 0
}

// longestGap returns the most days between two neighbouring days that a schedule runs on, 0 if
// there are none. The Gregorian calendar repeats after 400 years, weekdays included, so that looking
// at these is enough.
func (s Schedule) longestGap() int {
	const months = 400 * 12
	var masks [7][4]*uint32 // by first weekday and days above 28
	first, last, gap := -1, -1, 0
	day := 0 // since 2000-01-01, a Saturday
	for m := range months {
		days := daysInMonth(2000+m/12, time.Month(m%12+1))
		weekday := (time.Saturday + time.Weekday(day)) % 7
		mask := masks[weekday][days-28]
		if mask == nil {
			v := s.dayMask(weekday, days)
			mask, masks[weekday][days-28] = &v, &v
		}
		for d := 1; d <= days; d++ {
			if *mask&(1<<d) == 0 {
				continue
			}
			at := day + d
			if first < 0 {
				first = at
			} else {
				gap = max(gap, at-last)
			}
			last = at
		}
		day += days
	}
	if first < 0 {
		return 0
	}
	return max(gap, first+day-last)
}

func daysInMonth(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
