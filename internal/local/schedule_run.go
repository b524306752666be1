package local

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// StartDue starts the runs of policies that are due on this host and returns their points; [Service.Await]
// waits for them. However many runs of a server were missed, it starts one. A run that was cut short is
// taken up under its id. All of it is written down at once.
func (s *Service) StartDue(ctx context.Context) ([]backup.Point, error) {
	var due []dueRun
	err := s.view(ctx, backup.Fresh, func(ix *index) error {
		due = s.dueRuns(ix)
		return nil
	})
	if err != nil || len(due) == 0 {
		return nil, err
	}
	// The quota is measured before the records are locked.
	refused := make(map[string]error)
	for _, d := range due {
		if err := s.withinQuota(ctx, d.server.LocationID); err != nil {
			refused[d.server.ID] = err
		}
	}
	own, err := s.lease.owner()
	if err != nil {
		return nil, err
	}
	var records []runRecord
	var runs []*run
	err = s.change(ctx, "start policy", func(ctx context.Context, t *tx) error {
		for _, d := range s.dueRuns(t.index) {
			rec := s.policyRun(t.index, d, own)
			if d.missed > 0 {
				skipped := d.skipped(uuid.NewString(), s.cfg.Now().UTC())
				if err := put(ctx, t, t.index.runs, skipped.ID, skipped); err != nil {
					return err
				}
			}
			if err := refused[d.server.ID]; err != nil {
				rec.State, rec.Error, rec.FinishedAt = runFailed, err.Error(), rec.StartedAt
			} else {
				runs = append(runs, s.newPolicyRun(t.index, d, rec))
			}
			records = append(records, rec)
			if err := put(ctx, t, t.index.runs, rec.ID, rec); err != nil {
				return err
			}
		}
		return nil
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		for _, r := range runs {
			delete(s.running, r.rec.ID)
		}
		return nil, err
	}
	for _, r := range runs {
		go s.take(context.WithoutCancel(ctx), r)
	}
	points := make([]backup.Point, 0, len(records))
	for _, rec := range records {
		p, _ := s.point(s.index, rec)
		points = append(points, p)
	}
	return points, nil
}

// policyRun is the record of a run that begins.
func (s *Service) policyRun(ix *index, d dueRun, own owner) runRecord {
	now := s.cfg.Now().UTC()
	rec := runRecord{
		ID: uuid.NewString(), ServerID: d.server.ID, ServerName: d.server.Name, Key: policyKey(d.server.ID), Owner: own,
		State: runRunning, ScheduleType: backup.SchedulePolicy, PolicyID: d.policy.ID, LocationID: d.server.LocationID,
		DueAt: d.at, StartedAt: now, RenewedAt: now,
	}
	if old, ok := s.cutShortRun(ix, rec.Key); ok {
		rec.ID, rec.LocationID = old.ID, old.LocationID
	}
	return rec
}

// newPolicyRun makes the run, which from now on belongs to this process. The caller holds the lock.
func (s *Service) newPolicyRun(ix *index, d dueRun, rec runRecord) *run {
	var full *bool
	if fullIsDue(ix, d) {
		full = ptr(true)
	}
	r := newRun(rec, d.server.domain(), d.server.Options, full)
	r.policy = s.sourcePolicy(ix, d.server)
	s.running[rec.ID] = r
	return r
}

// policyKey recognises the runs of a server's policy. No name of a point has such a character.
func policyKey(server string) string {
	return requestKey(backup.PointRequest{ServerID: server, Name: "\x00policy"})
}

// cutShortRun is the newest run of a policy that was cut short.
func (s *Service) cutShortRun(ix *index, key string) (found runRecord, ok bool) {
	for _, row := range ix.runs.rows {
		r := row.value
		if r.Key == key && s.cutShort(r) && (!ok || r.StartedAt.After(found.StartedAt)) {
			found, ok = r, true
		}
	}
	return found, ok
}

// fullIsDue says whether the policy wants a full point now: after so many incremental ones, taken by
// whomever, since the last full one.
func fullIsDue(ix *index, d dueRun) bool {
	if d.policy.IncrementalsPerFull == nil {
		return false
	}
	var runs []runRecord
	for _, row := range ix.runs.rows {
		if r := row.value; r.ServerID == d.server.ID && r.State == runComplete && r.Type != "" {
			runs = append(runs, r)
		}
	}
	slices.SortFunc(runs, func(a, b runRecord) int {
		return cmp.Or(b.StartedAt.Compare(a.StartedAt), cmp.Compare(b.ID, a.ID))
	})
	incrementals := int64(0)
	for _, r := range runs {
		if r.Type == backup.TypeFull {
			break
		}
		incrementals++
	}
	return incrementals >= *d.policy.IncrementalsPerFull
}

// Await waits until a point of this process has ended, and returns it.
func (s *Service) Await(ctx context.Context, id string) (backup.Point, error) {
	s.mu.Lock()
	run := s.running[id]
	s.mu.Unlock()
	if run != nil {
		select {
		case <-run.done:
		case <-ctx.Done():
			return backup.Point{}, context.Cause(ctx)
		}
	}
	return s.Point(ctx, id, backup.Cached)
}
