package vngcloud

import (
	"context"
	"sync"
	"time"
)

// listing answers reads for a while with what one request told.
type listing[T any] struct {
	once sync.Once
	// gate lets one caller load; those who wait find what it loaded.
	gate chan struct{}

	mu    sync.Mutex
	rows  T
	until time.Time
	// epoch counts the drops, so that what was loaded before a write is not kept after it.
	epoch int
}

// get returns the rows, loaded again if they are older than lifetime.
func (l *listing[T]) get(ctx context.Context, now func() time.Time, lifetime time.Duration, load func() (T, error)) (T, error) {
	var none T
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	if rows, ok := l.kept(now()); ok {
		return rows, nil
	}
	l.once.Do(func() { l.gate = make(chan struct{}, 1) })
	select {
	case l.gate <- struct{}{}:
		defer func() { <-l.gate }()
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
	if rows, ok := l.kept(now()); ok {
		return rows, nil
	}
	l.mu.Lock()
	epoch := l.epoch
	l.mu.Unlock()
	rows, err := load()
	if err != nil {
		return none, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.epoch == epoch {
		l.rows, l.until = rows, now().Add(lifetime)
	}
	return rows, nil
}

func (l *listing[T]) kept(now time.Time) (T, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Before(l.until) {
		return l.rows, true
	}
	var none T
	l.rows = none // lets go of the memory
	return none, false
}

// drop forgets the rows. Every write of this process calls it when it is done.
func (l *listing[T]) drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.epoch++
	l.until = time.Time{}
	var none T
	l.rows = none
}

// The listings of the service.

func cached[T any](ctx context.Context, s *Service, l *listing[T], load func(context.Context) (T, error)) (T, error) {
	return l.get(ctx, s.cfg.Now, s.cfg.ReadCache, func() (T, error) { return load(ctx) })
}

// forever is for what does not change while a provider runs.
const forever = 365 * 24 * time.Hour

func constant[T any](ctx context.Context, s *Service, l *listing[T], load func(context.Context) (T, error)) (T, error) {
	return l.get(ctx, s.cfg.Now, forever, func() (T, error) { return load(ctx) })
}
