package backup

import (
	"context"
	"time"
)

// Restorer is a service that brings the data of a point back.
type Restorer interface {
	// CheckRestore is [PolicyService.CheckPolicy] for a restore.
	CheckRestore(ctx context.Context, r RestoreRequest) []Problem
	// StartRestore begins a restore and returns as soon as its id is known; [WaitRestore] waits for
	// the rest. Like a point, it does not end with ctx. A restore that fails is in history, as a
	// [Restore] that says why; one that is refused is not.
	StartRestore(ctx context.Context, r RestoreRequest) (Restore, error)
	// Restore returns a restore as it is now.
	Restore(ctx context.Context, id string) (Restore, error)
}

// RestoreCanceler is a [Restorer] that restores in this process: giving up waiting stops the restore.
type RestoreCanceler interface {
	// CancelRestore stops a restore and returns it in its final state.
	CancelRestore(ctx context.Context, id string) (Restore, error)
}

// RestoreRequest asks for the data of a point to be brought back.
type RestoreRequest struct {
	PointID string
	// OverwriteExistingData allows what replaces data in place.
	OverwriteExistingData bool
	// Options are the service's own, a struct of its package.
	Options any
}

// Restore is one restore. [HistoryRunning] is its only state that still changes.
type Restore struct {
	ID      string
	PointID string
	Status  HistoryStatus
	// Progress is 0 to 100 while the restore runs, and ReadBytes what was restored until now.
	Progress  *int64
	ReadBytes *int64
	// Error is why it failed.
	Error      string
	StartedAt  time.Time
	FinishedAt time.Time
	// RestoredID is what the data is in now: a new server or volume, the target directory.
	RestoredID string
}

// WaitRestore looks at a restore every interval until it has ended. Like [WaitPoint] it returns the
// restore as last seen together with the error when the context ends. progress, which may be nil, is
// told of every look that finds it unfinished.
func WaitRestore(ctx context.Context, svc Restorer, r Restore, interval time.Duration, progress func(Restore)) (Restore, error) {
	for r.Status == HistoryRunning {
		if progress != nil {
			progress(r)
		}
		select {
		case <-ctx.Done():
			return r, context.Cause(ctx)
		case <-time.After(interval):
		}
		next, err := svc.Restore(ctx, r.ID)
		if err != nil {
			return r, err
		}
		r = next
	}
	return r, nil
}
