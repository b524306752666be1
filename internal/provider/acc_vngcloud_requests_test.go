package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

// TestAccVNGCloudRefreshRequests: the state knows the server of a point, so that a refresh lists the points of that
// server and does not look for the point in the history first.
func TestAccVNGCloudRefreshRequests(t *testing.T) {
	t.Parallel()
	c := newCenterTest(t)
	config := c.server("  points_on_destroy = \"delete\"\n") + `
resource "serverbackup_point" "now" {
  server_id = serverbackup_server.test.id
}
`
	c.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: c.center.Counts.Reset, Config: config, ConfigPlanChecks: nothingPlanned(),
			Check: func(*terraform.State) error {
				listed := false
				for name, n := range c.center.Counts.Snapshot().Requests {
					if strings.Contains(name, "/histories/") {
						return fmt.Errorf("a refresh asked %d times for %s", n, name)
					}
					listed = listed || strings.Contains(name, "/backup-instance-points")
				}
				if !listed {
					return fmt.Errorf("the points were not listed: %v", c.center.Counts.Snapshot().Requests)
				}
				return nil
			},
		},
	)
}
