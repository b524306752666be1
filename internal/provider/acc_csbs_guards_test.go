package provider

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
)

// TestAccCSBSGuards: a backup that takes longer than the apply waits, another project, and points that are in
// the way of a destroy.
func TestAccCSBSGuards(t *testing.T) {
	t.Parallel()
	c := newCSBSTest(t)
	f := c.fixture()
	const server, point = "serverbackup_server.web", "serverbackup_point.pre"
	imports := importBlocks(map[string]string{"serverbackup_policy.daily": f.policy, server: f.server})
	status := func(want string) []statecheck.StateCheck {
		return []statecheck.StateCheck{has(point, "status", knownvalue.StringExact(want))}
	}
	elsewhere := signedBlock("csbs", c.url, otherProject)
	c.cloud.Plans.Set("", emulator.Plan{Duration: 12 * time.Hour})
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: c.factories(), Steps: []resource.TestStep{
		{
			Config: c.block + imports + csbsServer(f, "fail") + csbsPoint, ConfigStateChecks: status("creating"),
			Check: c.saysNow("^WARNING: Backup Point Not Finished: .*within 2s .timeouts.create.*Its status is creating"),
		},
		{
			PreConfig: func() { c.clock.Advance(12 * time.Hour) },
			Config:    c.block + csbsServer(f, "fail") + csbsPoint, ConfigPlanChecks: nothingPlanned(), ConfigStateChecks: status("available"),
		},
		{
			Config: elsewhere + csbsServer(f, "fail") + csbsPoint, PlanOnly: true,
			ExpectError: regexp.MustCompile(`Wrong Backup Store`),
		},
		{
			PreConfig: func() { c.cloud.Plans.Set("", emulator.Plan{}) },
			Config:    c.block + csbsPolicy, ExpectError: regexp.MustCompile(`(?s)Unable to Delete Backup Server.*still has points.*Set it to\s+"keep"`),
		},
		{Config: c.block + csbsServer(f, "keep")},
		{
			Config: c.block + csbsPolicy,
			Check: func(*terraform.State) error {
				if got := c.cloud.Items(); len(got) != 1 || got[0].ID != f.point {
					return fmt.Errorf("there are the points %v", got)
				}
				return nil
			},
		},
	}})
}
