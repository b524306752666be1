package provider

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

const locationAddress = "serverbackup_location.test"

// location is a location whose name and further lines are given.
func location(name string, lines ...string) string {
	return fmt.Sprintf("resource \"serverbackup_location\" \"test\" {\n  name = %q\n  %s\n}\n", name, strings.Join(lines, "\n  "))
}

// disk has the options of a location on a disk.
func disk(more ...string) string {
	return "local = {\n repository = \"/mnt/backup\"\n " + strings.Join(more, "\n ") + "\n}"
}

const fullLocation = `
resource "serverbackup_location" "test" {
  name          = "bucket"
  quota_gb      = 500
  soft_delete   = { retention_days = 7 }
  lock          = { min_days = 3 }
  force_destroy = true
  local = {
    repository          = "s3://bucket/prefix"
    password_wo         = "a password"
    password_wo_version = 1
    s3 = {
      endpoint               = "https://s3.example.com"
      region                 = "eu"
      ca_file                = "/ca.pem"
      access_key_wo          = "an access key"
      secret_key_wo          = "a secret key"
      credentials_wo_version = 1
    }
    object_lock = { mode = "GOVERNANCE", days = 14 }
  }
  timeouts = { create = "1m", update = "1m", delete = "1m" }
}
`

func TestAccLocationMinMax(t *testing.T) {
	t.Parallel()
	service := newFakeLocator("local")
	f := newFakeTest(t, service)
	nested := func(names ...string) tfjsonpath.Path {
		at := tfjsonpath.New("local")
		for _, name := range names {
			at = at.AtMapKey(name)
		}
		return at
	}
	text := knownvalue.StringExact
	f.run(
		resource.TestStep{
			Config:           location("disk", disk()),
			ConfigPlanChecks: planned(locationAddress, plancheck.ResourceActionCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				has(locationAddress, "id", text("location-0")),
				has(locationAddress, "quota_gb", knownvalue.Null()),
				has(locationAddress, "default", knownvalue.Null()),
				has(locationAddress, "soft_delete", knownvalue.Null()),
				has(locationAddress, "lock", knownvalue.Null()),
				has(locationAddress, "force_destroy", knownvalue.Bool(false)),
				statecheck.ExpectKnownValue(locationAddress, nested("s3"), knownvalue.Null()),
			},
		},
		resource.TestStep{Config: location("disk", disk(), "force_destroy = false"), ConfigPlanChecks: nothingPlanned()},
		resource.TestStep{ResourceName: locationAddress, ImportState: true, ImportStateVerify: true},
		resource.TestStep{
			Config:           location("renamed", disk(), "quota_gb = 5", "soft_delete = { retention_days = 1 }", "lock = { min_days = 2 }"),
			ConfigPlanChecks: planned(locationAddress, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				has(locationAddress, "id", text("location-0")),
				has(locationAddress, "quota_gb", knownvalue.Int64Exact(5)),
			},
		},
		resource.TestStep{
			Config:           location("renamed", disk(), "quota_gb = 6", "soft_delete = { retention_days = 2 }"),
			ConfigPlanChecks: planned(locationAddress, plancheck.ResourceActionUpdate),
		},
		resource.TestStep{
			PreConfig:        f.forget,
			Config:           location("renamed", disk()),
			ConfigPlanChecks: planned(locationAddress, plancheck.ResourceActionUpdate),
			Check:            f.saysNow("^WARNING: Bin Is Emptied: 7 points"),
		},
		resource.TestStep{
			// Terraform's own: the service is not asked.
			PreConfig:        func() { service.written = nil },
			Config:           location("renamed", disk(), "force_destroy = true", `timeouts = { create = "1m" }`),
			ConfigPlanChecks: planned(locationAddress, plancheck.ResourceActionUpdate),
			Check: func(*terraform.State) error {
				if len(service.written) > 0 {
					return fmt.Errorf("written: %v", service.written)
				}
				return nil
			},
		},
		resource.TestStep{
			Config:           fullLocation,
			ConfigPlanChecks: planned(locationAddress, plancheck.ResourceActionDestroyBeforeCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(locationAddress, nested("repository"), text("s3://bucket/prefix")),
				statecheck.ExpectKnownValue(locationAddress, nested("s3", "endpoint"), text("https://s3.example.com")),
				statecheck.ExpectKnownValue(locationAddress, nested("object_lock", "days"), knownvalue.Int64Exact(14)),
			},
		},
		resource.TestStep{
			ResourceName: locationAddress, ImportState: true, ImportStateVerify: true,
			ImportStateVerifyIgnore: []string{"timeouts", "force_destroy", "local.password_wo_version", "local.s3.credentials_wo_version"},
		},
	)
	if len(service.forced) != 2 {
		t.Errorf("forced: %q", service.forced)
	}
	if len(service.locations) > 0 {
		t.Errorf("left behind: %v", service.locations)
	}
	quota := int64(500 << 30)
	if got := service.written[0]; *got.QuotaBytes != quota || got.Lock.MinDays != 3 || got.SoftDelete.RetentionDays != 7 {
		t.Errorf("written: %+v", got)
	}
}

