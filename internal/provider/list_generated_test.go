package provider

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

// TestAccGeneratedConfig: the configuration that a CLI generates of what it imports has an empty plan too.
func TestAccGeneratedConfig(t *testing.T) {
	t.Parallel()
	s := newAccStore(t)
	steps := []resource.TestStep{{Config: s.config(fmt.Sprintf(`
resource "serverbackup_policy" "nightly" {
  name      = "nightly"
  timezone  = "Europe/Berlin"
  schedules = ["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]
  retention = { daily = 7 }
}

resource "serverbackup_server" "web" {
  name              = "web"
  policy_id         = serverbackup_policy.nightly.id
  points_on_destroy = "delete"
  local             = { sources = [%q], exclude = ["*.tmp"] }
}

resource "serverbackup_point" "first" {
  server_id = serverbackup_server.web.id
  name      = "first"
  tags      = { a = "b" }
}

resource "serverbackup_location" "offsite" {
  name     = "offsite"
  quota_gb = 5
  local    = { repository = %q }
}
`, s.files, s.dir+"-offsite"))}}
	for _, address := range []string{"serverbackup_policy.nightly", "serverbackup_server.web", "serverbackup_point.first", "serverbackup_location.offsite"} {
		steps = append(steps, resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID, GenerateConfig: true,
		})
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: protoV6ProviderFactories, Steps: steps})
}
