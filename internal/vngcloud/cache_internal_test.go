package vngcloud

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestListing(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	now := func() time.Time { return at }
	var l listing[int]
	var loads atomic.Int32
	read := func() int {
		t.Helper()
		got, err := l.get(t.Context(), now, time.Minute, func() (int, error) { return int(loads.Add(1)), nil })
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() { read() })
	}
	group.Wait()
	if got := read(); got != 1 || loads.Load() != 1 {
		t.Errorf("%d after %d loads, want one load for all", got, loads.Load())
	}
	at = at.Add(time.Minute)
	if got := read(); got != 2 {
		t.Errorf("%d after the lifetime, want a second load", got)
	}
	l.drop()
	if got := read(); got != 3 {
		t.Errorf("%d after a write, want a third load", got)
	}
	failed := errors.New("no")
	l.drop()
	if _, err := l.get(t.Context(), now, time.Minute, func() (int, error) { return 0, failed }); !errors.Is(err, failed) {
		t.Errorf("a load that fails: %v", err)
	}
	if got := read(); got != 4 {
		t.Errorf("%d after a load that failed, want another load", got)
	}
}

// TestListingWrite: what was asked for before a write is not the answer after it.
func TestListingWrite(t *testing.T) {
	t.Parallel()
	var l listing[string]
	now := func() time.Time { return time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC) }
	got, err := l.get(t.Context(), now, time.Minute, func() (string, error) {
		l.drop() // a write ends while the list is on its way
		return "old", nil
	})
	if got != "old" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := l.get(t.Context(), now, time.Minute, func() (string, error) { return "new", nil }); got != "new" || err != nil {
		t.Errorf("%q, %v; want what is loaded after the write", got, err)
	}
}

// TestListingCanceled: who gives up does not wait for the load of another.
func TestListingCanceled(t *testing.T) {
	t.Parallel()
	var l listing[string]
	now := time.Now
	started, finish := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		_, _ = l.get(t.Context(), now, time.Minute, func() (string, error) {
			close(started)
			<-finish
			return "slow", nil
		})
	})
	<-started
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Millisecond, cancel)
	if _, err := l.get(ctx, now, time.Minute, func() (string, error) { return "", nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want a canceled context", err)
	}
	close(finish)
	group.Wait()
}
