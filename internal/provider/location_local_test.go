package provider

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/s3test"
)

// offsite is a location beside the repository of a store.
func (s accStore) offsite(more string) string {
	return fmt.Sprintf(`
resource "serverbackup_location" "test" {
  name  = "offsite"
  local = {
    repository          = %q
    password_wo         = "a password of its own"
    password_wo_version = 1
  }
  %s
}
`, s.offsiteDir(), more)
}

func (s accStore) offsiteDir() string { return filepath.Join(filepath.Dir(s.dir), "offsite") }

// TestAccLocalLocation: points go where the server's location is, and stay there when the server moves.
func TestAccLocalLocation(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	var id, server string
	const (
		in     = "location_id = serverbackup_location.test.id\n  points_on_destroy = \"keep\""
		out    = `points_on_destroy = "keep"`
		points = "data.serverbackup_points.there"
		data   = "data.serverbackup_location.test"
		look   = `
data "serverbackup_points" "there" {
  location_id = serverbackup_location.test.id
}
data "serverbackup_location" "test" {
  id = serverbackup_location.test.id
}
`
	)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{
				Config: store.server(in) + store.offsite(""),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectUnknownValue(serverAddress, tfjsonpath.New("location_id")),
				}},
				Check: resource.ComposeTestCheckFunc(rememberID(locationAddress, &id), rememberID(serverAddress, &server)),
			},
			{
				ResourceName: locationAddress, ImportState: true, ImportStateVerify: true,
				ImportStateVerifyIgnore: []string{"local.password_wo_version"},
			},
			{
				PreConfig: func() { createPoint(t, store, server) },
				Config:    store.server(in) + store.offsite("quota_gb = 1") + look,
				ConfigStateChecks: []statecheck.StateCheck{
					has(points, "total_count", knownvalue.Int64Exact(1)),
					has(data, "server_count", knownvalue.Int64Exact(1)),
					has(data, "quota_gb", knownvalue.Int64Exact(1)),
					has(data, "used_bytes", knownvalue.Int64Func(func(n int64) error {
						if n <= 0 {
							return fmt.Errorf("the location holds %d bytes", n)
						}
						return nil
					})),
				},
			},
			{
				// Without the attribute, the server writes to the repository of the provider again.
				Config:            store.server(out) + store.offsite(""),
				ConfigPlanChecks:  planned(serverAddress, plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{has(serverAddress, "location_id", knownvalue.StringExact("main"))},
			},
			{
				Config:            store.server(out) + store.offsite("") + look,
				ConfigPlanChecks:  nothingPlanned(),
				ConfigStateChecks: []statecheck.StateCheck{has(points, "total_count", knownvalue.Int64Exact(1))},
			},
			{Config: store.server(out), ExpectError: regexp.MustCompile(`(?s)Unable to Delete Backup Location.*still\s+holds 1 points.*force_destroy`)},
			{
				Config: store.server(`location_id = "nosuch"`) + store.offsite(""), PlanOnly: true,
				ExpectError: regexp.MustCompile(`(?s)Location Not Found.*nosuch`),
			},
			{Config: store.server(out) + store.offsite("force_destroy = true")},
			{Config: store.server(out)},
		},
	})
	if n := countPoints(t, store, server); n != 0 {
		t.Errorf("%d points are left", n)
	}
	if _, err := os.Stat(store.offsiteDir()); err != nil {
		t.Errorf("the repository itself is gone: %v", err)
	}
	if _, err := store.service().Location(t.Context(), id); !errors.Is(err, backup.ErrNotFound) {
		t.Errorf("the location is left: %v", err)
	}
}

// TestAccLocalLocationMistakes are those that only the service can see.
func TestAccLocalLocationMistakes(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	at := func(repository string) string {
		return store.config(fmt.Sprintf("resource \"serverbackup_location\" \"test\" {\n  name = \"x\"\n  local = { repository = %q }\n}\n", repository))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{Config: at("relative"), PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)Invalid Repository.*no clean absolute\s+path`)},
			{Config: at(filepath.Join(store.dir, "below")), PlanOnly: true, ExpectError: regexp.MustCompile(`Overlapping Repositories`)},
			{
				Config: store.config("resource \"serverbackup_location\" \"test\" {\n  name = \"x\"\n}\n"), PlanOnly: true,
				ExpectError: regexp.MustCompile(`(?s)Missing Options.*local = \{\s+repository = `),
			},
			{Config: store.config(minPolicy)},
			{Config: at(store.dir), ExpectError: regexp.MustCompile(`(?s)Unable to Create Backup Location.*the provider's\s+own`)},
		},
	})
}

// TestAccLocalMain: the repository of the provider gets a bin and a lock, and loses them with the resource.
func TestAccLocalMain(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	const main = "resource \"serverbackup_location\" \"test\" {\n  name = \"main\"\n  soft_delete = { retention_days = 7 }\n  lock = { min_days = 2 }\n}\n"
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{Config: store.config(minPolicy)},
			{
				Config: store.config(minPolicy + main), ResourceName: locationAddress,
				ImportState: true, ImportStateId: "main", ImportStatePersist: true,
			},
			{
				Config:           store.config(minPolicy + main),
				ConfigPlanChecks: planned(locationAddress, plancheck.ResourceActionUpdate),
			},
			{Config: store.config(minPolicy + main), ConfigPlanChecks: nothingPlanned()},
			{
				Config: store.config(minPolicy),
				Check:  nil,
			},
		},
	})
	l, err := store.service().Location(t.Context(), "main")
	if err != nil || l.SoftDelete != nil || l.Lock != nil {
		t.Errorf("the main location is %+v, %v", l, err)
	}
}

