package provider

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// serviceExample joins the files of an example of a service, but for the provider block, which the emulator
// has its own of.
func serviceExample(t *testing.T, service string, files ...string) string {
	t.Helper()
	if len(files) == 0 {
		files = []string{"*.tf"}
	}
	var all strings.Builder
	for _, pattern := range files {
		names, err := filepath.Glob(filepath.Join("../../examples/services", service, pattern))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v, %v", pattern, names, err)
		}
		for _, name := range names {
			if filepath.Base(name) == "provider.tf" {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(append(text, '\n'))
		}
	}
	return all.String()
}

// exampleVariables are what the example of the service is given; its downloads go to a directory.
func (c *centerTest) exampleVariables(dir string) config.Variables {
	return config.Variables{
		"instance_id":         config.StringVariable(c.instance),
		"scratch_volume_id":   config.StringVariable(c.volumes[1]),
		"download_volume_ids": config.SetVariable(config.StringVariable(c.volumes[0])),
		"download_directory":  config.StringVariable(dir),
	}
}

// TestAccVNGCloudExampleLater looks at the example half a year after its apply.
func TestAccVNGCloudExampleLater(t *testing.T) {
	t.Parallel()
	c := newCenterTest(t)
	variables := c.exampleVariables(t.TempDir())
	all := resource.TestStep{Config: serviceExample(t, "vngcloud"), ConfigVariables: variables}
	protected := resource.TestStep{
		Config:          strings.Replace(serviceExample(t, "vngcloud", "variables.tf", "protect.tf"), `"keep"`, `"delete"`, 1),
		ConfigVariables: variables, Check: later(c, 7),
	}
	c.run(all, acrossDaylightSaving(c.clock, all), protected)
}

// TestAccVNGCloudExample applies what users write and imports it, and destroys it once the lock allows.
func TestAccVNGCloudExample(t *testing.T) {
	t.Parallel()
	c := newCenterTest(t)
	all := serviceExample(t, "vngcloud")
	dir := t.TempDir()
	variables := c.exampleVariables(dir)
	archive := `serverbackup_point_archive.disk["` + c.volumes[0] + `"]`
	text := knownvalue.StringExact
	// The testing library can look at no state with for_each.
	single := serviceExample(t, "vngcloud", "variables.tf", "p*.tf", "restore.tf")
	// An import brings the defaults of what is Terraform's own.
	single = strings.Replace(single, `on_missing = "error"`, "", 1)
	protected := serviceExample(t, "vngcloud", "variables.tf", "protect.tf")
	imported := func(address string) resource.TestStep {
		return resource.TestStep{
			Config: single, ConfigVariables: variables,
			ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID,
		}
	}
	c.run(
		resource.TestStep{
			Config: all, ConfigVariables: variables,
			ConfigStateChecks: []statecheck.StateCheck{
				has("serverbackup_server.web", "name", knownvalue.StringRegexp(regexp.MustCompile("^web"))),
				has("serverbackup_point.now", "status", text("available")),
				has("serverbackup_point.now", "type", text("full")),
				has("serverbackup_restore.clone", "status", text("succeeded")),
				has(archive, "format", text("raw")),
				statecheck.ExpectKnownOutputValue("volumes", knownvalue.MapSizeExact(1)),
				statecheck.ExpectKnownValue("data.serverbackup_point.now", tfjsonpath.New("volumes").AtSliceIndex(0).AtMapKey("source_id"), text(c.volumes[0])),
			},
		},
		resource.TestStep{Config: single, ConfigVariables: variables},
		imported("serverbackup_policy.six_hourly"),
		imported("serverbackup_location.vault"),
		imported("serverbackup_point.now"),
		resource.TestStep{
			Config: protected, ConfigVariables: variables,
			ExpectError: regexp.MustCompile(`(?s)Unable to Delete Backup Point.*lock\s+of\s+the\s+location\s+"hcm04-vault"\s+until\s+about.*lock\.min_days\s+is\s+7`),
		},
		resource.TestStep{
			PreConfig: func() { c.clock.Advance(days(7)) },
			Config:    protected, ConfigVariables: variables,
		},
		resource.TestStep{
			// The bin is empty again a week after.
			Config: strings.Replace(protected, `"keep"`, `"delete"`, 1), ConfigVariables: variables,
			Check: later(c, 7),
		},
	)

	// What was downloaded is gone with the resource; what is there was not made by it.
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("left in the directory: %v, %v", left, err)
	}
	if c.center.Counts.Snapshot().TotalBackups() != 1 {
		t.Errorf("backups: %v", c.center.Counts.Snapshot().Backups)
	}
}

