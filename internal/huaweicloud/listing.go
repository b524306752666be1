package huaweicloud

import (
	"context"
	"sync"
	"time"
)

// Listing keeps one listing of a service for a while, so that refreshing many objects takes few requests.
// Those who ask at the same time share one request.
type Listing[T any] struct {
	keep time.Duration
	now  func() time.Time
	load func(ctx context.Context) (T, error)

	mu      sync.Mutex
	value   T
	at      time.Time
	valid   bool
	loading *loading[T]
}

type loading[T any] struct {
	done  chan struct{}
	value T
	err   error
}

// NewListing returns a listing that is kept for a time; 0 shares requests and keeps nothing.
func NewListing[T any](keep time.Duration, now func() time.Time, load func(ctx context.Context) (T, error)) *Listing[T] {
	return &Listing[T]{keep: keep, now: now, load: load}
}

// Drop forgets the listing, and one that is under way: it may lack what was just written.
func (l *Listing[T]) Drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	var none T
	l.value, l.valid, l.loading = none, false, nil
}

// Kept returns the listing if there is one.
func (l *Listing[T]) Kept() (T, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.value, l.valid && l.now().Sub(l.at) < l.keep
}

// Get returns the listing, loading it if need be.
func (l *Listing[T]) Get(ctx context.Context) (T, error) {
	for {
		if ctx.Err() != nil {
			var none T
			return none, context.Cause(ctx)
		}
		if value, ok := l.Kept(); ok {
			return value, nil
		}
		job, mine := l.join()
		if mine {
			l.run(ctx, job)
			return job.value, job.err
		}
		select {
		case <-ctx.Done():
		case <-job.done:
			// What stopped the one who loads need not stop this one.
			if job.err == nil {
				return job.value, nil
			}
		}
	}
}

// join returns the loading that is under way, or a new one that the caller has to run.
func (l *Listing[T]) join() (*loading[T], bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loading != nil {
		return l.loading, false
	}
	l.loading = &loading[T]{done: make(chan struct{})}
	return l.loading, true
}

func (l *Listing[T]) run(ctx context.Context, job *loading[T]) {
	job.value, job.err = l.load(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loading == job {
		l.loading = nil
		if job.err == nil {
			l.value, l.at, l.valid = job.value, l.now(), true
		}
	}
	close(job.done)
}
