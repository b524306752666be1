package archive

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// budget is memory that may be used. It is taken in the order in which it is given back, so that the
// file that is written next always has what it needs.
type budget struct {
	s *semaphore.Weighted
}

func newBudget(n int64) *budget { return &budget{semaphore.NewWeighted(n)} }

func (b *budget) take(ctx context.Context, n int64) error {
	if err := b.s.Acquire(ctx, n); err != nil {
		return context.Cause(ctx)
	}
	return nil
}

func (b *budget) give(n int64) { b.s.Release(n) }
