package provider

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// leakTest looks for secrets in everything that the provider gives to the CLI to keep or to show: plans,
// states, private state and messages.
type leakTest struct {
	tfprotov6.ProviderServer
	secrets []string

	mu *sync.Mutex
	// looked counts what was looked at, so that a test can see that something was.
	looked *int
	leaks  *[]string
}

func (l leakTest) look(where string, parts ...[]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, part := range parts {
		*l.looked++
		for _, secret := range l.secrets {
			if bytes.Contains(part, []byte(secret)) {
				*l.leaks = append(*l.leaks, where+": "+secret)
			}
		}
	}
}

func (l leakTest) said(diagnostics []*tfprotov6.Diagnostic) []byte {
	return []byte(inLines(diagnostics))
}

func (l leakTest) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := l.ProviderServer.PlanResourceChange(ctx, req)
	if err == nil && resp.PlannedState != nil {
		l.look("plan", resp.PlannedState.MsgPack, resp.PlannedPrivate, l.said(resp.Diagnostics))
	}
	return resp, err
}

func (l leakTest) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := l.ProviderServer.ApplyResourceChange(ctx, req)
	if err == nil && resp.NewState != nil {
		l.look("apply", resp.NewState.MsgPack, resp.Private, l.said(resp.Diagnostics))
	}
	return resp, err
}

func (l leakTest) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := l.ProviderServer.ReadResource(ctx, req)
	if err == nil && resp.NewState != nil {
		l.look("refresh", resp.NewState.MsgPack, resp.Private, l.said(resp.Diagnostics))
	}
	return resp, err
}

// TestAccLocationSecrets: secrets reach the service when they are new to it, and nobody else.
func TestAccLocationSecrets(t *testing.T) {
	t.Parallel()
	service := newFakeLocator("local")
	f := newFakeTest(t, service)
	leaks := leakTest{
		secrets: []string{"swordfish", "second password", "AKIA-ONE", "AKIA-TWO", "wJalr-one", "wJalr-two"},
		mu:      &sync.Mutex{}, looked: new(int), leaks: new([]string),
	}
	config := func(name, password string, passwordVersion int, access, secret string, credentialsVersion int) string {
		return fmt.Sprintf(`
provider "serverbackup" {
  local = {}
}
resource "serverbackup_location" "test" {
  name  = %q
  local = {
    repository          = "s3://bucket"
    password_wo         = %q
    password_wo_version = %d
    s3 = {
      access_key_wo          = %q
      secret_key_wo          = %q
      credentials_wo_version = %d
    }
  }
}
`, name, password, passwordVersion, access, secret, credentialsVersion)
	}
	wrote := func(want ...string) resource.TestCheckFunc {
		return func(s *terraform.State) error {
			last := service.written[len(service.written)-1]
			o, _ := last.Options.(local.LocationOptions)
			if got := []string{o.Password, o.S3.AccessKey, o.S3.SecretKey}; !slices.Equal(got, want) {
				return fmt.Errorf("the service was given %q, want %q", got, want)
			}
			for name, value := range s.RootModule().Resources[locationAddress].Primary.Attributes {
				if slices.Contains(leaks.secrets, value) || strings.HasSuffix(name, "_wo") {
					return fmt.Errorf("the state has %s = %q", name, value)
				}
			}
			return nil
		}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"serverbackup": func() (tfprotov6.ProviderServer, error) {
				server, err := f.factories()["serverbackup"]()
				l := leaks
				l.ProviderServer = server
				return l, err
			},
		},
		Steps: []resource.TestStep{
			{Config: config("a", "swordfish", 1, "AKIA-ONE", "wJalr-one", 1), Check: wrote("swordfish", "AKIA-ONE", "wJalr-one")},
			{
				// Terraform cannot see that they changed.
				Config:           config("a", "second password", 1, "AKIA-TWO", "wJalr-two", 1),
				ConfigPlanChecks: nothingPlanned(),
			},
			{Config: config("b", "second password", 1, "AKIA-TWO", "wJalr-two", 1), Check: wrote("", "", "")},
			{
				Config:           config("b", "second password", 2, "AKIA-TWO", "wJalr-two", 1),
				ConfigPlanChecks: planned(locationAddress, plancheck.ResourceActionUpdate),
				Check:            wrote("second password", "", ""),
			},
			{Config: config("b", "second password", 2, "AKIA-TWO", "wJalr-two", 2), Check: wrote("", "AKIA-TWO", "wJalr-two")},
		},
	})
	if *leaks.looked == 0 || len(*leaks.leaks) > 0 {
		t.Errorf("%d looks found %q", *leaks.looked, *leaks.leaks)
	}
}
