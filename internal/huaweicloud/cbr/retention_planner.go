package cbr

import (
	"context"
	"slices"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

var _ backup.RetentionPlanner = (*Service)(nil)

// DroppedPoints knows what the service does with points that are there when a retention changes (§3.5): each
// point keeps the end that its policy gave it, so that a change to days, or to keeping everything, is about new
// points only. A number counts old points too, also after days: then both limits hold.
func (s *Service) DroppedPoints(_ context.Context, prior, next backup.Policy, points []backup.Point) ([]string, error) {
	if next.Retention == nil || next.Retention.Days != nil {
		return nil, nil
	}
	if prior.Retention != nil && prior.Retention.Days != nil {
		prior.Retention = nil // What is past its days is gone without this change.
	}
	after, err := s.unkept(next, points)
	if err != nil {
		return nil, err
	}
	before, err := s.unkept(prior, points)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(after, func(id string) bool { return !slices.Contains(before, id) }) {
		return nil, nil
	}
	return after, nil
}

// unkept are the points that the numbers of a policy leave out. The service cuts days, weeks, months and years
// at the offset that is written to it, which knows no daylight saving.
func (s *Service) unkept(p backup.Policy, points []backup.Point) ([]string, error) {
	zone, err := backup.ParseTimezone(p.Timezone)
	if err != nil {
		return nil, err
	}
	at := s.now()
	fixed := time.FixedZone("", int(huaweicloud.StandardOffset(zone, at)/time.Second))
	rows := make([]backup.RetentionPoint, len(points))
	for i, point := range points {
		rows[i] = backup.RetentionPoint{ID: point.ID, CreatedAt: point.CreatedAt, ScheduleType: point.ScheduleType}
	}
	kept := p.Retention.Keep(rows, fixed, at)
	var unkept []string
	for _, row := range rows {
		if !slices.Contains(kept, row.ID) {
			unkept = append(unkept, row.ID)
		}
	}
	return unkept, nil
}
