package provider

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// fakeTest runs the real CLI against a fake service and listens to what the provider says, since
// terraform-plugin-testing shows no warnings.
type fakeTest struct {
	t       *testing.T
	service backup.Service

	mu     sync.Mutex
	said   []string
	server tfprotov6.ProviderServer
}

func newFakeTest(t *testing.T, service backup.Service) *fakeTest {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set")
	}
	return &fakeTest{t: t, service: service}
}

// run puts a provider block in front of every configuration.
func (f *fakeTest) run(steps ...resource.TestStep) {
	f.t.Helper()
	for i := range steps {
		if steps[i].Config != "" {
			steps[i].Config = "provider \"serverbackup\" {\n  local = {}\n}\n" + steps[i].Config
		}
	}
	resource.Test(f.t, resource.TestCase{ProtoV6ProviderFactories: f.factories(), Steps: steps})
}

func (f *fakeTest) factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"serverbackup": func() (tfprotov6.ProviderServer, error) {
			p := &serverbackupProvider{version: "test", open: func(context.Context, providerModel, *diag.Diagnostics) backup.Service {
				return f.service
			}}
			server := newServer(p)
			f.mu.Lock()
			defer f.mu.Unlock()
			f.server = server
			return listener{ProviderServer: server, test: f}, nil
		},
	}
}

// interrupt does what Ctrl-C does to the provider.
func (f *fakeTest) interrupt() {
	f.mu.Lock()
	server := f.server
	f.mu.Unlock()
	if _, err := server.StopProvider(context.Background(), &tfprotov6.StopProviderRequest{}); err != nil {
		f.t.Error(err)
	}
}

func (f *fakeTest) hear(diagnostics []*tfprotov6.Diagnostic) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, d := range diagnostics {
		f.said = append(f.said, fmt.Sprintf("%s: %s: %s", d.Severity, d.Summary, d.Detail))
	}
}

// forget is for PreConfig.
func (f *fakeTest) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.said = nil
}

// heard is for what was said since the last forget; every pattern must match something.
func (f *fakeTest) heard(patterns ...string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, pattern := range patterns {
		re := regexp.MustCompile("(?s)" + pattern)
		found := false
		for _, s := range f.said {
			found = found || re.MatchString(s)
		}
		if !found {
			return fmt.Errorf("nobody said %q, only %q", pattern, f.said)
		}
	}
	if len(patterns) == 0 && len(f.said) > 0 {
		return fmt.Errorf("expected silence, heard %q", f.said)
	}
	return nil
}

// says is heard as a check of a plan.
func (f *fakeTest) says(patterns ...string) plancheck.PlanCheck {
	return sayCheck{f, patterns}
}

// saysNow is heard as a check after an apply.
func (f *fakeTest) saysNow(patterns ...string) resource.TestCheckFunc {
	return func(*terraform.State) error { return f.heard(patterns...) }
}

type sayCheck struct {
	test     *fakeTest
	patterns []string
}

func (c sayCheck) CheckPlan(_ context.Context, _ plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	resp.Error = c.test.heard(c.patterns...)
}

// listener passes on the diagnostics of a provider server.
type listener struct {
	tfprotov6.ProviderServer
	test *fakeTest
}

func (l listener) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := l.ProviderServer.PlanResourceChange(ctx, req)
	if resp != nil {
		l.test.hear(resp.Diagnostics)
	}
	return resp, err
}

func (l listener) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := l.ProviderServer.ApplyResourceChange(ctx, req)
	if resp != nil {
		l.test.hear(resp.Diagnostics)
	}
	return resp, err
}

func (l listener) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := l.ProviderServer.ReadResource(ctx, req)
	if resp != nil {
		l.test.hear(resp.Diagnostics)
	}
	return resp, err
}

func (l listener) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	resp, err := l.ProviderServer.ReadDataSource(ctx, req)
	if resp != nil {
		l.test.hear(resp.Diagnostics)
	}
	return resp, err
}
