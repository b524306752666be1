package provider

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
)

// TestAccVNGCloudRestore: a volume is restored once, also when the answer is lost.
func TestAccVNGCloudRestore(t *testing.T) {
	t.Parallel()
	c := newCenterTest(t)
	taken := c.server("  points_on_destroy = \"delete\"\n") + `
resource "serverbackup_point" "now" {
  server_id = serverbackup_server.test.id
}
data "serverbackup_point" "now" {
  id = serverbackup_point.now.id
}
`
	restore := func(body string) string {
		return taken + "resource \"serverbackup_restore\" \"test\" {\n  point_id = serverbackup_point.now.id\n" + body + "\n}\n"
	}
	refuses := func(body, pattern string) resource.TestStep {
		return resource.TestStep{Config: restore(body), ExpectError: regexp.MustCompile("(?s)" + pattern)}
	}
	const volume = "  vngcloud = { volume = { volume_point_id = data.serverbackup_point.now.volumes[1].id, name = \"data-copy\" } }"
	succeeded := []statecheck.StateCheck{
		has(restoreAddress, "status", knownvalue.StringExact("succeeded")),
		has(restoreAddress, "restored_id", knownvalue.StringRegexp(regexp.MustCompile("^vol-"))),
	}
	c.run(
		resource.TestStep{Config: taken},
		refuses("", `vngcloud`),
		refuses("  local = { target = \"/tmp/x\" }", `Attribute of Another Backup Service.*vngcloud`),
		refuses("  vngcloud = { extra_body = \"{}\" }", `server.*volume`),
		refuses("  vngcloud = { extra_body = \"[]\", volume = { volume_point_id = \"bk-vol-pt-0\", name = \"data-copy\" } }", `extra_body`),
		resource.TestStep{
			PreConfig: func() {
				c.center.Faults.Inject(emulator.Fault{Kind: emulator.FaultDropAfter, Method: "POST", Path: "/volumes"})
			},
			Config: restore(volume), ConfigStateChecks: succeeded,
		},
		resource.TestStep{Config: restore(volume), ConfigPlanChecks: nothingPlanned()},
		resource.TestStep{
			// What says nothing new does not restore again.
			Config:           restore(volume + "\n  triggers = { again = \"1\" }"),
			ConfigPlanChecks: planned(restoreAddress, plancheck.ResourceActionUpdate), ConfigStateChecks: succeeded,
		},
	)
	if n := c.center.Counts.Snapshot().Requests["POST /vserver/vserver-gateway/v2/{project}/volumes"]; n != 1 {
		t.Errorf("%d volumes were made, want 1: %v", n, c.center.Counts.Snapshot().Requests)
	}
}

// TestAccVNGCloudBin: a point that somebody deletes goes into the bin of its location, and the plan says so.
func TestAccVNGCloudBin(t *testing.T) {
	t.Parallel()
	c := newCenterTest(t)
	config := `
resource "serverbackup_location" "test" {
  name        = "binned"
  soft_delete = { retention_days = 7 }
  vngcloud    = { region_id = "HCM04" }
}
` + c.server("  location_id = serverbackup_location.test.id\n  points_on_destroy = \"delete\"\n") + `
resource "serverbackup_point" "now" {
  server_id  = serverbackup_server.test.id
  on_missing = "keep"
}
`
	c.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				c.forget()
				if err := c.service().DeletePoint(t.Context(), c.points()[0].ID); err != nil {
					t.Error(err)
				}
			},
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				has(pointAddress, "status", knownvalue.StringExact("missing")),
			},
			Check: c.saysNow("WARNING: Backup Point (Missing|in the Bin)"),
		},
		// Its place is free once the bin has let it go.
		resource.TestStep{
			Config: config, Check: later(c, 8),
		},
	)
}
