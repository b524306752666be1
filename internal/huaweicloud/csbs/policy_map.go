package csbs

import (
	"slices"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// domain is a policy as the service shows it: in UTC, and without long-term retention (§6.4, 6).
func (p policy) domain() backup.Policy {
	op := p.operation()
	out := backup.Policy{
		ID: p.ID, Name: p.Name, Description: string(p.Description), CreatedAt: p.CreatedAt.Time,
		Timezone: "UTC", Tags: tagMap(p.Tags), Retention: op.Definition.retention(),
		// Not by status, which says suspended in any case (§6.4, 5).
		Enabled: op.Enabled.Value,
	}
	if pattern := string(op.Trigger.Properties.Pattern); pattern != "" {
		out.Schedules = rules(pattern)
	}
	for _, r := range p.Resources {
		out.ServerIDs = append(out.ServerIDs, r.ID)
	}
	slices.Sort(out.ServerIDs)
	return out
}

func (d definition) retention() *backup.Retention {
	positive := func(n huaweicloud.Number) *int64 {
		if v := n.Int(); v != nil && *v > 0 {
			return v
		}
		return nil
	}
	r := backup.Retention{Latest: positive(d.MaxBackups), Days: positive(d.Days)}
	if d.Permanent.Value || r == (backup.Retention{}) {
		return nil
	}
	return &r
}

// StoredPolicy is how [Service.Policy] shows a policy that is written as p.
func (s *Service) StoredPolicy(p backup.Policy) backup.Policy {
	if len(p.Schedules) == 1 {
		if utc, err := translate(p.Schedules[0], s.offset(p)); err == nil {
			p.Schedules, p.Timezone = []string{utc}, "UTC"
		}
	}
	if p.Retention != nil {
		r := p.Retention
		d := s.definition(p)
		shown := definition{MaxBackups: known(d.MaxBackups), Days: known(d.Days), Permanent: huaweicloud.Bool{Value: d.Permanent, Known: true}}.retention()
		if shown != nil {
			shown.Hourly = r.Hourly // CheckPolicy complains of it.
		}
		p.Retention = shown
	}
	return p
}

func known(n int64) huaweicloud.Number { return huaweicloud.Number{Value: float64(n), Known: true} }

// offset is how far the zone of a policy is ahead of UTC.
func (s *Service) offset(p backup.Policy) time.Duration {
	zone, err := backup.ParseTimezone(p.Timezone)
	if err != nil {
		return 0
	}
	return huaweicloud.StandardOffset(zone, s.now())
}

// operationOf is the scheduled operation of a policy. Its schedule is one that CheckPolicy lets pass.
func (s *Service) operationOf(p backup.Policy) (operationRequest, error) {
	if len(p.Schedules) != 1 {
		return operationRequest{}, backup.Errorf(nil, "schedules: A policy of csbs has one schedule, not %d.", len(p.Schedules))
	}
	rule, err := translate(p.Schedules[0], s.offset(p))
	if err != nil {
		return operationRequest{}, err
	}
	return operationRequest{
		Name: p.Name, Enabled: p.Enabled, Type: "backup", Definition: s.definition(p),
		Trigger: triggerRequest{Properties: patternRequest{Pattern: patternHead + rule + patternTail}},
	}, nil
}

// definition is the retention on the wire (§2.12): -1 is no limit of that kind, permanent overrides all.
func (s *Service) definition(p backup.Policy) definitionRequest {
	d := definitionRequest{MaxBackups: -1, Days: -1, Permanent: p.Retention == nil || *p.Retention == (backup.Retention{})}
	if d.Permanent {
		return d
	}
	r := p.Retention
	d.Day, d.Week, d.Month, d.Year = r.Daily, r.Weekly, r.Monthly, r.Yearly
	if longTerm(r) {
		d.Timezone = huaweicloud.FormatOffset(s.offset(p))
		// The long-term rules are added to the number of the newest. One is the least: the newest point is
		// the newest of its day, week, month and year too, so that this keeps nothing that they do not.
		d.MaxBackups = 1
	}
	if r.Latest != nil {
		d.MaxBackups = *r.Latest
	}
	if r.Days != nil {
		d.Days = *r.Days
	}
	return d
}

func longTerm(r *backup.Retention) bool {
	return r.Daily != nil || r.Weekly != nil || r.Monthly != nil || r.Yearly != nil
}

// withoutLongTerm says in so many words that there is none: a policy that had some keeps it otherwise.
func (d definitionRequest) withoutLongTerm(zone string) definitionRequest {
	for _, member := range []**int64{&d.Day, &d.Week, &d.Month, &d.Year} {
		if *member == nil {
			*member = new(int64(0))
		}
	}
	if d.Timezone == "" {
		d.Timezone = zone
	}
	return d
}
