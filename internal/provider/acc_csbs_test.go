package provider

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	emulatedcsbs "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/csbs"
)

// csbsConfig is what users write.
const csbsConfig = `
variable "ecs_ids" {
  type = list(string)
}
resource "serverbackup_policy" "daily" {
  name      = "daily"
  timezone  = "Europe/Berlin"
  schedules = ["FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=2;BYMINUTE=30"]
  retention = { latest = 7, monthly = 3 }
  tags      = { env = "prod" }
}
resource "serverbackup_server" "web" {
  count             = length(var.ecs_ids)
  instance_id       = var.ecs_ids[count.index]
  policy_id         = serverbackup_policy.daily.id
  points_on_destroy = "keep"
}
resource "serverbackup_point" "pre" {
  server_id = serverbackup_server.web[0].id
  name      = "before-upgrade"
  full      = true
  tags      = { ticket = "OPS-1" }
}
data "serverbackup_points" "tagged" {
  tags       = { ticket = "OPS-1" }
  status     = ["available"]
  depends_on = [serverbackup_point.pre]
}
data "serverbackup_point" "pre" {
  id = serverbackup_point.pre.id
}
data "serverbackup_space_usage" "all" {
  depends_on = [serverbackup_point.pre]
}
data "serverbackup_history" "web" {
  server_id  = serverbackup_server.web[0].id
  depends_on = [serverbackup_point.pre]
}
resource "serverbackup_restore" "back" {
  point_id                = serverbackup_point.pre.id
  overwrite_existing_data = true
  csbs                    = { server_id = serverbackup_server.web[0].id, power_on = true }
}
data "serverbackup_points" "broken" {
  status = ["error"]
}
`

// TestAccCSBS applies what users write to twenty servers of one policy at once, looks again after the clocks
// changed, and destroys it.
func TestAccCSBS(t *testing.T) {
	t.Parallel()
	c := newCSBSTest(t)
	const servers = 20
	var ids []config.Variable
	for range servers {
		ids = append(ids, config.StringVariable(uuid.NewString()))
	}
	variables := config.Variables{"ecs_ids": config.ListVariable(ids...)}
	text := knownvalue.StringExact
	const point, found = "serverbackup_point.pre", "data.serverbackup_point.pre"
	c.run(
		resource.TestStep{
			Config: csbsConfig, ConfigVariables: variables,
			ConfigStateChecks: []statecheck.StateCheck{
				has(point, "status", text("available")), has(point, "type", text("full")), has(point, "instant_restore", knownvalue.NotNull()),
				has(found, "volumes", knownvalue.ListSizeExact(2)),
				has("data.serverbackup_points.tagged", "total_count", knownvalue.Int64Exact(1)),
				has("data.serverbackup_points.broken", "total_count", knownvalue.Int64Exact(0)),
				has("data.serverbackup_history.web", "total_count", knownvalue.Int64Exact(1)),
				has("data.serverbackup_history.web", "retention_note", knownvalue.StringRegexp(regexp.MustCompile("no list of jobs"))),
				has("data.serverbackup_space_usage.all", "servers", knownvalue.ListSizeExact(1)),
				has("data.serverbackup_space_usage.all", "used_bytes", knownvalue.NotNull()),
				has("serverbackup_restore.back", "status", text("succeeded")),
			},
			Check: resource.ComposeTestCheckFunc(
				c.saysNow("^WARNING: Schedule Without Daylight Saving"),
				func(*terraform.State) error {
					if list := c.policies(); len(list) != 1 || len(list[0].ServerIDs) != servers {
						return fmt.Errorf("not all %d servers are in one policy: %v", servers, list)
					}
					return nil
				},
			),
		},
		resource.TestStep{
			PreConfig: func() {
				c.forget()
				c.clock.Advance(200 * 24 * time.Hour)
			},
			Config: csbsConfig, ConfigVariables: variables, ConfigPlanChecks: nothingPlanned(), Check: c.saysNow(),
		},
	)
	if left := c.policies(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	kept := c.cloud.Items()
	if len(kept) == 0 || slices.ContainsFunc(kept, func(i emulatedcsbs.Item) bool { return i.Name == "before-upgrade" }) {
		t.Errorf("the points of the schedule should be left, and no other: %v", kept)
	}
}

// policies are what the service has.
func (c *csbsTest) policies() []backup.Policy {
	c.t.Helper()
	var list []backup.Policy
	for p, err := range c.service().Policies(context.Background()) {
		if err != nil {
			c.t.Error(err)
		}
		list = append(list, p)
	}
	return list
}
