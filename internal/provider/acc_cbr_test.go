package provider

import (
	"testing"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

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

// TestAccCBR applies what users write, in one configuration.
func TestAccCBR(t *testing.T) {
	t.Parallel()
	c := newCBRTest(t, emulatedcbr.Options{})
	ids := []config.Variable{config.StringVariable(uuid.NewString()), config.StringVariable(uuid.NewString())}
	c.run(resource.TestStep{Config: cbrConfig, ConfigVariables: config.Variables{"ecs_ids": config.ListVariable(ids...)}})
}
