// Package agent runs the policies of a host: it takes the points that are due, deletes what their retention
// no longer keeps, empties the bin and maintains the repositories.
package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

const (
	// tickEvery is how often the agent looks for something to do. Of what it does itself it writes at most
	// one thing per tick; the points that it takes write their own end.
	tickEvery = time.Minute
	// maintainEvery is how often it looks whether maintenance is due; up to half of it is added by chance,
	// so that agents that were in each other's way do not meet again.
	maintainEvery = 10 * time.Minute
	// patience is how long a repository may take to answer: the engine itself asks one that went away, such
	// as a disk that was unmounted, for ever.
	patience = 15 * time.Minute
	// rollUpEvery is how often old history is looked through.
	rollUpEvery = 24 * time.Hour
)

// Agent does the work of one host in the repositories of one service.
type Agent struct {
	svc *local.Service
	log *slog.Logger
	// TakeOver makes this agent the owner of the maintenance of every repository, once.
	TakeOver bool
	// Now is the clock, which is the service's too; default time.Now.
	Now func() time.Time

	patience                    time.Duration
	nextMaintenance, nextRollUp time.Time
	background                  sync.WaitGroup
	maintaining                 sync.Mutex

	mu sync.Mutex
	// troubles are the errors that were told of and last, by what they are of.
	troubles map[string]string
}

// New returns the agent of a service.
func New(svc *local.Service, log *slog.Logger) *Agent {
	return &Agent{svc: svc, log: log, Now: time.Now, patience: patience, troubles: make(map[string]string)}
}

// Run works until the context ends. Then it stops the points that it takes, which the next agent takes up,
// and returns when everything is written down; the service is closed.
func (a *Agent) Run(ctx context.Context) error {
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for ctx.Err() == nil {
		a.Tick(ctx)
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
	a.log.Info("stopping")
	a.background.Wait()
	return a.svc.Close(context.WithoutCancel(ctx))
}

// Tick does the next thing that is to do, and leaves what takes long to the background. One that failed is
// tried again by the next tick.
func (a *Agent) Tick(ctx context.Context) {
	a.maintainInBackground(ctx)
	life := ctx
	ctx, cancel := context.WithTimeout(ctx, a.patience)
	defer cancel()
	started, err := a.svc.StartDue(ctx)
	a.report("start due points", err)
	for _, p := range started {
		a.background.Go(func() { _ = a.await(life, p) }) // it is in history
	}
	if err != nil || len(started) > 0 {
		return
	}
	if n, _ := a.applyRetention(ctx); n > 0 {
		return
	}
	if n, _ := a.emptyBin(ctx); n > 0 {
		return
	}
	if now := a.Now(); !now.Before(a.nextRollUp) {
		a.nextRollUp = now.Add(rollUpEvery)
		_ = a.rollUp(ctx) // told of
	}
}

// Once does everything that is to do and returns when it is done. The error says that something failed,
// which is in the log.
func (a *Agent) Once(ctx context.Context) error {
	started, err := a.svc.StartDue(ctx)
	a.report("start due points", err)
	errs := []error{err}
	var mu sync.Mutex
	for _, p := range started {
		a.background.Go(func() {
			err := a.await(ctx, p)
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
		})
	}
	a.background.Wait()
	_, err = a.applyRetention(ctx)
	errs = append(errs, err)
	_, err = a.emptyBin(ctx)
	errs = append(errs, err, a.rollUp(ctx), a.maintain(ctx))
	return errors.Join(append(errs, ctx.Err())...)
}

// await waits for a point and says how it ended; a point that is no good is an error. The end of the context
// stops the point.
func (a *Agent) await(ctx context.Context, p backup.Point) error {
	ended := context.WithoutCancel(ctx)
	stop := context.AfterFunc(ctx, func() { _, _ = a.svc.CancelPoint(ended, p.ID) })
	defer stop()
	return a.watch(ended, p)
}

func (a *Agent) watch(ctx context.Context, p backup.Point) error {
	log := a.log.With("server", p.ServerName, "point", p.ID)
	if p.Status == backup.StatusCreating {
		log.Info("taking a point")
	}
	ended, err := a.svc.Await(ctx, p.ID)
	switch {
	case err != nil:
		log.Error("the point could not be watched", "error", err)
		return err
	case ended.Status != backup.StatusAvailable:
		log.Error("the point failed", "status", ended.ServiceStatus, "error", ended.Error)
		return fmt.Errorf("the point %s of server %q failed: %s", ended.ID, ended.ServerName, ended.Error)
	}
	log.Info("the point is available", "type", ended.Type, "took", ended.FinishedAt.Sub(ended.CreatedAt).Round(time.Millisecond),
		"size", value(ended.SizeBytes), "new", value(ended.NewBytes), "incomplete_files", value(ended.IncompleteFiles))
	return nil
}

func (a *Agent) applyRetention(ctx context.Context) (int, error) {
	deleted, err := a.svc.ApplyRetention(ctx)
	if len(deleted) > 0 {
		a.log.Info("deleted what retention does not keep", "points", deleted)
	}
	a.report("apply retention", err)
	return len(deleted), err
}

func (a *Agent) emptyBin(ctx context.Context) (int, error) {
	n, err := a.svc.EmptyBin(ctx)
	if n > 0 {
		a.log.Info("emptied the bin", "points", n)
	}
	a.report("empty the bin", err)
	return n, err
}

func (a *Agent) rollUp(ctx context.Context) error {
	n, err := a.svc.RollUpHistory(ctx)
	if n > 0 {
		a.log.Info("rolled up old history", "entries", n)
	}
	a.report("roll up history", err)
	return err
}

// maintainInBackground starts a maintenance unless one runs or it is too early to look.
func (a *Agent) maintainInBackground(ctx context.Context) {
	now := a.Now()
	if now.Before(a.nextMaintenance) || !a.maintaining.TryLock() {
		return
	}
	a.nextMaintenance = now.Add(maintainEvery + rand.N(maintainEvery/2)) //nolint:gosec // no secret
	a.background.Go(func() {
		defer a.maintaining.Unlock()
		_ = a.maintain(ctx) // told of
	})
}

func (a *Agent) maintain(ctx context.Context) error {
	reports, err := a.svc.Maintain(ctx, a.TakeOver)
	a.report("look for maintenance", err)
	errs := []error{err}
	if err == nil {
		a.TakeOver = false
	}
	for _, r := range reports {
		what := "maintain the location " + r.LocationName
		errs = append(errs, r.Err)
		a.report(what, r.Err)
		switch {
		case r.Err != nil:
		case r.Busy:
			a.log.Info("another process maintains the repository", "location", r.LocationName)
		case r.Cycle != "":
			a.log.Info("maintained the repository", "location", r.LocationName, "cycle", r.Cycle)
		case !r.Ours:
			a.once(what, "the repository is maintained by "+r.Owner+", not by this agent", "location", r.LocationName)
		}
	}
	return errors.Join(errs...)
}

// report logs an error once, however often it comes back, and that it is over.
func (a *Agent) report(what string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	told, before := a.troubles[what]
	switch {
	case err == nil && before:
		delete(a.troubles, what)
		a.log.Info("works again: " + what)
	case err != nil && (!before || told != err.Error()) && !errors.Is(err, context.Canceled):
		a.troubles[what] = err.Error()
		a.log.Error("failed to "+what, "error", err)
	}
}

// once logs something that is as it is.
func (a *Agent) once(what, message string, args ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if key := "once " + what; a.troubles[key] != message {
		a.troubles[key] = message
		a.log.Info(message, args...)
	}
}

func value(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}
