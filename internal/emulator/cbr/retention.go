package cbr

import (
	"strings"
	"time"

	domain "github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// retain deletes the automatic backups of a server that the policy of its vault does not keep, after one
// was made (§3.5).
func (p *project) retain(v *vault, server string, at time.Time) {
	pol := find(p.policies, func(pol *policy) bool { return pol.id == v.policies["backup"] })
	if pol == nil {
		return
	}
	rule, zone := pol.definition.retention(p.options.PeriodsNeedCount)
	byID := map[string]bool{}
	var points []domain.RetentionPoint
	list := p.backupsIn(v.id, server)
	for _, b := range list {
		if b.auto && b.status == "available" {
			points = append(points, domain.RetentionPoint{ID: b.id, CreatedAt: b.created, ScheduleType: domain.SchedulePolicy})
		}
	}
	for _, id := range rule.Keep(points, zone, at) {
		byID[id] = true
	}
	for _, point := range points {
		if b, err := p.backup(point.ID); err == nil && !byID[b.id] {
			p.remove(v, b, at)
		}
	}
}

// retention is nil if everything stays.
func (d definition) retention(periodsNeedCount bool) (*domain.Retention, *time.Location) {
	limit := func(n *int) *int64 {
		if n == nil || *n < 1 {
			return nil
		}
		return new(int64(*n))
	}
	r := &domain.Retention{
		Latest: limit(d.MaxBackups), Days: limit(d.RetentionDays),
		Daily: limit(d.DayBackups), Weekly: limit(d.WeekBackups), Monthly: limit(d.MonthBackups), Yearly: limit(d.YearBackups),
	}
	if periodsNeedCount && r.Latest == nil && r.Days == nil {
		r = nil
	}
	offset, err := time.Parse("-07:00", strings.TrimPrefix(d.Timezone, "UTC"))
	if err != nil {
		return r, time.UTC
	}
	_, seconds := offset.Zone()
	return r, time.FixedZone(d.Timezone, seconds)
}
