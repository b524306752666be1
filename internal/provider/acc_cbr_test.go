package provider

import (
	"regexp"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	emulatedcbr "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
)

// cbrConfig is what users write.
const cbrConfig = `
variable "ecs_ids" {
  type = list(string)
}
resource "serverbackup_policy" "nightly" {
  name      = "nightly"
  timezone  = "Europe/Berlin"
  schedules = ["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]
  retention = { daily = 7, monthly = 6 }
}
resource "serverbackup_location" "vault" {
  name     = "prod"
  quota_gb = 500
  cbr      = { policy_id = serverbackup_policy.nightly.id, auto_expand = true }
}
resource "serverbackup_server" "web" {
  count             = length(var.ecs_ids)
  instance_id       = var.ecs_ids[count.index]
  location_id       = serverbackup_location.vault.id
  points_on_destroy = "delete"
}
resource "serverbackup_point" "pre" {
  server_id = serverbackup_server.web[0].id
  name      = "pre"
}
data "serverbackup_point" "pre" {
  id = serverbackup_point.pre.id
}
data "serverbackup_history" "week" {
  kind       = ["backup"]
  status     = ["failed", "skipped"]
  max_age    = "168h"
  depends_on = [serverbackup_point.pre]
}
data "serverbackup_space_usage" "vault" {
  location_id = serverbackup_location.vault.id
  depends_on  = [serverbackup_point.pre]
}
resource "serverbackup_restore" "back" {
  point_id                = serverbackup_point.pre.id
  overwrite_existing_data = true
  cbr                     = { server_id = serverbackup_server.web[0].id }
}
`

// TestAccCBR applies what users write, looks again after the clocks changed, and destroys it.
func TestAccCBR(t *testing.T) {
	t.Parallel()
	c := newCBRTest(t, emulatedcbr.Options{})
	ids := []config.Variable{config.StringVariable(uuid.NewString()), config.StringVariable(uuid.NewString())}
	variables := config.Variables{"ecs_ids": config.ListVariable(ids...)}
	text := knownvalue.StringExact
	const point, found, usage = "serverbackup_point.pre", "data.serverbackup_point.pre", "data.serverbackup_space_usage.vault"
	c.run(
		resource.TestStep{
			Config: cbrConfig, ConfigVariables: variables,
			ConfigStateChecks: []statecheck.StateCheck{
				has("serverbackup_server.web[0]", "name", knownvalue.NotNull()),
				statecheck.CompareValuePairs("serverbackup_server.web[0]", tfjsonpath.New("policy_id"), "serverbackup_policy.nightly", tfjsonpath.New("id"), compare.ValuesSame()),
				has(point, "status", text("available")), has(point, "size_bytes", knownvalue.Null()), has(point, "source_size_bytes", knownvalue.NotNull()),
				has(found, "volumes", knownvalue.ListSizeExact(2)),
				has("data.serverbackup_history.week", "total_count", knownvalue.Int64Exact(0)),
				has("data.serverbackup_history.week", "retention_note", knownvalue.StringRegexp(regexp.MustCompile("30 days"))),
				has(usage, "servers", knownvalue.ListSizeExact(2)), has(usage, "quota_bytes", knownvalue.Int64Exact(500<<30)),
				has("serverbackup_restore.back", "status", text("succeeded")),
			},
			Check: c.saysNow("^WARNING: Schedules Do Not Follow Daylight Saving", "^WARNING: Retention Without a Number of Points"),
		},
		resource.TestStep{
			PreConfig: func() {
				c.forget()
				c.clock.Advance(200 * 24 * time.Hour)
			},
			Config: cbrConfig, ConfigVariables: variables, ConfigPlanChecks: nothingPlanned(), Check: c.saysNow(),
		},
	)
	for l, err := range c.service().Locations(t.Context()) {
		t.Errorf("left behind: %v, %v", l, err)
	}
}
