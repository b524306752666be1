package provider

import (
	"fmt"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
)

// TestAccVNGCloudInterrupt: Ctrl-C ends the wait for a backup and not the backup, which the next refresh finds
// finished.
func TestAccVNGCloudInterrupt(t *testing.T) {
	t.Parallel()
	c := newCenterTest(t)
	c.center.Plans.Set(c.instance, emulator.Plan{Duration: days(1)})
	config := c.server("  points_on_destroy = \"delete\"\n") + `
resource "serverbackup_point" "now" {
  server_id = serverbackup_server.test.id
}
`
	status := func(want string) []statecheck.StateCheck {
		return []statecheck.StateCheck{has(pointAddress, "status", knownvalue.StringExact(want))}
	}
	begun := func() error {
		for range 6000 {
			if c.center.Counts.Snapshot().TotalBackups() > 0 {
				return nil
			}
			time.Sleep(5 * time.Millisecond)
		}
		return fmt.Errorf("no backup was started")
	}
	c.run(
		resource.TestStep{
			PreConfig: func() {
				go func() {
					if err := begun(); err != nil {
						t.Error(err)
						return
					}
					c.interrupt()
				}()
			},
			Config: config, ConfigStateChecks: status("creating"),
			Check: c.saysNow("WARNING: Backup Point Not Finished: The operation was interrupted"),
		},
		resource.TestStep{
			PreConfig: func() { c.clock.Advance(days(2)) },
			Config:    config, ConfigPlanChecks: nothingPlanned(), ConfigStateChecks: status("available"),
		},
	)
	if n := c.center.Counts.Snapshot().TotalBackups(); n != 1 {
		t.Errorf("%d backups were started, want 1", n)
	}
}
