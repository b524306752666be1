package cbr

import (
	"context"
	"sync"
)

// keyedLock is a lock for each key.
type keyedLock struct {
	mu   sync.Mutex
	held map[string]chan struct{}
}

// lock waits for the lock of a key and returns what gives it back.
func (l *keyedLock) lock(ctx context.Context, key string) (unlock func(), err error) {
	for {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		l.mu.Lock()
		if l.held == nil {
			l.held = map[string]chan struct{}{}
		}
		held, taken := l.held[key]
		if !taken {
			free := make(chan struct{})
			l.held[key] = free
			l.mu.Unlock()
			return func() {
				l.mu.Lock()
				defer l.mu.Unlock()
				delete(l.held, key)
				close(free)
			}, nil
		}
		l.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-held:
		}
	}
}