// TestAccLocalBin: from destroy to the bin, and out of it with the action.
func TestAccLocalBin(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	service := store.service()
	var id string
	const (
		in    = "location_id = serverbackup_location.test.id\n  points_on_destroy = \"delete\""
		point = "resource \"serverbackup_point\" \"now\" {\n  server_id = serverbackup_server.test.id\n}\n"
		all   = "data \"serverbackup_points\" \"all\" {\n  include_deleted = true\n}\ndata \"serverbackup_points\" \"present\" {}\n"
		bin   = "soft_delete = { retention_days = 1 }\n  force_destroy = true"
	)
	server := fmt.Sprintf("resource \"serverbackup_server\" \"test\" {\n  name = \"web-1\"\n  local = { sources = [%q] }\n  %s\n}\n", store.files, in)
	config := store.offsite(bin) + server
	element := tfjsonpath.New("points").AtSliceIndex(0)
	f := newFakeTest(t, service)
	f.run(
		resource.TestStep{Config: config + point, Check: rememberID("serverbackup_point.now", &id)},
		resource.TestStep{
			PreConfig: f.forget, Config: config,
			Check: f.saysNow(`^WARNING: Backup Point in the Bin: .*recover it until .*serverbackup_recover_point with point_id = ".*, or run "terraform-provider-serverbackup agent recover --repository /`),
		},
		resource.TestStep{
			Config: config + all,
			ConfigStateChecks: []statecheck.StateCheck{
				has("data.serverbackup_points.present", "total_count", knownvalue.Int64Exact(0)),
				statecheck.ExpectKnownValue("data.serverbackup_points.all", element.AtMapKey("deletion_status"), knownvalue.StringExact("soft_deleted")),
				statecheck.ExpectKnownValue("data.serverbackup_points.all", element.AtMapKey("recover_until"), knownvalue.NotNull()),
			},
		},
		resource.TestStep{
			PreConfig: func() {
				a := newActionTest(t, recoverName, service)
				recovery := a.configured(pointArgument(id))
				if said := a.plan(recovery); said != "" {
					t.Error(said)
				}
				if events, said := a.invoke(recovery); said != "" || len(events) != 1 {
					t.Errorf("got %q, %s", events, said)
				}
			},
			Config: config + all,
			ConfigStateChecks: []statecheck.StateCheck{
				has("data.serverbackup_points.present", "total_count", knownvalue.Int64Exact(1)),
				statecheck.ExpectKnownValue("data.serverbackup_points.all", element.AtMapKey("deletion_status"), knownvalue.StringExact("present")),
			},
		},
	)
}

// TestAccLocalLocationS3: a location in a bucket, with keys that are in no state. Keys that do not open it are refused.
func TestAccLocalLocationS3(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	server := s3test.Start(t, s3test.Options{})
	server.Bucket(t, "backups", false)
	bucket := func(secret string, version int) string {
		return fmt.Sprintf(`
resource "serverbackup_location" "test" {
  name  = "bucket"
  local = {
    repository          = "s3://backups/team/"
    password_wo         = "a password of its own"
    password_wo_version = 1
    s3 = {
      endpoint               = %q
      access_key_wo          = %q
      secret_key_wo          = %q
      credentials_wo_version = %d
    }
  }
}
`, server.Endpoint, server.AccessKey, secret, version)
	}
	var id string
	const in = "location_id = serverbackup_location.test.id\n  points_on_destroy = \"delete\""
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{Config: store.server(in) + bucket(server.SecretKey, 1), Check: rememberID(serverAddress, &id)},
			{
				PreConfig:        func() { createPoint(t, store, id) },
				Config:           store.server(in) + bucket(server.SecretKey, 1),
				ConfigPlanChecks: nothingPlanned(),
			},
			{
				Config:      store.server(in) + bucket("not the key", 2),
				ExpectError: regexp.MustCompile(`Unable to Update Backup Location`),
			},
			{
				// Nothing says any more where the bucket is.
				Config: store.server(in) + `
resource "serverbackup_location" "test" {
  name  = "bucket"
  local = { repository = "s3://backups/team/" }
}
`,
				ExpectError: regexp.MustCompile(`Unable to Update Backup Location`),
			},
			{
				Config:           store.server(in) + bucket(server.SecretKey, 3),
				ConfigPlanChecks: planned(locationAddress, plancheck.ResourceActionUpdate),
				Check: func(s *terraform.State) error {
					if text := s.String(); strings.Contains(text, server.SecretKey) || strings.Contains(text, "a password of its own") {
						return fmt.Errorf("the state has a secret:\n%s", text)
					}
					return nil
				},
			},
		},
	})
}
