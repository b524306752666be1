package vngcloud

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud/client"
)

// slot is a schedule as this service has it: one of its cadences at an hour and minute. Of an hourly one
// hour is that of the first run of the day.
type slot struct {
	cadence
	hour, minute int
	interval     int // hours, of an hourly one
	weekday      int // 1 Monday to 7 Sunday, of a weekly one and of a monthly one by weekday
	monthDay     int // of a monthly one by day
	week         int // of a monthly one by weekday
}

// slotOf translates a schedule, or says why it cannot be, and what comes nearest.
func slotOf(s backup.Schedule, intervals []int) (_ slot, why, nearest string) {
	if len(s.Minutes) > 1 {
		why, s.Minutes = "it runs at several minutes of an hour, and this service starts all runs of a policy at one", s.Minutes[:1]
	}
	at := slot{minute: s.Minutes[0]}
	if len(s.Hours) > 0 {
		at.hour = s.Hours[0]
	}
	var reason string
	switch s.Freq {
	case backup.Hourly:
		reason = at.setInterval(s, intervals)
	case backup.Daily:
		reason = at.setDaily(s, intervals)
	case backup.Weekly:
		reason = at.setWeekly(s)
	default:
		reason = at.setMonthly(s)
	}
	if why == "" {
		why = reason
	}
	return at, why, at.rule()
}

func (a *slot) setInterval(s backup.Schedule, intervals []int) string {
	a.cadence = hourly
	switch {
	case len(s.Days)+len(s.MonthDays) > 0:
		a.interval = closest(s.Interval, intervals)
		return "it runs every few hours on some days only, and this service does so on all days"
	case s.Interval == 24:
		*a = slot{cadence: daily, minute: a.minute}
		return "once a day is no interval of this service"
	}
	a.interval = closest(s.Interval, intervals)
	if a.interval != s.Interval {
		return fmt.Sprintf("it runs every %d hours, and this service every %s", s.Interval, words(intervals))
	}
	return ""
}

func (a *slot) setDaily(s backup.Schedule, intervals []int) string {
	a.cadence = daily
	switch {
	case len(s.Days) > 0:
		*a = slot{cadence: weekly, hour: a.hour, minute: a.minute, weekday: isoWeekday(s.Days[0].Day)}
		return "it runs on some days only"
	case len(s.MonthDays) > 0:
		*a = slot{cadence: monthly, hour: a.hour, minute: a.minute, monthDay: monthDay(s.MonthDays[0])}
		return "it runs on some days only"
	case len(s.Hours) == 1:
		return ""
	}
	a.cadence, a.interval = hourly, closest(24/len(s.Hours), intervals)
	a.hour %= a.interval
	if slices.Equal(s.Hours, a.hours()) {
		return ""
	}
	return fmt.Sprintf("its hours are not equally spaced over the day, %s hours apart", words(intervals))
}

func (a *slot) setWeekly(s backup.Schedule) string {
	a.cadence, a.weekday = weekly, isoWeekday(s.Days[0].Day)
	switch {
	case len(s.Hours) > 1:
		return "it runs several times a day, which this service does every day or never"
	case len(s.Days) > 1:
		return "it runs on several days of the week, and this service on one, or daily"
	}
	return ""
}

func (a *slot) setMonthly(s backup.Schedule) string {
	a.cadence = monthly
	switch {
	case len(s.MonthDays) > 0:
		a.monthDay = monthDay(s.MonthDays[0])
	default:
		a.weekday, a.week = isoWeekday(s.Days[0].Day), s.Days[0].N
		if a.week < 0 {
			a.week = max(a.week+5, 1) // the last of the month is most often the fourth
		}
	}
	switch {
	case len(s.Hours) > 1:
		return "it runs several times a day, which this service does every day or never"
	case len(s.MonthDays) > 0 && len(s.Days) > 0:
		return "it names days of the month and of the week together"
	case len(s.MonthDays) > 1 || len(s.Days) > 1:
		return "it runs on several days of the month, and this service on one"
	case len(s.MonthDays) == 1 && s.MonthDays[0] < 0, len(s.Days) == 1 && s.Days[0].N < 0:
		return "it counts from the end of the month"
	}
	return ""
}

// monthDay turns days that are counted from the end into ones that every month has.
func monthDay(d int) int {
	if d < 0 {
		return max(29+d, 1)
	}
	return d
}

func isoWeekday(d time.Weekday) int { return (int(d)+6)%7 + 1 }

// closest is the interval that comes nearest, the shorter of two.
func closest(want int, intervals []int) int {
	best := intervals[0]
	for _, n := range intervals {
		if abs(n-want) < abs(best-want) {
			best = n
		}
	}
	return best
}

func abs(n int) int { return max(n, -n) }

// words is a list as in "4, 6, 8 or 12".
func words(numbers []int) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = strconv.Itoa(n)
	}
	if len(texts) < 2 {
		return strings.Join(texts, "")
	}
	return strings.Join(texts[:len(texts)-1], ", ") + " or " + texts[len(texts)-1]
}

// hours are the hours of the day at which an hourly one runs.
func (a slot) hours() (list []int) {
	for h := a.hour % a.interval; h < 24; h += a.interval {
		list = append(list, h)
	}
	return list
}

// rule is the slot as a recurrence rule.
func (a slot) rule() string {
	s := backup.Schedule{Freq: backup.Daily, Interval: 1, Hours: []int{a.hour}, Minutes: []int{a.minute}}
	switch a.cadence {
	case hourly:
		s.Hours = a.hours()
		if a.hour%a.interval == 0 {
			s.Freq, s.Interval, s.Hours = backup.Hourly, a.interval, nil
		}
	case weekly:
		s.Freq, s.Days = backup.Weekly, []backup.WeekdayNum{{Day: time.Weekday(a.weekday % 7)}}
	case monthly:
		s.Freq = backup.Monthly
		if a.monthDay > 0 {
			s.MonthDays = []int{a.monthDay}
		} else {
			s.Days = []backup.WeekdayNum{{N: a.week, Day: time.Weekday(a.weekday % 7)}}
		}
	default:
	}
	return s.String()
}

// slotsOf reads the cadences of a policy that are on.
func slotsOf(c client.PolicyConfig) map[cadence]slot {
	slots := map[cadence]slot{}
	for _, name := range cadences {
		on, config := cadenceOf(&c, name)
		if !*on {
			continue
		}
		a := slot{
			cadence: name, hour: c.Hour.Int(), minute: c.Minute.Int(), interval: max(config.Interval.Int(), 1),
			weekday: config.DayOfWeek.Int(),
		}
		if name == monthly {
			if config.Type != client.DayOfWeek {
				a.monthDay = max(config.DayOfMonth.Int(), 1)
			}
			a.week = config.WeekOfMonth.Int()
		}
		slots[name] = a
	}
	return slots
}

// cadenceOf returns the members of a config that are of a cadence.
func cadenceOf(c *client.PolicyConfig, name cadence) (*bool, *client.CadenceConfig) {
	switch name {
	case hourly:
		return &c.HourlyEnabled, &c.HourlyConfig
	case daily:
		return &c.DailyEnabled, &c.DailyConfig
	case weekly:
		return &c.WeeklyEnabled, &c.WeeklyConfig
	default:
		return &c.MonthlyEnabled, &c.MonthlyConfig
	}
}
