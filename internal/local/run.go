package local

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// maxNamedFiles is how many unreadable files an error names.
const maxNamedFiles = 10

// run is a point that this process takes.
type run struct {
	rec     runRecord
	server  backup.Server
	options ServerOptions
	full    *bool

	// started is set when it is this point's turn; read are bytes of sources that are done.
	started       atomic.Bool
	percent, read atomic.Int64
	stop          func()
	stopped       chan struct{}
	done          chan struct{}
}

func newRun(rec runRecord, srv backup.Server, options ServerOptions, full *bool) *run {
	r := &run{rec: rec, server: srv, options: options, full: full, stopped: make(chan struct{}), done: make(chan struct{})}
	r.stop = sync.OnceFunc(func() { close(r.stopped) })
	return r
}

// take runs until the point is finished, whatever that means, and written down.
func (s *Service) take(ctx context.Context, r *run) {
	defer close(r.done)
	stopRenewing := sync.OnceFunc(s.renew(ctx, "renew point", func(ctx context.Context, t *tx) error {
		rec, ok := t.index.runs.get(r.rec.ID)
		if !ok {
			return nil
		}
		rec.RenewedAt = s.cfg.Now().UTC()
		return put(ctx, t, t.index.runs, rec.ID, rec)
	}))
	defer stopRenewing()
	rec := r.rec
	err := s.inTurn(r, func() error { return s.upload(ctx, r, &rec, stopRenewing) })
	if err == nil {
		return
	}
	stopRenewing()
	rec.State, rec.Error = runFailed, s.runError(err)
	if canceled(r.stopped) {
		rec.State, rec.Error = runCanceled, canceledText
	}
	rec.FinishedAt = s.cfg.Now().UTC()
	err = s.change(ctx, "finish point", func(ctx context.Context, t *tx) error {
		t.after = append(t.after, func() { s.ended(t.index, rec) })
		return put(ctx, t, t.index.runs, rec.ID, rec)
	})
	if err != nil {
		s.unrecorded(rec, err)
	}
}

const canceledText = "The backup was canceled. What it had read is kept until the point is deleted."

// judge says how a run ended that was not cut short by an error.
func (r *run) judge(rec *runRecord, unreadable []string) {
	rec.IncompleteFiles = int64(len(unreadable))
	switch {
	case canceled(r.stopped):
		rec.State, rec.Error = runCanceled, canceledText
	case len(unreadable) > 0 && r.options.OnUnreadable == UnreadableFails:
		rec.State, rec.Error = runFailed, unreadableError(unreadable)
	default:
		rec.State = runComplete
	}
	rec.Type = backup.TypeFull
	for _, v := range rec.Volumes {
		if v.Type == backup.TypeIncremental {
			rec.Type = backup.TypeIncremental
		}
	}
}

// runError is for the user: what is wrong with a source, or else with the repository.
func (s *Service) runError(err error) string {
	var source *engine.SourceError
	if errors.As(err, &source) {
		return sentence(source) + "."
	}
	return s.writeError(err).Error()
}

// inTurn waits until fewer points than allowed are being taken.
func (s *Service) inTurn(r *run, f func() error) error {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
		r.started.Store(true)
		return f()
	case <-r.stopped:
		return backup.ErrCanceled
	}
}

// upload reads the sources one after the other. If that gets to the end, the end is written down in
// the same session: a point and its snapshots become visible together.
func (s *Service) upload(ctx context.Context, r *run, rec *runRecord, stopRenewing func()) error {
	repo, err := s.store.write(ctx)
	if err != nil {
		return err
	}
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
		stopRenewing()
		// Only what is flushed is counted.
		if err := w.Flush(ctx); err != nil {
			return err
		}
		rec.NewBytes = added.Load()
		rec.FinishedAt = s.cfg.Now().UTC()
		r.judge(rec, unreadable)
		s.mu.Lock()
		kind, old := s.index.runs.kind, s.index.runs.rows[rec.ID].version
		s.mu.Unlock()
		version, err = w.Put(ctx, kind, rec.ID, old, *rec)
		return err
	})
	if err != nil {
		return err
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
		Policy:             s.sourcePolicy(r.options),
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

// ended takes a run off the list of those that are running. The caller holds the lock.
func (s *Service) ended(ix *index, rec runRecord) {
	ix.volumes[rec.ID] = make(map[string]bool, len(rec.Volumes))
	for _, v := range rec.Volumes {
		ix.volumes[rec.ID][v.ID] = true
	}
	delete(s.running, rec.ID)
	s.unheard[rec.ID] = true
}

// unrecorded is the end of a run that could not even be written down. This process still knows it;
// every other will see that nobody takes the point any more.
func (s *Service) unrecorded(rec runRecord, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rec.State = runFailed
	rec.Error = strings.TrimSpace(rec.Error + " The end of the backup could not be recorded: " + err.Error())
	row := s.index.runs.rows[rec.ID]
	row.value = rec
	s.index.runs.rows[rec.ID] = row
	s.ended(s.index, rec)
}

// renew keeps telling other machines that a run is alive; touch writes that down.
func (s *Service) renew(ctx context.Context, purpose string, touch func(context.Context, *tx) error) (stop func()) {
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-quit:
				return
			case <-time.After(renewEvery):
			}
			// A failure shows when the run finishes.
			_ = s.change(ctx, purpose, touch)
		}
	}()
	return func() {
		close(quit)
		<-ended
	}
}

func canceled(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func unreadableError(files []string) string {
	slices.Sort(files)
	named := files
	more := ""
	if len(files) > maxNamedFiles {
		named = files[:maxNamedFiles]
		more = fmt.Sprintf("\n… and %d more", len(files)-maxNamedFiles)
	}
	return fmt.Sprintf("%d files could not be read:\n%s%s\nEverything else is in the point. Make the files readable, exclude them with local.exclude, "+
		"or accept such points with local.on_unreadable = \"warn\".", len(files), strings.Join(named, "\n"), more)
}
