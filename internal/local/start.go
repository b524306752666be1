package local

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// withheldFor is how long after its end a point can still be handed to a repeated request.
const withheldFor = 15 * time.Minute

// StartPoint begins to take a point in this process and returns at once. If a process that was killed
// left the same request unfinished, its point is taken up: it keeps its id, and what was already
// stored is not stored again. If it was killed between the end of the point and telling anybody, the
// finished point is the answer.
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
		ID:       uuid.NewString(),
		ServerID: srv.ID, ServerName: srv.Name,
		Name: r.Name, Description: r.Description, Tags: maps.Clone(r.Tags),
		Key: requestKey(r), Owner: own,
		State: runRunning, ScheduleType: backup.ScheduleManual, LocationID: srv.LocationID,
		StartedAt: now, RenewedAt: now,
	}
	if err := s.withinQuota(ctx, srv.LocationID); err != nil {
		return backup.Point{}, err
	}
	if err := s.refreshOrphan(ctx, rec.Key); err != nil {
		return backup.Point{}, err
	}
	err = s.change(ctx, "start point", func(ctx context.Context, t *tx) error {
		if orphan, ok := s.orphan(t.index, rec.Key); ok {
			if orphan.State == runComplete {
				rec, err = s.handOver(ctx, t, orphan, rec)
				return err
			}
			rec.ID, rec.LocationID = orphan.ID, orphan.LocationID
		}
		// From here on this process takes the point, whatever another reads.
		server, ok := t.index.servers.get(srv.ID)
		if !ok {
			return notFound("server", srv.ID)
		}
		run := newRun(rec, srv, options, r.Full)
		run.policy = s.sourcePolicy(t.index, server)
		s.running[rec.ID] = run
		return put(ctx, t, t.index.runs, rec.ID, rec)
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		delete(s.running, rec.ID)
		return backup.Point{}, err
	}
	p, _ := s.point(s.index, rec)
	if run := s.running[rec.ID]; run != nil {
		go s.take(context.WithoutCancel(ctx), run)
	}
	return p, nil
}

// refreshOrphan loads the index anew if it has an orphan for the request: another process may have
// taken that up since, and two must not share a point.
func (s *Service) refreshOrphan(ctx context.Context, key string) error {
	found := false
	err := s.view(ctx, backup.Cached, func(ix *index) error {
		_, found = s.orphan(ix, key)
		return nil
	})
	if err != nil || !found {
		return err
	}
	return s.view(ctx, backup.Fresh, func(*index) error { return nil })
}

// orphan is the oldest point of a killed process that answers a request: an unfinished one, or one
// whose end nobody heard of.
func (s *Service) orphan(ix *index, key string) (runRecord, bool) {
	var found []runRecord
	for _, row := range ix.runs.rows {
		r := row.value
		if r.Key != key || !r.DeletedAt.IsZero() || !r.BinnedAt.IsZero() || s.running[r.ID] != nil {
			continue
		}
		switch {
		case r.State == runRunning && !r.Owner.alive(r.RenewedAt, s.cfg.Now()):
			found = append(found, r)
		case r.State == runComplete && s.cfg.Now().Sub(r.FinishedAt) < withheldFor && r.Owner.withheld(r.ID):
			if p, ok := s.point(ix, r); ok && p.Status == backup.StatusAvailable {
				found = append(found, r)
			}
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

// handOver gives the data of a finished point to a new one, and the old one ends. Should some state
// know the old id after all, deleting it deletes nothing of the new point.
func (s *Service) handOver(ctx context.Context, t *tx, old, request runRecord) (runRecord, error) {
	rec := old
	rec.ID, rec.Owner = request.ID, request.Owner
	rec.Description, rec.Tags = request.Description, request.Tags
	rec.Volumes = slices.Clone(old.Volumes)
	ids := make(map[string]string, len(rec.Volumes))
	for i := range rec.Volumes {
		ids[old.Volumes[i].ID] = volumeID(rec.ID, i)
		rec.Volumes[i].ID = volumeID(rec.ID, i)
	}
	err := s.inLocation(ctx, t, rec.LocationID, "take over point", func(ctx context.Context, w *engine.Writer) error {
		return w.MovePoint(ctx, old.ID, rec.ID, ids)
	})
	if err != nil {
		return rec, err
	}
	if err := remove(ctx, t, t.index.runs, old.ID); err != nil {
		return rec, err
	}
	t.after = append(t.after, func() {
		t.index.snapshots.remove(old.LocationID, old.ID)
		s.ended(t.index, rec)
	})
	return rec, put(ctx, t, t.index.runs, rec.ID, rec)
}

func volumeID(point string, i int) string {
	return fmt.Sprintf("%s-%d", point, i)
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
