package backup

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrStalled is a wait that saw no progress for too long.
var ErrStalled = errors.New("no progress")

// WaitOptions tune [WaitPoint].
type WaitOptions struct {
	// Interval between two looks.
	Interval time.Duration
	// StallTimeout ends the wait with [ErrStalled] once nothing moved for so long: status, progress
	// or bytes read. Zero never does, nor does a point that tells neither progress nor bytes, such
	// as one that waits for its turn.
	StallTimeout time.Duration
	// Progress is told of every look that finds the point unfinished; nil is fine.
	Progress func(Point)
}

// WaitPoint looks at a point until its status is stable, and returns it. When the context ends or
// the wait stalls, it returns the point as last seen together with the error, so that the caller
// can still record it. A point that ends in [StatusError] is not an error of the wait.
func WaitPoint(ctx context.Context, svc PointService, p Point, opts WaitOptions) (Point, error) {
	moved := time.Now()
	for !p.Status.Stable() {
		if opts.Progress != nil {
			opts.Progress(p)
		}
		if opts.StallTimeout > 0 && time.Since(moved) >= opts.StallTimeout {
			return p, fmt.Errorf("%w for %s at status %s", ErrStalled, opts.StallTimeout, p.Status)
		}
		select {
		case <-ctx.Done():
			return p, context.Cause(ctx)
		case <-time.After(opts.Interval):
		}
		next, err := svc.Point(ctx, p.ID, Fresh)
		if err != nil {
			return p, err
		}
		if moves(p, next) {
			moved = time.Now()
		}
		p = next
	}
	return p, nil
}

// moves says whether a point is not stuck, as far as can be told.
func moves(last, next Point) bool {
	tells := next.Progress != nil || next.ReadBytes != nil
	return !tells || next.Status != last.Status ||
		!equalPtr(next.Progress, last.Progress) || !equalPtr(next.ReadBytes, last.ReadBytes)
}

func equalPtr[T comparable](a, b *T) bool {
	return a == b || (a != nil && b != nil && *a == *b)
}
