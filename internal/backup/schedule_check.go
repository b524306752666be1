package backup

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// maxGapDays is how long a schedule may pause between two runs. Longer pauses are mistakes more
// often than wishes, and the bound keeps every search for a next run short.
const maxGapDays = 400

// check says whether the parts of a schedule fit together.
func (s Schedule) check() error {
	if len(s.Minutes) == 0 {
		return fmt.Errorf("BYMINUTE is missing, and there is no default for it; write for example %s", s.example())
	}
	ordinals := slices.ContainsFunc(s.Days, func(d WeekdayNum) bool { return d.N != 0 })
	if ordinals && s.Freq != Monthly {
		return fmt.Errorf("BYDAY counts weekdays, which only FREQ=MONTHLY can; write weekdays without numbers, "+
			"for example BYDAY=MO, or FREQ=MONTHLY;BYDAY=%s", firstOrdinal(s.Days))
	}
	if err := s.checkFrequency(); err != nil {
		return err
	}
	return s.checkGap()
}

func (s Schedule) checkFrequency() error {
	if s.Freq == Hourly {
		switch {
		case len(s.Hours) > 0:
			return errors.New("BYHOUR is not allowed with FREQ=HOURLY; to run at certain hours write FREQ=DAILY, " +
				"for example FREQ=DAILY;BYHOUR=8,12,16;BYMINUTE=0")
		case 24%s.Interval != 0:
			return fmt.Errorf("INTERVAL=%d does not divide the day; with FREQ=HOURLY it counts hours from 00:00, "+
				"so write 1, 2, 3, 4, 6, 8, 12 or 24, for example %s", s.Interval, s.example())
		}
		return nil
	}
	if len(s.Hours) == 0 {
		return fmt.Errorf("BYHOUR is missing, and there is no default for it; write for example %s", s.example())
	}
	switch {
	case s.Freq == Daily && s.Interval > 1 && len(s.MonthDays)+len(s.Days) > 0:
		return errors.New("INTERVAL does not go with BYDAY or BYMONTHDAY; leave out one of them, for example " + s.example())
	case s.Freq != Daily && s.Interval > 1:
		return s.CheckInterval()
	case s.Freq == Weekly && len(s.MonthDays) > 0:
		// RFC 5545, section 3.3.10: BYMONTHDAY must not be there when FREQ is WEEKLY.
		return errors.New("BYMONTHDAY is not allowed with FREQ=WEEKLY; write FREQ=MONTHLY, " +
			"for example FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=1;BYMINUTE=0")
	case s.Freq == Weekly && len(s.Days) == 0:
		return errors.New("BYDAY is missing; write the weekdays, for example " + s.example())
	case s.Freq == Monthly && len(s.MonthDays)+len(s.Days) == 0:
		return errors.New("BYMONTHDAY or BYDAY is missing; write the days of the month, for example " + s.example() +
			" or FREQ=MONTHLY;BYDAY=1SU;BYHOUR=1;BYMINUTE=0")
	case s.Freq == Monthly && len(s.MonthDays) == 0:
		return s.checkOrdinals()
	}
	return nil
}

// checkOrdinals wants a number with each weekday of a monthly schedule: "every Monday of each
// month" is a weekly schedule in disguise, which services would have to recognise.
func (s Schedule) checkOrdinals() error {
	for _, d := range s.Days {
		if d.N == 0 {
			return fmt.Errorf("BYDAY=%[1]s with FREQ=MONTHLY needs a number; write 1%[1]s for the first or -1%[1]s for the last in the month, "+
				"or FREQ=WEEKLY;BYDAY=%[1]s;BYHOUR=1;BYMINUTE=0 for all of them", d)
		}
	}
	return nil
}

// checkGap makes sure that a schedule runs at least once in any 400 days, whatever the day it is
// checked on, so that a configuration that is valid today stays valid.
func (s Schedule) checkGap() error {
	if len(s.MonthDays) == 0 || len(s.Days) == 0 {
		return nil // Such days come back every few months.
	}
	switch gap := s.longestGap(); {
	case gap == 0:
		return errors.New("BYMONTHDAY and BYDAY have no day in common, so it never runs; leave out one of them, for example " + s.example())
	case gap > maxGapDays:
		return fmt.Errorf("BYMONTHDAY and BYDAY together pause for up to %d days, more than the %d that are allowed; "+
			"leave out one of them, for example %s", gap, maxGapDays, s.example())
	}
	return nil
}

func (s Schedule) example() string {
	switch s.Freq {
	case Hourly:
		return "FREQ=HOURLY;INTERVAL=6;BYMINUTE=0"
	case Weekly:
		return "FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=1;BYMINUTE=0"
	case Monthly:
		return "FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=1;BYMINUTE=0"
	default:
		return ruleExample
	}
}

func firstOrdinal(days []WeekdayNum) WeekdayNum {
	i := slices.IndexFunc(days, func(d WeekdayNum) bool { return d.N != 0 })
	return days[i]
}

func compareInts(a, b int) int { return cmp.Compare(a, b) }

// compareMonthDays orders days from the end of the month after those from its start.
func compareMonthDays(a, b int) int {
	return cmp.Or(-cmp.Compare(sign(a), sign(b)), cmp.Compare(a, b))
}

// compareWeekdays orders by number as [compareMonthDays] does, then from Monday on.
func compareWeekdays(a, b WeekdayNum) int {
	return cmp.Or(compareMonthDays(a.N, b.N), cmp.Compare((a.Day+6)%7, (b.Day+6)%7))
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}
