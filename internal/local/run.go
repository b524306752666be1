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
	policy  engine.SourcePolicy
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

// ended takes a run off the list of those that are running. The caller holds the lock.
func (s *Service) ended(ix *index, rec runRecord) {
	ix.snapshots.set(rec.LocationID, rec.ID, rec.Volumes)
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
