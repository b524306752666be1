package local

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// upload reads the sources one after the other. If that gets to the end, the end is written down: in the
// same session if the snapshots are in the main repository, so that a point and its snapshots become
// visible together, and else after them.
func (s *Service) upload(ctx context.Context, r *run, rec *runRecord, stopRenewing func()) error {
	st, err := s.storeOf(ctx, rec.LocationID)
	if err != nil {
		return err
	}
	repo, err := st.existing(ctx)
	if err != nil {
		return err
	}
	repo.AllowWrites()
	var (
		added   atomic.Int64
		version string
	)
	count := func(n int64) { added.Add(n) }
	// What was stored before a failure is kept: the point can still be looked into and deleted.
	err = repo.Write(ctx, "point "+rec.ID, true, count, func(ctx context.Context, w *engine.Writer) error {
		var unreadable []string
		for i, source := range r.options.Sources {
			if canceled(r.stopped) {
				return backup.ErrCanceled
			}
			volume, failed, err := s.uploadSource(ctx, w, r, i, source)
			if err != nil {
				return err
			}
			rec.Volumes = append(rec.Volumes, volume)
			unreadable = append(unreadable, failed...)
		}
		if err := w.DeleteCheckpoints(ctx, rec.ID); err != nil {
			return err
		}
		stopRenewing()
		// Only what is flushed is counted.
		if err := w.Flush(ctx); err != nil {
			return err
		}
		rec.NewBytes = added.Load()
		rec.FinishedAt = s.cfg.Now().UTC()
		r.judge(rec, unreadable)
		if rec.LocationID != mainLocation {
			return nil
		}
		s.mu.Lock()
		kind, old := s.index.runs.kind, s.index.runs.rows[rec.ID].version
		s.mu.Unlock()
		version, err = w.Put(ctx, kind, rec.ID, old, *rec)
		return err
	})
	switch {
	case err != nil && !isServiceError(err):
		var source *engine.SourceError
		if errors.As(err, &source) {
			return err
		}
		return st.explain("write to", err)
	case err != nil:
		return err
	case rec.LocationID != mainLocation:
		return s.change(ctx, "finish point", func(ctx context.Context, t *tx) error {
			t.after = append(t.after, func() { s.ended(t.index, *rec) })
			return put(ctx, t, t.index.runs, rec.ID, *rec)
		})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.index.runs.rows[rec.ID] = row[runRecord]{version, *rec}
	s.ended(s.index, *rec)
	return nil
}

// uploadSource takes the snapshot of one source and returns the files that could not be read.
func (s *Service) uploadSource(ctx context.Context, w *engine.Writer, r *run, i int, source string) (volume volumeRecord, unreadable []string, err error) {
	volume = volumeRecord{ID: volumeID(r.rec.ID, i), Source: source, Type: backup.TypeFull}
	snap, err := w.Upload(ctx, engine.UploadRequest{
		Source:             r.options.source(source),
		Policy:             r.policy,
		Point:              r.rec.ID,
		Volume:             volume.ID,
		Description:        strings.TrimSpace(r.rec.ServerName + " " + r.rec.Name),
		Full:               r.full != nil && *r.full,
		CheckpointInterval: s.cfg.CheckpointInterval,
		Cancel:             r.stopped,
		Progress:           r.progress(i),
	})
	volume.SizeBytes, volume.Complete, volume.Image = snap.SizeBytes, !snap.Canceled, snap.Image
	if snap.Incremental {
		volume.Type = backup.TypeIncremental
	}
	for _, u := range snap.Unreadable {
		unreadable = append(unreadable, fmt.Sprintf("%s: %v", filepath.Join(source, u.Path), u.Err))
	}
	return volume, unreadable, err
}

// progressNow is nil while the point waits for its turn.
func (r *run) progressNow() (percent, read *int64) {
	if !r.started.Load() {
		return nil, nil
	}
	return ptr(r.percent.Load()), ptr(r.read.Load())
}

// progress makes the listener for one of the sources; each counts the same.
func (r *run) progress(i int) func(done, total int64) {
	n := int64(len(r.options.Sources))
	before := r.read.Load()
	return func(done, total int64) {
		r.read.Store(before + done)
		var part int64
		if total > 0 {
			part = min(100*done/total, 100)
		}
		// 100 is for a point that is written down. Reports may come late and out of order.
		now := min((100*int64(i)+part)/n, 99)
		for {
			last := r.percent.Load()
			if now <= last || r.percent.CompareAndSwap(last, now) {
				return
			}
		}
	}
}
