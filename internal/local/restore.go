package local

import (
	"context"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var (
	_ backup.Restorer        = (*Service)(nil)
	_ backup.RestoreCanceler = (*Service)(nil)
)

// StartRestore begins to restore in this process and returns at once.
func (s *Service) StartRestore(ctx context.Context, r backup.RestoreRequest) (backup.Restore, error) {
	point, p, err := s.record(ctx, r.PointID)
	if err != nil {
		return backup.Restore{}, err
	}
	if err := refuse(s.CheckRestore(ctx, r)); err != nil {
		return backup.Restore{}, err
	}
	options, err := restoreOptions(r)
	if err != nil {
		return backup.Restore{}, err
	}
	if point, err = s.salvage(ctx, point, p); err != nil {
		return backup.Restore{}, err
	}
	own, err := s.lease.owner()
	if err != nil {
		return backup.Restore{}, err
	}
	now := s.cfg.Now().UTC()
	run := newRestoring(point, options, restoreRecord{
		ID: uuid.NewString(), PointID: p.ID, ServerID: p.ServerID, ServerName: p.ServerName, Owner: own,
		State: runRunning, Target: options.target(point), StartedAt: now, RenewedAt: now,
	})
	s.mu.Lock()
	err = s.notRestoring(run.rec)
	if err == nil {
		s.restoring[run.rec.ID] = run
	}
	s.mu.Unlock()
	if err != nil {
		return backup.Restore{}, err
	}
	err = s.change(ctx, "start restore", func(ctx context.Context, t *tx) error {
		return put(ctx, t, t.index.restores, run.rec.ID, run.rec)
	})
	if run.unrecorded = readOnly(err); err != nil && !run.unrecorded {
		s.mu.Lock()
		delete(s.restoring, run.rec.ID)
		s.mu.Unlock()
		return backup.Restore{}, err
	}
	started := s.restore(run.record())
	go s.bringBack(context.WithoutCancel(ctx), run)
	return started, nil
}

// notRestoring refuses a restore into where another one of this process writes: each would find the
// files of the other in its way, or replace them. The caller holds the lock.
func (s *Service) notRestoring(rec restoreRecord) error {
	for _, other := range s.restoring {
		there := other.record()
		if there.State != runRunning {
			continue
		}
		for _, a := range filepath.SplitList(rec.Target) {
			for _, b := range filepath.SplitList(there.Target) {
				if inside(a, b) || inside(b, a) {
					return backup.Errorf(backup.ErrBusy, "The restore %s is writing to %s just now. Restore to another directory, or one after the other: with depends_on, or with terraform apply -parallelism=1.", there.ID, b)
				}
			}
		}
	}
	return nil
}

// Restore returns a restore. One of this process is always seen as it is now.
func (s *Service) Restore(ctx context.Context, id string) (backup.Restore, error) {
	s.mu.Lock()
	run := s.restoring[id]
	s.mu.Unlock()
	if run != nil && ctx.Err() == nil {
		return s.restore(run.record()), nil
	}
	var rec restoreRecord
	err := s.view(ctx, backup.Fresh, func(ix *index) error {
		var ok bool
		if rec, ok = ix.restores.get(id); !ok {
			return notFound("restore", id)
		}
		return nil
	})
	if err != nil {
		return backup.Restore{}, err
	}
	return s.restore(s.alive(rec)), nil
}

// CancelRestore stops a restore, if it is one of this process, and waits until it has ended.
func (s *Service) CancelRestore(ctx context.Context, id string) (backup.Restore, error) {
	s.mu.Lock()
	run := s.restoring[id]
	s.mu.Unlock()
	if run != nil {
		run.stop(backup.ErrCanceled)
		select {
		case <-run.done:
		case <-ctx.Done():
			return backup.Restore{}, context.Cause(ctx)
		}
	}
	return s.Restore(ctx, id)
}

// restore is a record as the domain sees it.
func (s *Service) restore(rec restoreRecord) backup.Restore {
	r := backup.Restore{
		ID: rec.ID, PointID: rec.PointID, Status: rec.State.history(), Error: rec.Error,
		StartedAt: rec.StartedAt, FinishedAt: rec.FinishedAt, RestoredID: rec.Target,
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if run := s.restoring[rec.ID]; run != nil && r.Status == backup.HistoryRunning {
		r.Progress, r.ReadBytes = run.progressNow()
	}
	return r
}

// alive turns the record of a restore whose process is gone into that of a failed one.
func (s *Service) alive(rec restoreRecord) restoreRecord {
	if rec.State == runRunning && !rec.Owner.alive(rec.RenewedAt, s.cfg.Now()) {
		rec.State = runDiscarded
		rec.Error = "The process that restored ended before it was finished. Every file that has its name back is whole; " +
			"unfinished ones may be left with names that begin with .serverbackup-restore-. Restore again with overwrite = \"always\"."
		rec.FinishedAt = time.Time{}
	}
	return rec
}

// restoreEntry is a restore as history.
func (s *Service) restoreEntry(ix *index, rec restoreRecord) backup.HistoryEntry {
	if s.restoring[rec.ID] == nil {
		rec = s.alive(rec)
	}
	entry := backup.HistoryEntry{
		ID: rec.ID, Kind: backup.KindRestore, Status: rec.State.history(), ServiceStatus: string(rec.State),
		PointID: rec.PointID, ServerID: rec.ServerID, ServerName: rec.ServerName,
		StartedAt: rec.StartedAt, FinishedAt: rec.FinishedAt, DeletionStatus: backup.DeletionDeleted, Error: rec.Error,
	}
	if rec.State != runRunning {
		entry.SizeBytes = ptr(rec.SizeBytes)
	}
	if point, ok := ix.runs.get(rec.PointID); ok {
		entry.LocationID = point.LocationID
		if p, exists := s.point(ix, point); exists {
			entry.DeletionStatus = p.DeletionStatus
		}
	}
	return entry
}

// history is the state of a run in the words of the domain.
func (s runState) history() backup.HistoryStatus {
	switch s {
	case runRunning:
		return backup.HistoryRunning
	case runComplete:
		return backup.HistorySucceeded
	default:
		return backup.HistoryFailed
	}
}
