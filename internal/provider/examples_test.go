package provider

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
)

// exampleVariable finds the variables of an example: the CLI refuses values for others.
var exampleVariable = regexp.MustCompile(`(?m)^variable "(\w+)"`)

// TestAccExamples applies every example of a resource or data source; then its plan is empty, also half a year later.
func TestAccExamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../examples/*/serverbackup_*/*.tf")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no examples: %v", err)
	}
	for _, file := range files {
		kind := filepath.Base(filepath.Dir(filepath.Dir(file)))
		// Actions need a newer CLI, so that TestAccActionExamples applies what is around them; imports need the id
		// of something that exists. The embedded service has no regions and no links, and a bucket needs a server:
		// TestAccRegions, TestAccPointDownloadExample and TestAccLocationBucket apply those.
		if kind == "actions" || kind == "ephemeral-resources" || filepath.Base(file) == "import-by-identity.tf" ||
			strings.Contains(file, "serverbackup_regions") || filepath.Base(file) == "resource_bucket.tf" {
			continue
		}
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			t.Parallel()
			applyExample(t, file)
		})
	}
}

func applyExample(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	applyExampleText(t, text)
}

func applyExampleText(t *testing.T, text []byte) {
	t.Helper()
	store := newAccStore(t)
	scratch := t.TempDir()
	values := config.Variables{
		"sources": config.SetVariable(config.StringVariable(store.files)),
		"archive": config.StringVariable(filepath.Join(scratch, "web-1.tar.zst")),
		"target":  config.StringVariable(filepath.Join(scratch, "drill")),
		"offsite": config.StringVariable(filepath.Join(scratch, "offsite")),

		"offsite_password": config.StringVariable("a password of its own"),
	}
	used := config.Variables{}
	for _, m := range exampleVariable.FindAllStringSubmatch(string(text), -1) {
		if v, ok := values[m[1]]; ok {
			used[m[1]] = v
		}
	}
	var steps []resource.TestStep
	fixture := ""
	if _, ok := used["sources"]; !ok {
		// The example looks at what another configuration made.
		fixture = exampleFixture(store)
		steps = append(steps, resource.TestStep{Config: store.config(fixture), ConfigStateChecks: []statecheck.StateCheck{
			has("serverbackup_point.fixture", "created_at", knownvalue.StringRegexp(regexp.MustCompile("^"+cloudStart.Format(time.DateOnly)))),
		}})
	}
	clock := runningFrom(cloudStart)
	example := resource.TestStep{Config: store.config(fixture + string(text)), ConfigVariables: used}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factoriesAt(serviceTime{now: clock.Now}),
		Steps:                    append(steps, example, acrossDaylightSaving(clock, example)),
	})
}

// runningFrom is a clock that starts at a time and goes on with the real one.
func runningFrom(start time.Time) *emulator.Clock {
	clock := emulator.RunningClock()
	clock.Advance(time.Until(start))
	return clock
}

// acrossDaylightSaving plans a step again after 200 days. From [cloudStart] that is winter in the zones that
// have one, and nothing changes of any resource.
func acrossDaylightSaving(clock *emulator.Clock, step resource.TestStep) resource.TestStep {
	return resource.TestStep{
		PreConfig: func() { clock.Advance(days(200)) },
		Config:    step.Config, ConfigVariables: step.ConfigVariables,
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{noResourceChanges{}}},
	}
}

// noResourceChanges is plancheck.ExpectEmptyPlan without the outputs: figures of a service may move by themselves.
type noResourceChanges struct{}

func (noResourceChanges) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	var errs []error
	for _, c := range req.Plan.ResourceChanges {
		if !c.Change.Actions.NoOp() {
			errs = append(errs, fmt.Errorf("%s: %v from %v to %v", c.Address, c.Change.Actions, c.Change.Before, c.Change.After))
		}
	}
	resp.Error = errors.Join(errs...)
}

// exampleFixture has the policy, the server and the point that examples look at.
func exampleFixture(store accStore) string {
	return fmt.Sprintf(`
resource "serverbackup_policy" "fixture" {
  name      = "nightly"
  schedules = ["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]
}

resource "serverbackup_server" "fixture" {
  name              = "web-1"
  policy_id         = serverbackup_policy.fixture.id
  points_on_destroy = "delete"
  local             = { sources = [%q] }
}

resource "serverbackup_point" "fixture" {
  server_id = serverbackup_server.fixture.id
}
`, store.files)
}
