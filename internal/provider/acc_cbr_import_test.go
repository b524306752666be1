package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emulatedcbr "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
)

// cbrVault is the policy and the vault of the fixture, with further attributes of each.
func cbrVault(vault, options string) string {
	return fmt.Sprintf(`
resource "serverbackup_policy" "nightly" {
  name      = "nightly"
  timezone  = "Europe/Berlin"
  schedules = ["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]
  retention = { latest = 1, daily = 7, monthly = 6 }
}
resource "serverbackup_location" "vault" {
  name     = "prod"
  quota_gb = 500
  cbr      = { policy_id = serverbackup_policy.nightly.id, auto_expand = true, %s }
  %s
}
`, options, vault)
}

// cbrServer is the server of the fixture.
func cbrServer(f cbrFixture, points string) string {
	return fmt.Sprintf(`
resource "serverbackup_server" "web" {
  instance_id       = %q
  location_id       = serverbackup_location.vault.id
  points_on_destroy = %q
}
`, f.server, points)
}

const cbrPoint = `
resource "serverbackup_point" "pre" {
  server_id = serverbackup_server.web.id
  name      = "pre"
  triggers  = { release = "1" }
  timeouts  = { create = "2s" }
}
`

// points are those that the service has, by their ids.
func (c *cbrTest) points() []string {
	c.t.Helper()
	var ids []string
	for p, err := range c.service().Points(c.t.Context(), backup.PointFilter{}) {
		if err != nil {
			c.t.Error(err)
		}
		ids = append(ids, p.ID)
	}
	return ids
}

// TestAccCBRImport: what exists is taken over without a change of anything but the state.
func TestAccCBRImport(t *testing.T) {
	t.Parallel()
	c := newCBRTest(t, emulatedcbr.Options{})
	f := c.fixture()
	const policy, vault, server, point = "serverbackup_policy.nightly", "serverbackup_location.vault", "serverbackup_server.web", "serverbackup_point.pre"
	config := cbrVault("", "") + cbrServer(f, "fail") + cbrPoint
	c.run(
		resource.TestStep{
			Config: importBlocks(map[string]string{policy: f.policy, vault: f.vault, server: f.server, point: f.point}) + config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(policy, plancheck.ResourceActionUpdate), // It is shown in UTC.
				plancheck.ExpectResourceAction(vault, plancheck.ResourceActionNoop),
				plancheck.ExpectResourceAction(server, plancheck.ResourceActionNoop),
				plancheck.ExpectResourceAction(point, plancheck.ResourceActionUpdate),
			}},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: nothingPlanned()},
		resource.TestStep{
			// The answer to the request is lost, and the request is not made again.
			Config:           strings.Replace(config, `release = "1"`, `release = "2"`, 1),
			ConfigPlanChecks: planned(point, plancheck.ResourceActionDestroyBeforeCreate),
			PreConfig: func() {
				c.base.Faults.Inject(emulator.Fault{Kind: emulator.FaultDropAfter, Method: "POST", Path: "/checkpoints"})
			},
			Check: func(*terraform.State) error {
				if got := c.points(); len(got) != 1 || got[0] == f.point {
					return fmt.Errorf("there are the points %v", got)
				}
				return nil
			},
		},
	)
}