// TestAccLocationOfRepository: the repository of the provider is imported, and need not be described
// again. Writing it down later is no other repository.
func TestAccLocationOfRepository(t *testing.T) {
	t.Parallel()
	service := newFakeLocator("local")
	service.locations["main"] = backup.Location{ID: "main", Name: "main", Options: local.LocationOptions{Repository: "/srv/backup"}}
	f := newFakeTest(t, service)
	f.run(
		resource.TestStep{
			Config:       location("main", "quota_gb = 10"),
			ResourceName: locationAddress, ImportState: true, ImportStateId: "main", ImportStatePersist: true,
		},
		resource.TestStep{
			Config:           location("main", "quota_gb = 10"),
			ConfigPlanChecks: planned(locationAddress, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				has(locationAddress, "id", knownvalue.StringExact("main")),
				has(locationAddress, "local", knownvalue.Null()),
			},
		},
		resource.TestStep{Config: location("main", "quota_gb = 10"), ConfigPlanChecks: nothingPlanned()},
		resource.TestStep{
			Config:           location("main", "quota_gb = 10", `local = { repository = "/srv/backup" }`),
			ConfigPlanChecks: planned(locationAddress, plancheck.ResourceActionUpdate),
		},
		resource.TestStep{
			Config:           location("main", `local = { repository = "/srv/other" }`),
			ConfigPlanChecks: planned(locationAddress, plancheck.ResourceActionDestroyBeforeCreate),
		},
	)
}

func TestAccLocationDefaultTakenOver(t *testing.T) {
	t.Parallel()
	service := newFakeLocator("cloud")
	f := newFakeTest(t, service)
	locations := func(quota int, first, second string) string {
		return fmt.Sprintf(`
resource "serverbackup_location" "first" {
  name     = "first"
  quota_gb = %d
  %s
}
resource "serverbackup_location" "second" {
  name     = "second"
  quota_gb = %d
  %s
  depends_on = [serverbackup_location.first]
}
`, quota, first, quota, second)
	}
	isDefault := func(name string, want bool) resource.TestCheckFunc {
		return resource.TestCheckResourceAttr("serverbackup_location."+name, "default", strconv.FormatBool(want))
	}
	f.run(
		resource.TestStep{
			Config: locations(1, "default = true", ""),
			Check:  resource.ComposeTestCheckFunc(isDefault("first", true), isDefault("second", false)),
		},
		resource.TestStep{Config: locations(2, "", "default = true")},
		resource.TestStep{RefreshState: true, Check: resource.ComposeTestCheckFunc(isDefault("first", false), isDefault("second", true))},
		resource.TestStep{Config: locations(3, "", "")},
		resource.TestStep{RefreshState: true, Check: resource.ComposeTestCheckFunc(isDefault("first", false), isDefault("second", true))},
	)
}

func TestAccLocationDestroy(t *testing.T) {
	t.Parallel()
	service := newFakeLocator("local")
	f := newFakeTest(t, service)
	f.run(
		resource.TestStep{Config: location("disk", disk())},
		resource.TestStep{
			PreConfig:   func() { service.occupied["location-0"] = true },
			Config:      none,
			ExpectError: regexp.MustCompile(`(?s)Unable to Delete Backup Location.*holds points.*another one first.*set\s+force_destroy = true and\s+apply that\s+first`),
		},
		resource.TestStep{Config: location("disk", disk(), "force_destroy = true")},
		resource.TestStep{Config: none},
	)
	expectIDs(t, "forced", service.forced, "location-0")
}

func TestAccLocationGone(t *testing.T) {
	t.Parallel()
	service := newFakeLocator("local")
	f := newFakeTest(t, service)
	f.run(
		resource.TestStep{Config: location("disk", disk())},
		resource.TestStep{
			PreConfig: func() { f.forget(); clear(service.locations) },
			Config:    location("disk", disk()),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(locationAddress, plancheck.ResourceActionCreate),
				f.says(`^WARNING: Backup Location Not Found: The backup location "disk" \(location-0\) was deleted outside of Terraform`),
			}},
		},
		resource.TestStep{
			PreConfig:   func() { service.scope.ID = "region-2" },
			Config:      location("disk", disk()),
			ExpectError: regexp.MustCompile(`(?s)Wrong Backup Store.*backup location\s+location-1\s+belongs`),
		},
		resource.TestStep{PreConfig: func() { service.scope.ID = "region-1" }, Config: location("disk", disk())},
	)
}

