package local

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// StartPoint begins to take a point in this process and returns at once. If a process that was killed
// left the same request unfinished, its point is taken up: it keeps its id, and what was already
// stored is not stored again.
func (s *Service) StartPoint(ctx context.Context, r backup.PointRequest) (backup.Point, error) {
	srv, err := s.Server(ctx, r.ServerID)
	if err != nil {
		return backup.Point{}, err
	}
	if err := refuse(s.CheckPoint(ctx, r)); err != nil {
		return backup.Point{}, err
	}
	options, err := s.options(srv)
	if err != nil {
		return backup.Point{}, err
	}
	own, err := s.lease.owner()
	if err != nil {
		return backup.Point{}, err
	}
	now := s.cfg.Now().UTC()
	rec := runRecord{
		ServerID: srv.ID, ServerName: srv.Name,
		Name: r.Name, Description: r.Description, Tags: maps.Clone(r.Tags),
		Key: requestKey(r), Owner: own,
		State: runRunning, ScheduleType: backup.ScheduleManual, LocationID: mainLocation,
		StartedAt: now, RenewedAt: now,
	}
	err = s.change(ctx, "start point", func(ctx context.Context, t *tx) error {
		rec.ID = uuid.NewString()
		if orphan, ok := s.orphan(t.index, rec.Key); ok {
			rec.ID = orphan.ID
		}
		// From here on this process takes the point, whatever another reads.
		s.running[rec.ID] = newRun(rec, srv, options, r.Full)
		return put(ctx, t, t.index.runs, rec.ID, rec)
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		delete(s.running, rec.ID)
		return backup.Point{}, err
	}
	run := s.running[rec.ID]
	p, _ := s.point(s.index, rec)
	go s.take(context.WithoutCancel(ctx), run)
	return p, nil
}

// orphan finds the oldest unfinished run of a request whose process is gone.
func (s *Service) orphan(ix *index, key string) (runRecord, bool) {
	var found []runRecord
	for _, row := range ix.runs.rows {
		r := row.value
		if r.Key == key && r.State == runRunning && r.DeletedAt.IsZero() &&
			s.running[r.ID] == nil && !r.Owner.alive(r.RenewedAt, s.cfg.Now()) {
			found = append(found, r)
		}
	}
	if len(found) == 0 {
		return runRecord{}, false
	}
	return slices.MinFunc(found, func(a, b runRecord) int {
		if c := a.StartedAt.Compare(b.StartedAt); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	}), true
}

// CancelPoint stops the run of a point, if it is one of this process, and waits until it has ended.
func (s *Service) CancelPoint(ctx context.Context, id string) (backup.Point, error) {
	s.mu.Lock()
	run := s.running[id]
	s.mu.Unlock()
	if run != nil {
		run.stop()
		select {
		case <-run.done:
		case <-ctx.Done():
			return backup.Point{}, context.Cause(ctx)
		}
	}
	return s.Point(ctx, id, backup.Cached)
}
