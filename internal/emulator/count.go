package emulator

import (
	"maps"
	"net/http"
	"sync"
)

// Counts says what was asked of an emulator.
type Counts struct {
	mu       sync.Mutex
	requests map[string]int
	backups  map[string]int
	flying   int
	most     int
}

// Counted is what was counted until now.
type Counted struct {
	// Requests by method and path, with the names of path parameters in place of their values.
	Requests map[string]int `json:"requests"`
	// Backups that were started, by the id of what was backed up.
	Backups map[string]int `json:"backups"`
	// MostInFlight is how many requests there were at a time.
	MostInFlight int `json:"most_in_flight"`
}

// TotalRequests is the sum over all paths.
func (c Counted) TotalRequests() int { return sum(c.Requests) }

// TotalBackups is the sum over everything that was backed up.
func (c Counted) TotalBackups() int { return sum(c.Backups) }

// Snapshot returns the counts.
func (c *Counts) Snapshot() Counted {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Counted{Requests: maps.Clone(c.requests), Backups: maps.Clone(c.backups), MostInFlight: c.most}
}

// Reset starts to count anew.
func (c *Counts) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests, c.backups, c.most = nil, nil, c.flying
}

// BackupStarted counts a backup. Emulators call it for every backup that somebody asked for.
func (c *Counts) BackupStarted(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.backups == nil {
		c.backups = map[string]int{}
	}
	c.backups[id]++
}

// begin counts a request; the function that it returns ends it.
func (c *Counts) begin() func(r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flying++
	c.most = max(c.most, c.flying)
	return func(r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.flying--
		name := r.Pattern
		if name == "" {
			name = r.Method + " " + r.URL.Path
		}
		if c.requests == nil {
			c.requests = map[string]int{}
		}
		c.requests[name]++
	}
}

func sum(counts map[string]int) int {
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}
