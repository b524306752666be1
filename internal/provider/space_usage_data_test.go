package provider

import (
	"context"
	"regexp"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// fakeReporter is a fake service that knows what points cost.
type fakeReporter struct {
	*fakeService
}

func (f fakeReporter) SpaceUsage(_ context.Context, filter backup.UsageFilter) (backup.SpaceUsage, error) {
	if filter.LocationID != "" {
		return backup.SpaceUsage{}, backup.Errorf(backup.ErrUnsupported, "There are no locations; remove location_id.")
	}
	added, stored := int64(1<<29), int64(1<<28)
	usage := backup.SpaceUsage{StoredBytes: &stored, Note: "Deduplicated.", Servers: []backup.ServerUsage{
		{ServerID: "s-2", ServerName: "db", Points: 1, SizeBytes: 1 << 30, NewBytes: &added},
		{ServerID: "s-1", ServerName: "web", Points: 2, SizeBytes: 2 << 30},
	}}
	if len(filter.ServerIDs) > 0 {
		usage.Servers = slices.DeleteFunc(usage.Servers, func(s backup.ServerUsage) bool { return !slices.Contains(filter.ServerIDs, s.ServerID) })
	}
	return usage, nil
}

func spaceUsage(arguments string) string {
	return "data \"serverbackup_space_usage\" \"x\" {\n" + arguments + "\n}\n"
}

func TestAccSpaceUsage(t *testing.T) {
	t.Parallel()
	has := func(attribute string, value knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data.serverbackup_space_usage.x", tfjsonpath.New(attribute), value)
	}
	newFakeTest(t, fakeReporter{newFakeService()}).run(
		resource.TestStep{
			Config: spaceUsage(``),
			ConfigStateChecks: []statecheck.StateCheck{
				has("servers", idsOf("server_id", "s-2", "s-1")),
				has("total_bytes", knownvalue.Int64Exact(3<<30)),
				has("total_gb", knownvalue.Float64Exact(3)),
				has("stored_bytes", knownvalue.Int64Exact(1<<28)),
				has("quota_bytes", knownvalue.Null()),
				has("used_bytes", knownvalue.Null()),
				has("note", knownvalue.StringExact("Deduplicated.")),
			},
		},
		resource.TestStep{
			Config: spaceUsage(`server_ids = ["s-2"]`),
			ConfigStateChecks: []statecheck.StateCheck{has("servers", knownvalue.ListExact([]knownvalue.Check{
				knownvalue.ObjectExact(map[string]knownvalue.Check{
					"server_id": knownvalue.StringExact("s-2"), "server_name": knownvalue.StringExact("db"), "points": knownvalue.Int64Exact(1),
					"size_bytes": knownvalue.Int64Exact(1 << 30), "size_gb": knownvalue.Float64Exact(1),
					"soft_deleted_bytes": knownvalue.Null(), "new_bytes": knownvalue.Int64Exact(1 << 29),
				}),
			}))},
		},
	)
}

func TestAccSpaceUsageErrors(t *testing.T) {
	t.Parallel()
	newFakeTest(t, fakeReporter{newFakeService()}).run(
		resource.TestStep{Config: spaceUsage(`location_id = "l-1"`), PlanOnly: true, ExpectError: regexp.MustCompile(`remove location_id`)},
		resource.TestStep{Config: spaceUsage(`server_ids = []`), PlanOnly: true, ExpectError: regexp.MustCompile(`at least 1`)},
	)
}

func TestAccSpaceUsageUnsupported(t *testing.T) {
	t.Parallel()
	newFakeTest(t, newFakeService()).run(resource.TestStep{
		Config: spaceUsage(``), PlanOnly: true,
		ExpectError: regexp.MustCompile(`(?s)Unable to Read Space Usage.*does not report`),
	})
}
