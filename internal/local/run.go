package local

import (
	"context"
	"errors"
	"fmt"
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

	percent atomic.Int64
	stop    func()
	stopped chan struct{}
	done    chan struct{}
}

func newRun(rec runRecord, srv backup.Server, options ServerOptions, full *bool) *run {
	r := &run{rec: rec, server: srv, options: options, full: full, stopped: make(chan struct{}), done: make(chan struct{})}
	r.stop = sync.OnceFunc(func() { close(r.stopped) })
	return r
}

// take runs until the point is finished, whatever that means, and written down.
func (s *Service) take(ctx context.Context, r *run) {
	defer close(r.done)
	stopRenewing := s.renew(ctx, r)
	rec := r.rec
	var unreadable []string
	err := s.inTurn(r, func() (err error) {
		unreadable, err = s.upload(ctx, r, &rec)
		return err
	})
	stopRenewing()

	rec.IncompleteFiles = int64(len(unreadable))
	switch {
	case canceled(r.stopped):
		rec.State, rec.Error = runCanceled, "The backup was canceled. What it had read is kept until the point is deleted."
	case err != nil:
		rec.State, rec.Error = runFailed, s.runError(err)
	case len(unreadable) > 0 && r.options.OnUnreadable == UnreadableFails:
		rec.State, rec.Error = runFailed, unreadableError(unreadable)
	default:
		rec.State = runComplete
	}
	s.finish(ctx, rec)
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
		return f()
	case <-r.stopped:
		return backup.ErrCanceled
	}
}

// upload reads the sources one after the other and returns the files that could not be read.
func (s *Service) upload(ctx context.Context, r *run, rec *runRecord) (unreadable []string, err error) {
	repo, err := s.store.write(ctx)
	if err != nil {
		return nil, err
	}
	var added atomic.Int64
	count := func(n int64) { added.Add(n) }
	// What was stored before a failure is kept: the point can still be looked into and deleted.
	err = repo.Write(ctx, "point "+rec.ID, true, count, func(ctx context.Context, w *engine.Writer) error {
		for i, source := range r.options.Sources {
			if canceled(r.stopped) {
				return backup.ErrCanceled
			}
			volume := volumeRecord{ID: fmt.Sprintf("%s-%d", rec.ID, i), Source: source}
			snap, err := w.Upload(ctx, engine.UploadRequest{
				Source:             r.options.source(source),
				Policy:             s.sourcePolicy(r.options),
				Point:              rec.ID,
				Volume:             volume.ID,
				Description:        strings.TrimSpace(rec.ServerName + " " + rec.Name),
				Full:               r.full != nil && *r.full,
				CheckpointInterval: s.cfg.CheckpointInterval,
				Cancel:             r.stopped,
				Progress:           r.progress(i),
			})
			if err != nil {
				return err
			}
			volume.SizeBytes, volume.Type, volume.Complete = snap.SizeBytes, backup.TypeFull, !snap.Canceled
			if snap.Incremental {
				volume.Type = backup.TypeIncremental
			}
			rec.Volumes = append(rec.Volumes, volume)
			for _, u := range snap.Unreadable {
				unreadable = append(unreadable, fmt.Sprintf("%s/%s: %v", strings.TrimRight(source, "/"), u.Path, u.Err))
			}
		}
		return nil
	})
	rec.NewBytes = added.Load()
	rec.Type = backup.TypeFull
	for _, v := range rec.Volumes {
		if v.Type == backup.TypeIncremental {
			rec.Type = backup.TypeIncremental
		}
	}
	return unreadable, err
}

// progress makes the listener for one of the sources; each counts the same.
func (r *run) progress(i int) func(done, total int64) {
	n := int64(len(r.options.Sources))
	return func(done, total int64) {
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

// finish writes the end of a run down. If even that fails, this process still knows how it ended, and
// every other will see that nobody takes the point any more.
func (s *Service) finish(ctx context.Context, rec runRecord) {
	rec.FinishedAt = s.cfg.Now().UTC()
	apply := func(ix *index) {
		ix.volumes[rec.ID] = make(map[string]bool)
		for _, v := range rec.Volumes {
			ix.volumes[rec.ID][v.ID] = true
		}
		delete(s.running, rec.ID)
	}
	err := s.change(ctx, "finish point", func(ctx context.Context, t *tx) error {
		t.after = append(t.after, func() { apply(t.index) })
		if now, ok := t.index.runs.get(rec.ID); ok {
			rec.Tags = now.Tags
		}
		return put(ctx, t, t.index.runs, rec.ID, rec)
	})
	if err == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index != nil {
		row := s.index.runs.rows[rec.ID]
		row.value = rec
		row.value.State = runFailed
		row.value.Error = strings.TrimSpace(rec.Error + " The end of the backup could not be recorded: " + err.Error())
		s.index.runs.rows[rec.ID] = row
		apply(s.index)
	}
	delete(s.running, rec.ID)
}

// renew keeps telling other machines that the run is alive.
func (s *Service) renew(ctx context.Context, r *run) (stop func()) {
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
			_ = s.change(ctx, "renew point", func(ctx context.Context, t *tx) error {
				rec, ok := t.index.runs.get(r.rec.ID)
				if !ok {
					return nil
				}
				rec.RenewedAt = s.cfg.Now().UTC()
				return put(ctx, t, t.index.runs, rec.ID, rec)
			})
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
