package provider

import (
	"testing"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
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
  count       = length(var.ecs_ids)
  instance_id = var.ecs_ids[count.index]
  policy_id   = serverbackup_policy.daily.id
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
data "serverbackup_history" "all" {
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

// TestAccCSBS applies what users write, in one configuration, to twenty servers of one policy at once.
func TestAccCSBS(t *testing.T) {
	t.Parallel()
	c := newCSBSTest(t)
	var ids []config.Variable
	for range 20 {
		ids = append(ids, config.StringVariable(uuid.NewString()))
	}
	c.run(resource.TestStep{Config: csbsConfig, ConfigVariables: config.Variables{"ecs_ids": config.ListVariable(ids...)}})
}