// TestAccVNGCloudImportExample writes import blocks for what is there.
func TestAccVNGCloudImportExample(t *testing.T) {
	t.Parallel()
	c := newCenterTest(t)
	c.run(resource.TestStep{Config: c.server("")}, resource.TestStep{
		Config: c.server("") + serviceExample(t, "vngcloud/import"),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownOutputValue("imports", knownvalue.StringRegexp(regexp.MustCompile(
				`(?s)# Default-vBackup-Policy\nimport {\n  to = serverbackup_policy.p0\n  id = "bk-pol-[^"]*"\n}\n.*# web.*serverbackup_server.s0\n  id = "bk-ins-`))),
		},
	})
}

// TestAccVNGCloudLinks opens the links to a point, and reads what the other data sources have of it.
func TestAccVNGCloudLinks(t *testing.T) {
	t.Parallel()
	c := newCenterTest(t)
	factories := c.factories()
	factories["echo"] = echoprovider.NewProviderServer()
	config := c.block + c.server("  points_on_destroy = \"delete\"\n") + `
resource "serverbackup_point" "now" {
  server_id = serverbackup_server.test.id
}
data "serverbackup_points" "all" {
  server_id  = serverbackup_server.test.id
  depends_on = [serverbackup_point.now]
}
data "serverbackup_history" "all" {
  server_id  = serverbackup_server.test.id
  depends_on = [serverbackup_point.now]
}
data "serverbackup_space_usage" "all" {
  depends_on = [serverbackup_point.now]
}
data "serverbackup_servers" "all" {
  depends_on = [serverbackup_point.now]
}
ephemeral "serverbackup_point_download" "test" {
  point_id = serverbackup_point.now.id
}
provider "echo" {
  data = { for v in ephemeral.serverbackup_point_download.test.volumes : v.id => length(v.urls) }
}
resource "echo" "test" {}
`
	first := func(list, name string) tfjsonpath.Path { return tfjsonpath.New(list).AtSliceIndex(0).AtMapKey(name) }
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("echo.test", tfjsonpath.New("data"), knownvalue.MapSizeExact(2)),
				has("data.serverbackup_points.all", "points", knownvalue.ListSizeExact(1)),
				statecheck.ExpectKnownValue("data.serverbackup_points.all", first("points", "schedule_type"), knownvalue.StringExact("manual")),
				statecheck.ExpectKnownValue("data.serverbackup_points.all", first("points", "type"), knownvalue.StringExact("full")),
				statecheck.ExpectKnownValue("data.serverbackup_points.all", first("points", "location_name"), knownvalue.StringExact("Default-Location")),
				has("data.serverbackup_history.all", "entries", knownvalue.ListSizeExact(1)),
				statecheck.ExpectKnownValue("data.serverbackup_history.all", first("entries", "deletion_status"), knownvalue.StringExact("present")),
				statecheck.ExpectKnownValue("data.serverbackup_space_usage.all", first("servers", "points"), knownvalue.Int64Exact(1)),
				statecheck.ExpectKnownValue("data.serverbackup_servers.all", first("servers", "instance_id"), knownvalue.StringExact(c.instance)),
			},
		}},
	})
}
