package provider

import (
	"os"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// newFakeLocations has locations that differ in what filters select by.
func newFakeLocations(service string) *fakeLocator {
	f := newFakeLocator(service)
	number := func(n int64) *int64 { return &n }
	yes, no := true, false
	for _, l := range []backup.Location{
		{
			ID: "l-1", Name: "Vault", Region: "HCM04", Default: &yes, QuotaBytes: number(500 << 30), CreatedAt: fakeStart,
			SoftDelete: &backup.SoftDelete{RetentionDays: 7}, Lock: &backup.LocationLock{MinDays: 7, MaxDays: number(90), GraceDays: number(3)},
			UsedBytes: number(3 << 29), ServerCount: number(2),
			Options: local.LocationOptions{
				Repository: "s3://bucket", S3: &local.S3Options{Region: "eu"}, ObjectLock: &local.ObjectLock{Mode: "COMPLIANCE", Days: 14},
			},
		},
		{ID: "l-2", Name: "vault-2", Region: "HAN", Default: &no},
		{ID: "l-3", Name: "disk", Region: "HAN", Default: &no},
	} {
		f.locations[l.ID] = l
	}
	f.measured["l-2"] = backup.SpaceUsage{StoredBytes: number(77)}
	f.measured["l-3"] = backup.SpaceUsage{StoredBytes: number(77), UsedBytes: number(88)}
	f.regions = []backup.Region{{ID: "r-2", Name: "HCM04"}, {ID: "r-1", Name: "HAN"}, {ID: "r-0"}}
	return f
}

func TestAccLocationDataSources(t *testing.T) {
	t.Parallel()
	at := func(i int, name string) tfjsonpath.Path {
		return tfjsonpath.New("locations").AtSliceIndex(i).AtMapKey(name)
	}
	const (
		all    = "data.serverbackup_locations.all"
		region = "data.serverbackup_locations.region"
		byID   = "data.serverbackup_location.id"
		name   = "data.serverbackup_location.name"
		other  = "data.serverbackup_location.default"
	)
	text, number := knownvalue.StringExact, knownvalue.Int64Exact
	newFakeTest(t, newFakeLocations("cloud")).run(
		resource.TestStep{
			Config: `
data "serverbackup_locations" "all" {}
data "serverbackup_locations" "region" {
  region = "HAN"
  name   = "DISK"
}
data "serverbackup_location" "id" {
  id = "l-1"
}
data "serverbackup_location" "name" {
  name = "Vault"
}
data "serverbackup_location" "default" {
  default = false
  name    = "vault"
}
`,
			ConfigStateChecks: []statecheck.StateCheck{
				has(all, "locations", knownvalue.ListSizeExact(3)),
				statecheck.ExpectKnownValue(all, at(0, "name"), text("Vault")),
				statecheck.ExpectKnownValue(all, at(0, "used_bytes"), number(3<<29)),
				statecheck.ExpectKnownValue(all, at(0, "used_gb"), knownvalue.Float64Exact(1.5)),
				statecheck.ExpectKnownValue(all, at(0, "quota_gb"), number(500)),
				statecheck.ExpectKnownValue(all, at(0, "lock").AtMapKey("grace_days"), number(3)),
				statecheck.ExpectKnownValue(all, at(0, "soft_delete").AtMapKey("retention_days"), number(7)),
				statecheck.ExpectKnownValue(all, at(0, "local").AtMapKey("s3").AtMapKey("region"), text("eu")),
				statecheck.ExpectKnownValue(all, at(0, "local").AtMapKey("object_lock").AtMapKey("mode"), text("COMPLIANCE")),
				// What counts against the quota goes before what is stored.
				statecheck.ExpectKnownValue(all, at(1, "used_bytes"), number(88)),
				statecheck.ExpectKnownValue(all, at(1, "local"), knownvalue.Null()),
				statecheck.ExpectKnownValue(all, at(2, "used_bytes"), number(77)),
				statecheck.ExpectKnownValue(all, at(2, "quota_gb"), knownvalue.Null()),
				has(region, "locations", knownvalue.ListSizeExact(1)),
				statecheck.ExpectKnownValue(region, at(0, "id"), text("l-3")),
				has(byID, "name", text("Vault")),
				has(byID, "created_at", text("2026-03-01T12:00:00Z")),
				has(byID, "server_count", number(2)),
				has(name, "id", text("l-1")),
				has(other, "id", text("l-2")),
			},
		},
		resource.TestStep{
			Config:      "data \"serverbackup_location\" \"x\" {\n  id = \"x\"\n  region = \"y\"\n}",
			ExpectError: regexp.MustCompile(`Invalid Attribute Combination`),
		},
		resource.TestStep{
			Config:      `data "serverbackup_location" "x" { region = "HAN" }`,
			ExpectError: regexp.MustCompile(`(?s)Several Backup Locations Found.*2 match region = "HAN": "disk" \(l-3\)`),
		},
		resource.TestStep{
			Config:      `data "serverbackup_location" "x" { id = "nosuch" }`,
			ExpectError: regexp.MustCompile(`(?s)Unable to Read Backup Location.*nosuch`),
		},
		resource.TestStep{Config: `output "none" { value = "" }`},
	)
}

func TestAccLocationDataSourcesRefused(t *testing.T) {
	t.Parallel()
	service := newFakeLocations("local")
	newFakeTest(t, service).run(resource.TestStep{
		Config:      `data "serverbackup_locations" "x" { default = false }`,
		ExpectError: regexp.MustCompile(`(?s)default = false.*There is no default`),
	})
	newFakeTest(t, noRegions{service, service}).run(resource.TestStep{
		Config:      `data "serverbackup_locations" "x" { region = "HAN" }`,
		ExpectError: regexp.MustCompile(`(?s)region = "HAN".*has no regions`),
	})
}

// TestAccLocationNotMeasured: a location that cannot be reached is shown all the same.
func TestAccLocationNotMeasured(t *testing.T) {
	t.Parallel()
	service := newFakeLocations("cloud")
	delete(service.measured, "l-2")
	f := newFakeTest(t, service)
	f.run(resource.TestStep{
		Config: `data "serverbackup_locations" "x" {}`,
		ConfigStateChecks: []statecheck.StateCheck{
			has("data.serverbackup_locations.x", "locations", knownvalue.ListSizeExact(3)),
			statecheck.ExpectKnownValue("data.serverbackup_locations.x",
				tfjsonpath.New("locations").AtSliceIndex(2).AtMapKey("used_bytes"), knownvalue.Null()),
		},
		Check: f.saysNow(`^WARNING: Backup Location Not Measured: used_bytes of the backup location "vault-2" \(l-2\) is null: L-2 is being measured\.`),
	})
}

// noRegions hides what else a service can do.
type noRegions struct {
	backup.Service
	backup.Locator
}

// TestAccRegions also applies the example, since the embedded service has no regions.
func TestAccRegions(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../examples/data-sources/serverbackup_regions/data-source.tf")
	if err != nil {
		t.Fatal(err)
	}
	at := func(i int, name string) tfjsonpath.Path {
		return tfjsonpath.New("regions").AtSliceIndex(i).AtMapKey(name)
	}
	const all = "data.serverbackup_regions.all"
	newFakeTest(t, newFakeLocations("cloud")).run(resource.TestStep{
		Config: string(text),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(all, at(0, "id"), knownvalue.StringExact("r-0")),
			statecheck.ExpectKnownValue(all, at(0, "name"), knownvalue.Null()),
			statecheck.ExpectKnownValue(all, at(1, "name"), knownvalue.StringExact("HAN")),
			statecheck.ExpectKnownValue(all, at(2, "id"), knownvalue.StringExact("r-2")),
			has(all, "regions", knownvalue.ListSizeExact(3)),
		},
	})
}
