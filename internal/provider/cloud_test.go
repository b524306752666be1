package provider

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

// TestAccServerOfCloud: what the configuration leaves out is the service's to decide, and stays.
func TestAccServerOfCloud(t *testing.T) {
	t.Parallel()
	cloud := newFakeCloud()
	f := newFakeTest(t, cloud)
	server := func(more string) string {
		return fmt.Sprintf("resource \"serverbackup_server\" \"test\" {\n  instance_id = \"i-1\"\n%s\n}\n", more)
	}
	text := knownvalue.StringExact
	decided := []statecheck.StateCheck{
		has(serverAddress, "name", text("vm i-1")),
		has(serverAddress, "policy_id", text("policy-default")),
		has(serverAddress, "location_id", text("location-default")),
		has(serverAddress, "local", knownvalue.Null()),
	}
	writes := func(want int) resource.TestCheckFunc {
		return func(*terraform.State) error {
			if cloud.writes != want {
				return fmt.Errorf("the service was written to %d times, want %d", cloud.writes, want)
			}
			return nil
		}
	}
	f.run(
		resource.TestStep{
			Config: server(""), ConfigStateChecks: decided,
			Check: resource.ComposeTestCheckFunc(f.saysNow("^WARNING: New Server: Backup of i-1"), writes(1)),
		},
		resource.TestStep{
			PreConfig: f.forget,
			Config:    server(`exclude_volume_ids = ["v-2", "v-1"]`), ConfigStateChecks: decided,
			ConfigPlanChecks: planned(serverAddress, plancheck.ResourceActionUpdate),
			// A warning about new servers is no news any more.
			Check: resource.ComposeTestCheckFunc(f.saysNow(), writes(2)),
		},
		resource.TestStep{
			// Nothing that the service would have to know.
			Config:           server("exclude_volume_ids = [\"v-1\", \"v-2\"]\npoints_on_destroy = \"keep\""),
			ConfigPlanChecks: planned(serverAddress, plancheck.ResourceActionUpdate),
			Check:            writes(2),
		},
		resource.TestStep{
			ResourceName: serverAddress, ImportState: true, ImportStateVerify: true,
			ImportStateVerifyIgnore: []string{"points_on_destroy"},
		},
		resource.TestStep{
			Config:      server(`local = { sources = ["/etc"] }`),
			ExpectError: regexp.MustCompile(`(?s)Attribute of Another Backup Service.*configured for\s+cloud`),
		},
		resource.TestStep{
			Config:           "resource \"serverbackup_server\" \"test\" {\n  instance_id = \"i-2\"\n}\n",
			ConfigPlanChecks: planned(serverAddress, plancheck.ResourceActionDestroyBeforeCreate),
		},
	)
}

// TestAccPolicyDefaultTakenOver: one policy loses the default to another while both change, in either
// order.
func TestAccPolicyDefaultTakenOver(t *testing.T) {
	t.Parallel()
	f := newFakeTest(t, newFakeCloud())
	policies := func(description, first, second string) string {
		return fmt.Sprintf(`
resource "serverbackup_policy" "first" {
  name        = "first"
  description = %q
  schedules   = []
  tags        = { a = "b" }
  %s
}
resource "serverbackup_policy" "second" {
  name        = "second"
  description = %q
  schedules   = []
  %s
  depends_on = [serverbackup_policy.first]
}
`, description, first, description, second)
	}
	isDefault := func(name string, want bool) resource.TestCheckFunc {
		return resource.TestCheckResourceAttr("serverbackup_policy."+name, "default", strconv.FormatBool(want))
	}
	f.run(
		resource.TestStep{
			Config: policies("1", "default = true", ""),
			Check:  resource.ComposeTestCheckFunc(isDefault("first", true), isDefault("second", false)),
		},
		resource.TestStep{Config: policies("2", "", "default = true")},
		resource.TestStep{RefreshState: true, Check: resource.ComposeTestCheckFunc(isDefault("first", false), isDefault("second", true))},
		resource.TestStep{Config: policies("3", "default = true", "")},
		resource.TestStep{RefreshState: true, Check: resource.ComposeTestCheckFunc(isDefault("first", true), isDefault("second", false))},
		resource.TestStep{Config: policies("3", "", ""), ConfigPlanChecks: nothingPlanned()},
	)
}

// TestAccGoneIsSaid: the warnings of objects that were deleted outside of Terraform.
func TestAccGoneIsSaid(t *testing.T) {
	t.Parallel()
	cloud := newFakeCloud()
	f := newFakeTest(t, cloud)
	config := minPolicy + "resource \"serverbackup_server\" \"test\" {\n  instance_id = \"i-1\"\n}\n"
	f.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				f.forget()
				clear(cloud.policies)
				clear(cloud.servers)
			},
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(policyAddress, plancheck.ResourceActionCreate),
				plancheck.ExpectResourceAction(serverAddress, plancheck.ResourceActionCreate),
				f.says(
					`^WARNING: Backup Policy Not Found: The backup policy "nightly" \(policy-0\) was deleted outside of Terraform`,
					`^WARNING: Backup Server Not Found: The backup server "vm i-1" \(server-of-i-1\) was deleted outside of Terraform`,
				),
			}},
		},
	)
}

// TestAccTaintedIsReplaced: what was created before something failed is in the state, and is deleted
// by the next apply.
func TestAccTaintedIsReplaced(t *testing.T) {
	t.Parallel()
	cloud := newFakeCloud()
	cloud.unidentified = true
	config := "resource \"serverbackup_server\" \"test\" {\n  instance_id = \"i-1\"\n}\n"
	newFakeTest(t, cloud).run(
		resource.TestStep{Config: config, ExpectError: regexp.MustCompile(`(?s)Unable to Identify the Backup Store.*the token is stale`)},
		resource.TestStep{
			PreConfig: func() {
				cloud.unidentified = false
				if len(cloud.servers) != 1 {
					t.Errorf("%d servers were created", len(cloud.servers))
				}
			},
			Config:           config,
			ConfigPlanChecks: planned(serverAddress, plancheck.ResourceActionDestroyBeforeCreate),
		},
	)
	if len(cloud.servers) > 0 {
		t.Errorf("left behind: %v", cloud.servers)
	}
}
