package provider

import (
	"runtime"
	"testing"
	"time"
)

func TestPercentFor(t *testing.T) {
	t.Parallel()
	for live, want := range map[uint64]int{0: 3200, 1 << 20: 3200, 32 << 20: 100, 64 << 20: 50, 1 << 40: 50} {
		if got := percentFor(live); got != want {
			t.Errorf("%d bytes: %d %%, want %d", live, got, want)
		}
	}
}

// TestAfterCollections: not only the first is noticed.
func TestAfterCollections(t *testing.T) {
	t.Parallel()
	collected := make(chan struct{}, 100)
	afterCollections(func() { collected <- struct{}{} })
	for range 3 {
		// A finalizer that is set anew counts from the next collection on, and others collect at the same time.
		for noticed := false; !noticed; {
			runtime.GC()
			select {
			case <-collected:
				noticed = true
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
}
