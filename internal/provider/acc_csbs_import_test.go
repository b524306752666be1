package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
)

// csbsServer is the policy and the server of the fixture.
func csbsServer(f csbsFixture, points string) string {
	return csbsPolicy + fmt.Sprintf(`
resource "serverbackup_server" "web" {
  instance_id       = %q
  policy_id         = serverbackup_policy.daily.id
  points_on_destroy = %q
}
`, f.server, points)
}

const (
	csbsPolicy = `
resource "serverbackup_policy" "daily" {
  name      = "daily"
  timezone  = "Europe/Berlin"
  schedules = ["FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=2;BYMINUTE=30"]
  retention = { latest = 7, monthly = 3 }
  tags      = { env = "prod" }
}
`
	csbsPoint = `
resource "serverbackup_point" "pre" {
  server_id = serverbackup_server.web.id
  name      = "before-upgrade"
  tags      = { ticket = "OPS-1" }
  triggers  = { release = "1" }
  timeouts  = { create = "2s" }
}
`
)

func importBlocks(ids map[string]string) string {
	var b strings.Builder
	for address, id := range ids {
		fmt.Fprintf(&b, "import {\n  to = %s\n  id = %q\n}\n", address, id)
	}
	return b.String()
}

// TestAccCSBSImport: what exists is taken over without a replacement. Retention that the service does not
// show is written once; then nothing is left to do.
func TestAccCSBSImport(t *testing.T) {
	t.Parallel()
	c := newCSBSTest(t)
	f := c.fixture()
	const policy, server, point = "serverbackup_policy.daily", "serverbackup_server.web", "serverbackup_point.pre"
	config := csbsServer(f, "fail") + csbsPoint
	c.run(
		resource.TestStep{
			Config: importBlocks(map[string]string{policy: f.policy, server: f.server, point: f.point}) + config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(policy, plancheck.ResourceActionUpdate),
				plancheck.ExpectResourceAction(server, plancheck.ResourceActionNoop),
				plancheck.ExpectResourceAction(point, plancheck.ResourceActionUpdate),
			}},
			Check: func(*terraform.State) error {
				if kept := fmt.Sprint(c.cloud.Retention(f.policy)); !strings.Contains(kept, "month_backups:3") || len(c.cloud.Items()) != 1 {
					return fmt.Errorf("the policy keeps %s, and there are the points %v", kept, c.cloud.Items())
				}
				return nil
			},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: nothingPlanned()},
		resource.TestStep{
			// The answer to the request is lost, and the request is not made again.
			Config:           strings.Replace(config, `release = "1"`, `release = "2"`, 1),
			ConfigPlanChecks: planned(point, plancheck.ResourceActionDestroyBeforeCreate),
			PreConfig: func() {
				c.cloud.Faults.Inject(emulator.Fault{Kind: emulator.FaultDropAfter, Method: "POST", Path: "/resources/"})
			},
			Check: func(*terraform.State) error {
				if got := c.cloud.Items(); len(got) != 1 || got[0].ID == f.point {
					return fmt.Errorf("there are the points %v", got)
				}
				return nil
			},
		},
	)
}
