package local

import (
	"context"
	"slices"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var _ backup.RetentionPlanner = (*Service)(nil)

// DroppedPoints is what [Service.ApplyRetention] would delete. A policy or server that is switched off is
// taken as if it ran, since switching it on again is no change of retention; so are points that a lock still
// holds.
func (s *Service) DroppedPoints(ctx context.Context, prior, next backup.Policy, points []backup.Point) (ids []string, err error) {
	if len(points) == 0 {
		return nil, nil
	}
	err = s.view(ctx, backup.Cached, func(ix *index) error {
		srv, ok := ix.servers.get(points[0].ServerID)
		if !ok {
			return nil
		}
		var runs []runRecord
		for _, p := range points {
			if r, ok := ix.runs.get(p.ID); ok {
				runs = append(runs, r)
			}
		}
		unkept := func(p backup.Policy) (ids []string) {
			for _, r := range s.unkept(ix, srv, policyRecord{Timezone: p.Timezone, Retention: p.Retention}, runs) {
				ids = append(ids, r.ID)
			}
			return ids
		}
		before, after := unkept(prior), unkept(next)
		if slices.ContainsFunc(after, func(id string) bool { return !slices.Contains(before, id) }) {
			ids = after
		}
		return nil
	})
	return ids, err
}
