package faulttest

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
)

// trouble is a way to the service on which something is done once, with the first request that here selects.
type trouble struct {
	here func(*http.Request) bool
	// before is done before the request is sent, and after instead of hearing its answer.
	before func()
	after  func() error
	done   atomic.Bool
}

func (t *trouble) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.done.Load() || r.Context().Err() != nil || !t.here(r) {
		return http.DefaultTransport.RoundTrip(r)
	}
	t.done.Store(true)
	if t.before != nil {
		t.before()
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || t.after == nil {
		return resp, err
	}
	_ = resp.Body.Close()
	return nil, t.after()
}

// nth selects the request that comes after n others.
func nth(n int) func(*http.Request) bool {
	var seen atomic.Int64
	return func(*http.Request) bool { return seen.Add(1) == int64(n)+1 }
}

// interrupt is Ctrl-C in the middle of a request: it is sent, and nobody hears the answer.
func interrupt(here func(*http.Request) bool, cancel context.CancelFunc) *trouble {
	return &trouble{here: here, after: func() error {
		cancel()
		return context.Canceled
	}}
}

var errKilled = errors.New("the process was killed")

// kill stops a process with a request that was sent: it hears nothing any more, and does nothing.
type kill struct {
	trouble
	// dead is closed then. The process hangs until the test ends.
	dead, end chan struct{}
}

func newKill(here func(*http.Request) bool) *kill {
	k := &kill{dead: make(chan struct{}), end: make(chan struct{})}
	k.trouble = trouble{here: here, after: func() error {
		close(k.dead)
		<-k.end
		return errKilled
	}}
	return k
}

func (k *kill) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-k.dead:
		<-k.end
		return nil, errKilled
	default:
		return k.trouble.RoundTrip(r)
	}
}
