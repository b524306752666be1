package provider

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// TestAccServerLocation: in place, unknown while the location is new, and refused at plan time if the
// store has no such location.
func TestAccServerLocation(t *testing.T) {
	t.Parallel()
	server := func(location string) string {
		return fmt.Sprintf("resource \"serverbackup_server\" \"test\" {\n  instance_id = \"i-1\"\n  %s\n}\n", location)
	}
	service := newFakeLocator("cloud")
	newFakeTest(t, service).run(
		resource.TestStep{
			Config: server("location_id = serverbackup_location.test.id") + location("a"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue(serverAddress, tfjsonpath.New("location_id")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{has(serverAddress, "location_id", knownvalue.StringExact("location-0"))},
		},
		resource.TestStep{
			Config: server(`location_id = "of-another-store"`) + location("a"), PlanOnly: true,
			ExpectError: regexp.MustCompile(`(?s)Location Not Found.*location_id = "of-another-store".*There is no location with the\s+id`),
		},
		resource.TestStep{
			PreConfig:        func() { service.locations["location-9"] = service.locations["location-0"] },
			Config:           server(`location_id = "location-9"`) + location("a"),
			ConfigPlanChecks: planned(serverAddress, plancheck.ResourceActionUpdate),
		},
		// A cloud decides where a server goes that names no location, and has decided.
		resource.TestStep{Config: server("") + location("a"), ConfigPlanChecks: nothingPlanned()},
	)
}
