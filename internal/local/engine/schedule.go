package engine

import (
	"github.com/kopia/kopia/snapshot/policy"
)

// Schedule is when the stock Kopia server takes snapshots of a source, in the zone of its host. The zero
// Schedule never does.
type Schedule struct {
	TimesOfDay []TimeOfDay
	// Cron are lines of five fields: minute, hour, day of the month, month, day of the week.
	Cron []string
}

// TimeOfDay is what a clock shows.
type TimeOfDay struct{ Hour, Minute int }

// CheckSchedule says what is wrong with a schedule.
func CheckSchedule(s Schedule) error { return policy.ValidateSchedulingPolicy(s.policy()) }

// policy is the schedule as Kopia keeps it. A run that was missed, because the host was off, is made up for
// by one.
func (s Schedule) policy() policy.SchedulingPolicy {
	if len(s.TimesOfDay) == 0 && len(s.Cron) == 0 {
		return policy.SchedulingPolicy{Manual: true}
	}
	p := policy.SchedulingPolicy{NoParentTimesOfDay: true, Cron: s.Cron, RunMissed: policy.NewOptionalBool(true)}
	for _, t := range s.TimesOfDay {
		p.TimesOfDay = append(p.TimesOfDay, policy.TimeOfDay{Hour: t.Hour, Minute: t.Minute})
	}
	p.TimesOfDay = policy.SortAndDedupeTimesOfDay(p.TimesOfDay)
	return p
}
