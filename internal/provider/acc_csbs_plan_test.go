package provider

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// csbsFixture is a policy with a server and a point that Terraform does not know.
type csbsFixture struct{ policy, server, point string }

func (c *csbsTest) fixture() csbsFixture {
	c.t.Helper()
	svc := c.service()
	p, err := svc.CreatePolicy(c.t.Context(), backup.Policy{
		Name: "daily", Timezone: "Europe/Berlin", Enabled: true,
		Schedules: []string{"FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=2;BYMINUTE=30"},
		Retention: &backup.Retention{Latest: new(int64(7)), Monthly: new(int64(3))}, Tags: map[string]string{"env": "prod"},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	s, err := svc.CreateServer(c.t.Context(), backup.Server{InstanceID: uuid.NewString(), PolicyID: p.ID, Enabled: true})
	if err != nil {
		c.t.Fatal(err)
	}
	point := takePoint(c.t, svc, backup.PointRequest{ServerID: s.ID, Name: "before-upgrade", Tags: map[string]string{"ticket": "OPS-1"}})
	return csbsFixture{policy: p.ID, server: s.ID, point: point}
}

// TestAccCSBSRefuses: what csbs cannot do is an error of the plan that names the attribute.
func TestAccCSBSRefuses(t *testing.T) {
	t.Parallel()
	c := newCSBSTest(t)
	f := c.fixture()
	c.refuses(fmt.Sprintf(`
resource "serverbackup_location" "a" {
  name = "a"
}
resource "serverbackup_policy" "a" {
  name                  = "nächtlich"
  schedules             = ["FREQ=DAILY;BYHOUR=1;BYMINUTE=0", "FREQ=DAILY;BYHOUR=3;BYMINUTE=0"]
  retention             = { hourly = 3, days = 4, weekly = 5 }
  default               = true
  incrementals_per_full = 6
}
resource "serverbackup_policy" "monthly" {
  name      = "monthly"
  schedules = ["FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=1;BYMINUTE=0"]
  vngcloud  = { protect_server = true }
}
resource "serverbackup_server" "a" {
  instance_id = %[2]q
}
resource "serverbackup_server" "b" {
  instance_id        = %[2]q
  policy_id          = %[1]q
  name               = "b"
  location_id        = "somewhere"
  exclude_volume_ids = ["v-1"]
  enabled            = false
  points_on_destroy  = "delete"
}
resource "serverbackup_point" "a" {
  server_id = "00000000-0000-4000-8000-000000000000"
  tags      = { for i in range(11) : "key-${i}" => "value" }
}
resource "serverbackup_point_archive" "a" {
  point_id = %[3]q
  path     = "/tmp/never.bin"
}
resource "serverbackup_restore" "a" {
  point_id = %[3]q
  csbs     = { server_id = %[2]q }
}
resource "serverbackup_restore" "b" {
  point_id = %[3]q
  cbr      = { server_id = %[2]q }
}
data "serverbackup_points" "a" {
  location_id = "somewhere"
}
data "serverbackup_points" "b" {
  include_deleted = true
}
data "serverbackup_locations" "a" {}
data "serverbackup_regions" "a" {}
`, f.policy, f.server, f.point),
		"has no locations to manage",
		"Invalid Name.*nächtlich", "exactly one schedule", "retention.hourly", "does not combine retention.days", "does not support incrementals_per_full", "does not support default",
		"retention.monthly", "Another Backup Service.*configured for csbs, so vngcloud",
		"Missing Policy.*policy_id",
		"does not support name", "does not support location_id", "does not support exclude_volume_ids", "Leave enabled out", `points_on_destroy is "delete".*Write "fail" or "keep"`,
		"Server Not Found", "Too Many Tags.*11",
		"overwrite_existing_data", "Another Backup Service.*configured for csbs, so cbr",
		"does not give the data of points out", "no regions",
	)
}
