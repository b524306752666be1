package provider

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

type callKey struct{}

// TestNothingIsKeptOfCalls: what the context of a call holds is garbage when the call is over, although the framework
// keeps every context.
func TestNothingIsKeptOfCalls(t *testing.T) {
	t.Parallel()
	const kind = "serverbackup_unknown"
	s := NewServer("test")
	for name, call := range map[string]func(context.Context) error{
		"ValidateResourceConfig": func(ctx context.Context) error {
			_, err := s.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: kind})
			return err
		},
		"UpgradeResourceState": func(ctx context.Context) error {
			_, err := s.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{TypeName: kind})
			return err
		},
		"ReadResource": func(ctx context.Context) error {
			_, err := s.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: kind})
			return err
		},
		"PlanResourceChange": func(ctx context.Context) error {
			_, err := s.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{TypeName: kind})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var gone atomic.Bool
			func() {
				held := new([1 << 10]byte)
				runtime.AddCleanup(held, func(struct{}) { gone.Store(true) }, struct{}{})
				if err := call(context.WithValue(t.Context(), callKey{}, held)); err != nil {
					t.Error(err)
				}
			}()
			for range 100 {
				if runtime.GC(); gone.Load() {
					return
				}
				time.Sleep(time.Millisecond)
			}
			t.Error("the context of the call is kept")
			runtime.KeepAlive(s)
		})
	}
}

// TestLent: a lent context is that of the call, and canceled with it; afterwards it is an empty one that is canceled.
func TestLent(t *testing.T) {
	t.Parallel()
	call, cancel := context.WithTimeout(context.WithValue(t.Context(), callKey{}, "value"), time.Hour)
	defer cancel()
	l := lend(call)
	within, stop := context.WithCancel(l)
	defer stop()
	deadline, ok := within.Deadline()
	if want, _ := call.Deadline(); !ok || deadline != want || within.Value(callKey{}) != "value" || within.Err() != nil {
		t.Errorf("lent: %v, %v, %v, %v", deadline, ok, within.Value(callKey{}), within.Err())
	}
	cancel()
	if <-within.Done(); !errors.Is(l.Err(), context.Canceled) {
		t.Errorf("canceled: %v", l.Err())
	}

	l = lend(t.Context())
	l.end()
	<-l.Done()
	if _, ok := l.Deadline(); ok || l.Value(callKey{}) != nil || !errors.Is(l.Err(), context.Canceled) {
		t.Errorf("ended: %v, %v", l.Value(callKey{}), l.Err())
	}
}