func TestAccLocationInvalid(t *testing.T) {
	t.Parallel()
	f := newFakeTest(t, newFakeLocator("local"))
	var steps []resource.TestStep
	for config, message := range map[string]string{
		location("", disk()):                                                   `at least 1`,
		location("x", disk(), "quota_gb = 0"):                                  `quota_gb value must be between 1`,
		location("x", disk(), "quota_gb = 2000"):                               `(?s)Quota Too Large.*At most 1000`,
		location("x", disk(), "default = true"):                                `(?s)default = true.*There is no default`,
		location("x", disk(), "soft_delete = {}"):                              `retention_days`,
		location("x", disk(), "lock = { max_days = 3 }"):                       `min_days`,
		location("x", disk("password_wo_version = 1")):                         `password_wo`,
		location("x", disk(`s3 = { access_key_wo = "a" }`)):                    `secret_key_wo`,
		location("x", disk(`object_lock = { mode = "governance", days = 3 }`)): `value must be one of`,
		location("x", disk(`object_lock = { mode = "GOVERNANCE", days = 2 }`)): `at least 3`,
		location("x", `local = {}`):                                            `repository`,
	} {
		steps = append(steps, resource.TestStep{Config: config, PlanOnly: true, ExpectError: regexp.MustCompile(message)})
	}
	f.run(steps...)
}

// TestAccLocationsElsewhere: the nested attribute of another service, and a service without locations.
func TestAccLocationsElsewhere(t *testing.T) {
	t.Parallel()
	newFakeTest(t, newFakeLocator("cloud")).run(resource.TestStep{
		Config:      location("x", disk()),
		ExpectError: regexp.MustCompile(`(?s)Attribute of Another Backup Service.*configured for\s+cloud`),
	})
	none := newFakeTest(t, newFakeCloud())
	var steps []resource.TestStep
	for _, config := range []string{
		location("x"), `data "serverbackup_locations" "x" {}`, "data \"serverbackup_location\" \"x\" {\n  id = \"l\"\n}\n",
	} {
		steps = append(steps, resource.TestStep{
			Config: config, PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)Backup Location.*The configured backup service has no\s+locations`),
		})
	}
	none.run(append(steps, resource.TestStep{
		Config: `data "serverbackup_regions" "x" {}`, PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)List Regions.*no regions`),
	})...)
}

// TestAccLocationUnknown: nothing is complained of that is not known yet.
func TestAccLocationUnknown(t *testing.T) {
	t.Parallel()
	service := newFakeLocator("local")
	newFakeTest(t, service).run(resource.TestStep{
		Config: `
resource "terraform_data" "source" {
  input = { name = "disk", quota = 7, days = 3, repository = "/mnt/backup" }
}
resource "serverbackup_location" "test" {
  name        = terraform_data.source.output.name
  quota_gb    = terraform_data.source.output.quota
  soft_delete = { retention_days = terraform_data.source.output.days }
  lock        = { min_days = terraform_data.source.output.days }
  local       = {
    repository  = terraform_data.source.output.repository
    password_wo = terraform_data.source.output.name
    s3          = terraform_data.source.output.days > 2 ? { region = "eu" } : null
  }
}
`,
		ConfigStateChecks: []statecheck.StateCheck{has(locationAddress, "name", knownvalue.StringExact("disk"))},
	})
	got := service.written[0]
	o, ok := got.Options.(local.LocationOptions)
	if !ok || *got.QuotaBytes != 7<<30 || got.Lock.MinDays != 3 || o.Repository != "/mnt/backup" || o.Password != "disk" || o.S3 == nil {
		t.Errorf("written: %+v", got)
	}
}

// TestAccLocationBucket applies the example of a bucket.
func TestAccLocationBucket(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../examples/resources/serverbackup_location/resource_bucket.tf")
	if err != nil {
		t.Fatal(err)
	}
	service := newFakeLocator("local")
	newFakeTest(t, service).run(resource.TestStep{
		Config: string(text),
		ConfigVariables: config.Variables{"bucket_secrets": config.ObjectVariable(map[string]config.Variable{
			"password": config.StringVariable("p"), "access_key": config.StringVariable("a"), "secret_key": config.StringVariable("s"),
		})},
	})
	o, ok := service.written[0].Options.(local.LocationOptions)
	if !ok || o.Password != "p" || o.S3.AccessKey != "a" || o.S3.SecretKey != "s" || o.ObjectLock.Days != 14 {
		t.Errorf("written: %+v", o)
	}
}
