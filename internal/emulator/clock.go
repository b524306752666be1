package emulator

import (
	"sync"
	"time"
)

// Clock is the time of an emulator.
type Clock struct {
	mu sync.Mutex
	// now is the time of a clock that stands still; a clock that runs is ahead of the real time instead.
	now   time.Time
	runs  bool
	ahead time.Duration
}

// NewClock returns a clock that stands still until it is moved.
func NewClock(start time.Time) *Clock {
	return &Clock{now: start.UTC()}
}

// RunningClock returns a clock that starts at the real time and goes on with it.
func RunningClock() *Clock {
	return &Clock{runs: true}
}

// Now is the time in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.runs {
		return time.Now().UTC().Add(c.ahead)
	}
	return c.now
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.ahead += d
}
