package provider

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// unknownStore is a provider whose store is known only after apply, and again after each change of
// generation.
func unknownStore(generation int, rest string) string {
	return fmt.Sprintf(`
resource "terraform_data" "dir" {
  input            = "/somewhere"
  triggers_replace = %d
}

provider "serverbackup" {
  local = { repository = terraform_data.dir.output }
}
`, generation) + rest
}

func runUnconfigured(test *fakeTest, steps ...resource.TestStep) {
	resource.Test(test.t, resource.TestCase{ProtoV6ProviderFactories: test.factories(), Steps: steps})
}

// While nobody knows whom to ask, a refresh keeps what the state has, its identity included.
func TestAccPointWhileProviderUnknown(t *testing.T) {
	t.Parallel()
	service := newFakeService(finished)
	runUnconfigured(newFakeTest(t, service),
		resource.TestStep{Config: unknownStore(1, pointWith(`wait = false`))},
		resource.TestStep{
			PreConfig: func() { service.vanish() },
			Config:    unknownStore(2, pointWith(`wait = false`)),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction("terraform_data.dir", plancheck.ResourceActionDestroyBeforeCreate),
				pointPlans(plancheck.ResourceActionNoop),
			}},
			// It is after the apply that it is missed.
			ExpectNonEmptyPlan: true,
		},
	)
}

func TestAccPointsWhileProviderUnknown(t *testing.T) {
	t.Parallel()
	runUnconfigured(newFakeTest(t, newFakeService()),
		resource.TestStep{
			Config: unknownStore(1, `data "serverbackup_points" "all" {}`),
			ExpectError: regexp.MustCompile(
				`(?s)Provider Configuration Not Known Yet.*local.repository`),
		},
		resource.TestStep{
			Config: unknownStore(1, `
data "serverbackup_points" "all" {
  depends_on = [terraform_data.dir]
}
`),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("data.serverbackup_points.all", tfjsonpath.New("total_count"), knownvalue.Int64Exact(0)),
			},
		},
	)
}
