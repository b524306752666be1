package huaweicloud

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
	now := time.Unix(0, 0)
	loads := 0
	l := NewListing(time.Minute, func() time.Time { return now }, func(context.Context) (int, error) {
		loads++
		return loads, nil
	})
	want := func(what string, n int) {
		t.Helper()
		if got, err := l.Get(t.Context()); err != nil || got != n {
			t.Errorf("%s: listing %d (%v), want %d", what, got, err, n)
		}
	}
	want("first", 1)
	want("kept", 1)
	l.Drop()
	want("dropped", 2)
	now = now.Add(time.Minute)
	want("old", 3)
}

func TestListingIsShared(t *testing.T) {
	t.Parallel()
	var loads atomic.Int64
	release := make(chan struct{})
	l := NewListing(time.Minute, time.Now, func(context.Context) (int64, error) {
		n := loads.Add(1)
		<-release
		return n, nil
	})
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if _, err := l.Get(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	for loads.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	close(release)
	group.Wait()
	if n := loads.Load(); n != 1 {
		t.Errorf("20 readers loaded %d times, want once", n)
	}
}

// TestListingAfterWrite wants a listing that began before a write not to answer a read after it.
func TestListingAfterWrite(t *testing.T) {
	t.Parallel()
	started, release := make(chan struct{}), make(chan struct{})
	var loads atomic.Int64
	l := NewListing(time.Minute, time.Now, func(context.Context) (int64, error) {
		n := loads.Add(1)
		if n == 1 {
			close(started)
			<-release
		}
		return n, nil
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = l.Get(context.Background())
	}()
	<-started
	l.Drop()
	if got, err := l.Get(t.Context()); err != nil || got != 2 {
		t.Errorf("a read after the write sees listing %d (%v), want 2", got, err)
	}
	close(release)
	<-done
	if got, _ := l.Kept(); got != 2 {
		t.Errorf("listing %d is kept, want 2", got)
	}
}

// TestListingLeaderGivesUp wants those who wait not to fail with the one who loads.
func TestListingLeaderGivesUp(t *testing.T) {
	t.Parallel()
	started := make(chan struct{})
	var loads atomic.Int64
	l := NewListing(time.Minute, time.Now, func(ctx context.Context) (int64, error) {
		n := loads.Add(1)
		if n == 1 {
			close(started)
			<-ctx.Done()
			return 0, ctx.Err()
		}
		return n, nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error, 1)
	go func() {
		_, err := l.Get(ctx)
		errs <- err
	}()
	<-started
	time.AfterFunc(10*time.Millisecond, cancel)
	if got, err := l.Get(t.Context()); err != nil || got != 2 {
		t.Errorf("who waited gets %d, %v", got, err)
	}
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up gets %v", err)
	}
}
