package emulator

import (
	"sync"
	"time"
)

// Plan is how a job goes.
type Plan struct {
	// Duration is from start to end on the emulator's clock.
	Duration time.Duration `json:"duration"`
	// Fail is why the job fails at its end; empty lets it succeed.
	Fail string `json:"fail,omitempty"`
	// StallAt is the percentage at which the job stays for ever; 0 does not stall.
	StallAt int `json:"stall_at,omitempty"`
}

// Plans says how the jobs to come go.
type Plans struct {
	mu       sync.Mutex
	fallback Plan
	subjects map[string]Plan
}

// Set makes the jobs of a subject go by a plan; the empty subject is all that have none of their own.
func (p *Plans) Set(subject string, plan Plan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if subject == "" {
		p.fallback = plan
		return
	}
	if p.subjects == nil {
		p.subjects = map[string]Plan{}
	}
	p.subjects[subject] = plan
}

// Of returns the plan for the next job of a subject.
func (p *Plans) Of(subject string) Plan {
	p.mu.Lock()
	defer p.mu.Unlock()
	if plan, ok := p.subjects[subject]; ok {
		return plan
	}
	return p.fallback
}

// Job is a run of something on the emulator's clock.
type Job struct {
	Plan
	Started time.Time
}

// Progress is 0 to 100.
func (j Job) Progress(now time.Time) int {
	percent := 100
	if elapsed := now.Sub(j.Started); elapsed < j.Duration {
		percent = int(100 * max(elapsed, 0) / j.Duration)
	}
	if j.StallAt > 0 {
		percent = min(percent, j.StallAt, 99)
	}
	return percent
}

// Ended says whether the job is over, one way or the other.
func (j Job) Ended(now time.Time) bool { return j.Progress(now) == 100 }

// EndsAt is when it is over; zero for one that stalls.
func (j Job) EndsAt() time.Time {
	if j.StallAt > 0 {
		return time.Time{}
	}
	return j.Started.Add(j.Duration)
}
