package provider

import (
	"context"
	"sync/atomic"
	"time"
)

// lent is the context of a call for as long as the call takes. Whoever keeps it longer keeps nothing of the call, and
// finds it canceled, as the call's own is then.
type lent struct {
	call atomic.Pointer[context.Context]
}

func lend(call context.Context) *lent {
	l := &lent{}
	l.call.Store(&call)
	return l
}

func (l *lent) end() { l.call.Store(&ended) }

// ended is what is left of a call.
var ended = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

func (l *lent) Deadline() (time.Time, bool) { return (*l.call.Load()).Deadline() }
func (l *lent) Done() <-chan struct{}       { return (*l.call.Load()).Done() }
func (l *lent) Err() error                  { return (*l.call.Load()).Err() }
func (l *lent) Value(key any) any           { return (*l.call.Load()).Value(key) }
