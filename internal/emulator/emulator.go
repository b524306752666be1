// Package emulator is what the emulators of backup services have in common: a clock that tests move,
// faults that tests inject, and counts of what was asked for. An emulator of a service is a handler of
// its API that keeps time with [Emulator.Clock], hands out [Tokens], runs backups as [Job]s and counts
// them; [Emulator.Handler] puts the rest around it.
package emulator

import (
	"net/http"
	"time"
)

// Emulator is the state that every emulator has. Its members can be changed while it serves, except
// Latency and Tick.
type Emulator struct {
	Clock  *Clock
	Tokens *Tokens
	Faults Faults
	Plans  Plans
	Counts Counts
	// Latency is how long each request takes on the real clock.
	Latency time.Duration
	// Tick moves the clock with each request, so that jobs proceed as they are looked at.
	Tick time.Duration
}

// New returns an emulator on a clock.
func New(clock *Clock) *Emulator {
	return &Emulator{Clock: clock, Tokens: &Tokens{clock: clock}}
}

// Handler serves an API with the faults that are due, and the control endpoint below [ControlPath].
// An API that is an [http.ServeMux] is counted by its patterns.
func (e *Emulator) Handler(api http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(ControlPath, e.control())
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		done := e.Counts.begin()
		// A mux notes its pattern in the request, so this one must not have one.
		r.Pattern = ""
		defer func() { done(r) }()
		time.Sleep(e.Latency)
		e.Clock.Advance(e.Tick)
		if fault, due := e.Faults.due(r); due {
			fault.serve(w, r, api)
			return
		}
		api.ServeHTTP(w, r)
	})
	return mux
}
