package cbr

import (
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// backupOperation is the type of the policies that make points; the others replicate.
const backupOperation = "backup"

// unlimited is the service's word for no limit of a kind.
const unlimited = -1

// request translates a policy. Its problems were found by CheckPolicy.
func (s *Service) request(p backup.Policy) (policyRequest, error) {
	zone, err := backup.ParseTimezone(p.Timezone)
	if err != nil {
		return policyRequest{}, err
	}
	offset := huaweicloud.StandardOffset(zone, s.now())
	r := policyRequest{Name: p.Name, Enabled: p.Enabled, Definition: definition(p.Retention, offset)}
	r.Definition.FullBackupInterval = p.IncrementalsPerFull
	r.Trigger.Properties.Pattern, err = patterns(p.Schedules, offset)
	return r, err
}

// definition translates a retention (§3.5).
func definition(r *backup.Retention, offset time.Duration) definitionRequest {
	d := definitionRequest{MaxBackups: unlimited, RetentionDays: unlimited, Timezone: huaweicloud.FormatOffset(offset)}
	if r == nil {
		return d
	}
	for _, limit := range []struct{ from, to *int64 }{
		{r.Latest, &d.MaxBackups}, {r.Days, &d.RetentionDays},
		{r.Daily, &d.DayBackups}, {r.Weekly, &d.WeekBackups}, {r.Monthly, &d.MonthBackups}, {r.Yearly, &d.YearBackups},
	} {
		if limit.from != nil {
			*limit.to = *limit.from
		}
	}
	return d
}

// domain translates a policy back. It is shown in a zone with the offset that its retention has, so
// that writing down what is shown writes the same policy.
func (a policyAnswer) domain() backup.Policy {
	offset, _ := parseOffset(string(a.Definition.Timezone))
	zone, ok := zoneName(offset)
	if !ok {
		zone, offset = "UTC", 0
	}
	p := backup.Policy{
		ID:        string(a.ID),
		Name:      string(a.Name),
		Timezone:  zone,
		Enabled:   a.Enabled.Value,
		Schedules: schedules(a.Trigger.Properties.Pattern, offset),
		Retention: a.retention(),
	}
	if n := a.Definition.FullBackupInterval.Int(); n != nil && *n >= 0 {
		p.IncrementalsPerFull = n
	}
	return p
}

// retention is nil if every point stays.
func (a policyAnswer) retention() *backup.Retention {
	limit := func(n huaweicloud.Number) *int64 {
		if v := n.Int(); v != nil && *v > 0 {
			return v
		}
		return nil
	}
	d := a.Definition
	r := backup.Retention{
		Latest: limit(d.MaxBackups), Days: limit(d.RetentionDays),
		Daily: limit(d.DayBackups), Weekly: limit(d.WeekBackups), Monthly: limit(d.MonthBackups), Yearly: limit(d.YearBackups),
	}
	if r == (backup.Retention{}) {
		return nil
	}
	return &r
}

// StoredPolicy returns how a policy is shown once it is written.
func (s *Service) StoredPolicy(p backup.Policy) backup.Policy {
	r, err := s.request(p)
	if err != nil {
		return p
	}
	stored := r.echo().domain()
	stored.ID, stored.CreatedAt, stored.ServerIDs = p.ID, p.CreatedAt, p.ServerIDs
	return stored
}
