package provider

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
)

// emulatorTest runs the real CLI and the provider as users have it against an emulator of a cloud. Only its
// time is another one: the provider lives by the clock of the emulator, and waits for nothing.
type emulatorTest struct {
	// fakeTest listens to what the provider says.
	*fakeTest
	clock *emulator.Clock
	// block is the provider block of the emulator.
	block string
	// wrap stands between the CLI and the provider; nil for nothing.
	wrap func(tfprotov6.ProviderServer) tfprotov6.ProviderServer
}

// newEmulatorTest skips the test unless tests with the real CLI are asked for.
func newEmulatorTest(t *testing.T, clock *emulator.Clock, block string) *emulatorTest {
	t.Helper()
	return &emulatorTest{fakeTest: newFakeTest(t, nil), clock: clock, block: block}
}

// serveEmulator returns the address of an emulator that is there until the test ends.
func serveEmulator(t *testing.T, api http.Handler) string {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set")
	}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	return server.URL
}

// time is that of the emulator. Whoever sleeps moves it on.
func (e *emulatorTest) time() serviceTime {
	return serviceTime{
		now: e.clock.Now,
		sleep: func(ctx context.Context, d time.Duration) error {
			e.clock.Advance(d)
			return context.Cause(ctx)
		},
		poll: 5 * time.Millisecond,
	}
}

// run puts the provider block in front of every configuration.
func (e *emulatorTest) run(steps ...resource.TestStep) {
	e.t.Helper()
	for i := range steps {
		if steps[i].Config != "" {
			steps[i].Config = e.block + steps[i].Config
		}
	}
	resource.Test(e.t, resource.TestCase{ProtoV6ProviderFactories: e.factories(), Steps: steps})
}

// factories start the provider once per command of the CLI, so that nothing is cached from one command to
// the next.
func (e *emulatorTest) factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"serverbackup": func() (tfprotov6.ProviderServer, error) {
			p := &serverbackupProvider{version: "test", open: func(ctx context.Context, model providerModel, diags *diag.Diagnostics) backup.Service {
				return openServiceAt(ctx, model, e.time(), diags)
			}}
			server := newServer(p)
			e.mu.Lock()
			defer e.mu.Unlock()
			e.server = server
			heard := tfprotov6.ProviderServer(listener{ProviderServer: server, test: e.fakeTest})
			if e.wrap != nil {
				heard = e.wrap(heard)
			}
			return heard, nil
		},
	}
}
