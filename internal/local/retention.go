package local

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// ApplyRetention deletes the points of this host's servers that their policies no longer keep, to the bin
// where their location has one, and returns their ids. What a lock holds stays until a later time. It writes
// nothing if there is nothing to delete.
func (s *Service) ApplyRetention(ctx context.Context) ([]string, error) {
	// A look at what is known costs nothing; what is deleted is decided on what is there now.
	for _, fresh := range []backup.Freshness{backup.Cached, backup.Fresh} {
		due := 0
		err := s.view(ctx, fresh, func(ix *index) error {
			due = len(s.expired(ix))
			return nil
		})
		if err != nil || due == 0 {
			return nil, err
		}
	}
	var deleted []string
	var failed []error
	err := s.change(ctx, "retention", func(ctx context.Context, t *tx) error {
		for _, rec := range s.expired(t.index) {
			switch err := s.discard(ctx, t, rec); {
			case err == nil:
				deleted = append(deleted, rec.ID)
			case rec.LocationID == mainLocation || ctx.Err() != nil:
				return err
			default: // a location that fails is not in the way of the others
				failed = append(failed, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return deleted, errors.Join(failed...)
}

// expired are the points of this host's servers that may go now, oldest first.
func (s *Service) expired(ix *index) []runRecord {
	byServer := make(map[string][]runRecord)
	for _, row := range ix.runs.rows {
		if r := row.value; r.DeletedAt.IsZero() && r.BinnedAt.IsZero() {
			byServer[r.ServerID] = append(byServer[r.ServerID], r)
		}
	}
	var list []runRecord
	for id, runs := range byServer {
		srv, ok := ix.servers.get(id)
		if !ok || !s.here(srv.Options) {
			continue
		}
		list = append(list, s.emptyRuns(runs)...)
		policy, ok := ix.policies.get(srv.PolicyID)
		// What does not run does not delete: points of a server that is switched off stay.
		if ok && srv.Enabled && policy.Enabled && policy.Retention != nil {
			list = append(list, s.unkept(ix, srv, policy, runs)...)
		}
	}
	list = slices.DeleteFunc(list, func(r runRecord) bool {
		return s.locked(ix, r) != nil || ix.snapshots.broken[r.LocationID] != nil
	})
	slices.SortFunc(list, func(a, b runRecord) int {
		return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// unkept are the points that no rule of a policy keeps. The rules count for each source on its own, over all
// locations: a point stays while one of its sources needs it. Only available points are counted and may go.
func (s *Service) unkept(ix *index, srv serverRecord, policy policyRecord, runs []runRecord) []runRecord {
	candidates := make(map[string]runRecord)
	sources := make(map[string][]backup.RetentionPoint)
	for _, r := range runs {
		if ix.snapshots.broken[r.LocationID] != nil {
			continue // nothing is known of it
		}
		p, ok := s.point(ix, r)
		if !ok || p.Status != backup.StatusAvailable || p.ScheduleType != backup.SchedulePolicy {
			continue
		}
		// What another program took is counted only where it was asked to run the policy.
		if engine.IsForeign(r.ID) && srv.Options.runner() != RunnerKopia {
			continue
		}
		candidates[r.ID] = r
		for _, v := range r.Volumes {
			sources[v.Source] = append(sources[v.Source], backup.RetentionPoint{ID: r.ID, CreatedAt: p.CreatedAt, ScheduleType: p.ScheduleType})
		}
	}
	_, zone := policy.parsed()
	for _, points := range sources {
		for _, id := range keep(policy.Retention, points, zone, s.cfg.Now()) {
			delete(candidates, id)
		}
	}
	return slices.Collect(maps.Values(candidates))
}

// keep is [backup.Retention.Keep] and the newest point: a rule that goes by age alone would delete the last
// good point of a source that could not be read for long.
func keep(r *backup.Retention, points []backup.RetentionPoint, zone *time.Location, now time.Time) []string {
	newest := slices.MaxFunc(points, func(a, b backup.RetentionPoint) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return append(r.Keep(points, zone, now), newest.ID)
}

// emptyRuns are failed runs of the policy that hold nothing, but for the last run: they are history, and
// would only pile up as points.
func (s *Service) emptyRuns(runs []runRecord) []runRecord {
	var newest time.Time
	for _, r := range runs {
		if r.ScheduleType == backup.SchedulePolicy {
			newest = latest(newest, r.StartedAt)
		}
	}
	var list []runRecord
	for _, r := range runs {
		if r.ScheduleType == backup.SchedulePolicy && r.State == runFailed && len(r.Volumes) == 0 && r.StartedAt.Before(newest) {
			list = append(list, r)
		}
	}
	return list
}
