package cbr

import (
	"context"
	"regexp"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// Limits of policies (§3.5, §6.1).
const (
	maxCount         = 99999
	maxPeriods       = 100
	maxFullInterval  = 100
	objectNameAdvice = "1 to 64 letters, digits, underscores and hyphens"
)

// objectName are the names of policies and points.
var objectName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func checkObjectName(name string) []backup.Problem {
	if problems := backup.CheckName([]string{"name"}, name); len(problems) > 0 {
		return problems
	}
	if name == "" || objectName.MatchString(name) {
		return nil
	}
	return []backup.Problem{problem("name", "Invalid Name", "The name %q does not fit the cbr service, which takes %s.", name, objectNameAdvice)}
}

// CheckPolicy reports what the service cannot do with a policy.
func (s *Service) CheckPolicy(_ context.Context, p backup.Policy) []backup.Problem {
	common := p
	common.Schedules = nil // Read below: the service takes rules with INTERVAL, too.
	common.Name = ""
	problems := append(checkObjectName(p.Name), backup.CheckPolicy(common)...)
	if p.Description != "" {
		problems = append(problems, unsupported("description", "Policies of this service have none; leave it out."))
	}
	if p.Default != nil {
		problems = append(problems, unsupported("default", "Name the policy in cbr.policy_id of each location."))
	}
	if len(p.Tags) > 0 {
		problems = append(problems, unsupported("tags", "Set cbr.tags of the location."))
	}
	if p.Options != nil {
		problems = append(problems, unsupported("cbr", "Policies have no options here; leave it out."))
	}
	if n := p.IncrementalsPerFull; n != nil {
		switch {
		case s.telekom:
			problems = append(problems, unsupported("incrementals_per_full", onlyHuawei))
		case *n > maxFullInterval:
			problems = append(problems, problem("incrementals_per_full", "Invalid Number of Incrementals",
				"incrementals_per_full is %d; the service takes 0 to %d.", *n, maxFullInterval))
		}
	}
	problems = append(problems, checkRetention(p.Retention)...)
	zone, err := backup.ParseTimezone(p.Timezone)
	if err != nil {
		zone = time.UTC // Complained of above, or not known yet.
	}
	if p.Schedules != nil && len(p.Schedules) == 0 {
		w := problem("schedules", "Policy Without Schedule",
			"It is not documented whether the service takes a policy without a schedule. Should it refuse, write the schedule and enabled = false.")
		w.Warning = true
		problems = append(problems, w)
	}
	offset := huaweicloud.StandardOffset(zone, s.now())
	problems = append(problems, checkSchedules(p.Schedules, offset)...)
	if huaweicloud.ChangesClocks(zone, s.now()) {
		w := problem("timezone", "Schedules Do Not Follow Daylight Saving",
			"The service runs schedules in UTC. Those of this policy are kept as if it were %s in %s all the year, so that they run at another local time while clocks are changed.",
			huaweicloud.FormatOffset(offset), p.Timezone)
		w.Warning = true
		problems = append(problems, w)
	}
	return problems
}

// checkRetention reports counts that are too high or do not go together.
func checkRetention(r *backup.Retention) []backup.Problem {
	if r == nil {
		return nil
	}
	var problems []backup.Problem
	if r.Hourly != nil {
		problems = append(problems, unsupported("retention.hourly", "Use retention.latest, which counts points whatever their hour."))
	}
	periods := false
	for _, limit := range []struct {
		attribute string
		n         *int64
		highest   int64
	}{
		{"latest", r.Latest, maxCount}, {"days", r.Days, maxCount},
		{"daily", r.Daily, maxPeriods}, {"weekly", r.Weekly, maxPeriods}, {"monthly", r.Monthly, maxPeriods}, {"yearly", r.Yearly, maxPeriods},
	} {
		if limit.n == nil {
			continue
		}
		periods = periods || limit.highest == maxPeriods
		if *limit.n > limit.highest {
			problems = append(problems, problem("retention."+limit.attribute, "Invalid Retention",
				"retention.%s is %d; the service takes at most %d.", limit.attribute, *limit.n, limit.highest))
		}
	}
	switch {
	case r.Days != nil && (periods || r.Latest != nil):
		problems = append(problems, problem("retention.days", "Invalid Retention",
			"The service keeps points either by age or by number. Leave out retention.days, or all other members of retention."))
	case periods && r.Latest == nil:
		// §3.5 documents the periods as an addition to the number. Sending a number that the
		// configuration does not have could delete too much; sending none can only keep too much.
		w := problem("retention.latest", "Retention Without a Number of Points",
			"The service documents daily, weekly, monthly and yearly together with a number of newest points only; without it, it may keep every point. "+
				"latest = 1 keeps no other points than these already do, and is safe to add.")
		w.Warning = true
		problems = append(problems, w)
	}
	return problems
}
