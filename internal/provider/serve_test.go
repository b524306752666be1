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
		"ValidateResourceConfig": calling(s.ValidateResourceConfig, tfprotov6.ValidateResourceConfigRequest{TypeName: kind}),
		"UpgradeResourceState":   calling(s.UpgradeResourceState, tfprotov6.UpgradeResourceStateRequest{TypeName: kind}),
		"ReadResource":           calling(s.ReadResource, tfprotov6.ReadResourceRequest{TypeName: kind}),
		"PlanResourceChange":     calling(s.PlanResourceChange, tfprotov6.PlanResourceChangeRequest{TypeName: kind}),
		"ApplyResourceChange":    calling(s.ApplyResourceChange, tfprotov6.ApplyResourceChangeRequest{TypeName: kind}),
		"ReadDataSource":         calling(s.ReadDataSource, tfprotov6.ReadDataSourceRequest{TypeName: kind}),
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

func calling[Q, A any](call func(context.Context, *Q) (A, error), req Q) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := call(ctx, &req)
		return err
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
