package provider

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	emulatedcbr "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
)

// cbrFixture is a vault with its policy, a server and a point that Terraform does not know.
type cbrFixture struct{ policy, vault, server, point string }

func (c *cbrTest) fixture() cbrFixture {
	c.t.Helper()
	svc := c.service()
	p, err := svc.CreatePolicy(c.t.Context(), backup.Policy{
		Name: "nightly", Timezone: "Europe/Berlin", Enabled: true, Schedules: []string{"FREQ=DAILY;BYHOUR=1;BYMINUTE=0"},
		Retention: &backup.Retention{Latest: new(int64(1)), Daily: new(int64(7)), Monthly: new(int64(6))},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	l, err := svc.CreateLocation(c.t.Context(), backup.Location{
		Name: "prod", QuotaBytes: new(int64(500 << 30)), Options: cbr.LocationOptions{PolicyID: p.ID, AutoExpand: true},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	s, err := svc.CreateServer(c.t.Context(), backup.Server{InstanceID: uuid.NewString(), LocationID: l.ID, Enabled: true})
	if err != nil {
		c.t.Fatal(err)
	}
	return cbrFixture{policy: p.ID, vault: l.ID, server: s.ID, point: takePoint(c.t, svc, backup.PointRequest{ServerID: s.ID, Name: "pre"})}
}

// TestAccCBRRefuses: what cbr cannot do is an error of the plan that names the attribute.
func TestAccCBRRefuses(t *testing.T) {
	t.Parallel()
	c := newCBRTest(t, emulatedcbr.Options{})
	f := c.fixture()
	c.refuses(fmt.Sprintf(`
resource "serverbackup_location" "a" {
  name        = "a"
  soft_delete = { retention_days = 7 }
  lock        = { min_days = 7 }
  default     = true
  cbr         = { policy_id = %[3]q }
}
resource "serverbackup_location" "b" {
  name     = "b"
  quota_gb = 100
  vngcloud = { region_id = "HCM04" }
}
resource "serverbackup_location" "c" {
  name     = "c"
  quota_gb = 5
  cbr      = { charging_mode = "pre_paid", tags = { "a/b" = "c" } }
}
resource "serverbackup_policy" "a" {
  name                  = "a"
  description           = "for web"
  schedules             = ["FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=1;BYMINUTE=0"]
  retention             = { hourly = 3, days = 4, latest = 5 }
  default               = true
  incrementals_per_full = 101
  tags                  = { env = "prod" }
}
resource "serverbackup_server" "a" {
  instance_id       = %[2]q
  policy_id         = %[4]q
  points_on_destroy = "keep"
}
resource "serverbackup_server" "b" {
  instance_id        = "i-1"
  location_id        = "00000000-0000-4000-8000-000000000000"
  name               = "b"
  exclude_volume_ids = ["v-1"]
}
resource "serverbackup_point" "a" {
  server_id = "00000000-0000-4000-8000-000000000000"
  tags      = { env = "prod" }
}
resource "serverbackup_point_archive" "a" {
  point_id = %[3]q
  path     = "/tmp/never.bin"
}
resource "serverbackup_restore" "a" {
  point_id = %[3]q
  cbr      = { server_id = %[2]q }
}
resource "serverbackup_restore" "b" {
  point_id = %[3]q
  csbs     = { server_id = %[2]q }
}
data "serverbackup_points" "a" {
  tags = { env = "prod" }
}
data "serverbackup_points" "b" {
  include_deleted = true
}
data "serverbackup_regions" "a" {}
`, f.vault, f.server, f.point, f.policy),
		"quota_gb = 100", "does not support soft_delete", "does not support lock", "Name the location in location_id", "The policy .* does not exist",
		"quota_gb must be", "Invalid Tags", "charging_mode.*paid in advance", "Another Backup Service.*configured for cbr, so vngcloud",
		"does not support description", "retention.monthly", "does not support retention.hourly", "Leave out retention.days",
		"Name the policy in cbr.policy_id", "incrementals_per_full is 101", "Set cbr.tags",
		"cbr.policy_id of serverbackup_location", "Missing Location.*location_id", `points_on_destroy is "keep".*Write "fail" or "delete"`,
		"Invalid Instance", "Location Not Found", "does not support name", "Invalid Disk",
		"Server Not Found", "Points of this service carry none", "overwrite_existing_data", "Another Backup Service.*configured for cbr, so csbs",
		"Filter by server_id or location_id", "does not give the data of points out", "no regions",
	)
}
