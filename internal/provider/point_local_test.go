package provider

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// localPoint is a server of the embedded service and a point of it with more in it.
func localPoint(s accStore, inputs, rest string) string {
	return s.config(fmt.Sprintf(`
resource "serverbackup_server" "web" {
  name              = "web"
  points_on_destroy = "delete"
  local             = { sources = [%q] }
}

resource "serverbackup_point" "now" {
  server_id = serverbackup_server.web.id
%s
}
`, s.files, inputs) + rest)
}

func TestAccLocalPointLife(t *testing.T) {
	t.Parallel()
	s := newAccStore(t)
	triggers := func(release string) string {
		return fmt.Sprintf("name = \"release\"\ntags = { a = \"b\" }\ntriggers = { release = %q }\nlifecycle {\ncreate_before_destroy = true\n}", release)
	}
	ids := map[string]bool{}
	noteID := statecheck.ExpectKnownValue(pointAddress, tfjsonpath.New("id"), knownvalue.StringFunc(func(id string) error {
		ids[id] = true
		return nil
	}))
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{
				Config: localPoint(s, triggers("1"), ""),
				ConfigStateChecks: []statecheck.StateCheck{
					noteID,
					pointHas("status", knownvalue.StringExact("available")),
					pointHas("type", knownvalue.StringExact("full")),
					pointHas("size_bytes", knownvalue.Int64Exact(int64(len("content of a")))),
					pointHas("incomplete_files", knownvalue.Int64Exact(0)),
					pointHas("finished_at", knownvalue.NotNull()),
				},
			},
			{ResourceName: pointAddress, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"triggers"}},
			{
				PreConfig: func() { writeFile(t, filepath.Join(s.files, "b.txt"), "content of b") },
				Config:    localPoint(s, triggers("2"), ""),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					pointPlans(plancheck.ResourceActionCreateBeforeDestroy),
				}},
				ConfigStateChecks: []statecheck.StateCheck{noteID, pointHas("type", knownvalue.StringExact("incremental"))},
			},
			{
				PreConfig: func() {
					for p, err := range s.service().Points(t.Context(), backup.PointFilter{}) {
						if err == nil {
							err = s.service().DeletePoint(t.Context(), p.ID)
						}
						if err != nil {
							t.Fatal(err)
						}
					}
				},
				Config: localPoint(s, triggers("2"), ""),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					pointPlans(plancheck.ResourceActionCreate),
				}},
				ConfigStateChecks: []statecheck.StateCheck{noteID},
			},
		},
		CheckDestroy: func(*terraform.State) error {
			for p, err := range s.service().Points(t.Context(), backup.PointFilter{}) {
				return fmt.Errorf("left: %v, %w", p, err)
			}
			return nil
		},
	})
	if len(ids) != 3 {
		t.Errorf("expected three points, got %v", ids)
	}
}

func TestAccLocalPointDataSources(t *testing.T) {
	t.Parallel()
	s := newAccStore(t)
	at := func(dataSource string, path tfjsonpath.Path, value knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data.serverbackup_"+dataSource+".x", path, value)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{
				// A store that does not exist is empty, and looking at it does not create it.
				Config: s.config(points(``) + history(``) + spaceUsage(``)),
				ConfigStateChecks: []statecheck.StateCheck{
					pointsHave("total_count", knownvalue.Int64Exact(0)),
					historyHas("total_count", knownvalue.Int64Exact(0)),
					at("space_usage", tfjsonpath.New("servers"), knownvalue.ListSizeExact(0)),
				},
				Check: func(*terraform.State) error {
					if _, err := os.Stat(s.dir); !os.IsNotExist(err) {
						return fmt.Errorf("the repository was created by looking at it: %w", err)
					}
					return nil
				},
			},
			{
				Config: localPoint(s, `tags = { env = "prod" }`,
					points("server_id = serverbackup_point.now.server_id\ntags = { env = \"prod\" }\nstatus = [\"available\"]\nmax_age = \"1h\"")+
						onePoint("server_id = serverbackup_point.now.server_id\nmost_recent = true")+
						history("server_id = serverbackup_point.now.server_id")+
						spaceUsage("server_ids = [serverbackup_point.now.server_id]")),
				ConfigStateChecks: []statecheck.StateCheck{
					pointsHave("total_count", knownvalue.Int64Exact(1)),
					at("point", tfjsonpath.New("volumes").AtSliceIndex(0).AtMapKey("source_id"), knownvalue.StringExact(s.files)),
					historyHas("entries", knownvalue.ListExact([]knownvalue.Check{knownvalue.ObjectPartial(map[string]knownvalue.Check{
						"kind": knownvalue.StringExact("backup"), "status": knownvalue.StringExact("succeeded"), "schedule_type": knownvalue.StringExact("manual"),
					})})),
					historyHas("retention_note", knownvalue.Null()),
					at("space_usage", tfjsonpath.New("servers").AtSliceIndex(0).AtMapKey("points"), knownvalue.Int64Exact(1)),
					at("space_usage", tfjsonpath.New("total_bytes"), knownvalue.Int64Exact(int64(len("content of a")))),
					at("space_usage", tfjsonpath.New("stored_bytes"), knownvalue.NotNull()),
				},
			},
		},
	})
}

func TestAccLocalPointImport(t *testing.T) {
	t.Parallel()
	s := newAccStore(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{Config: localPoint(s, "name = \"n\"\ndescription = \"d\"\nfull = true\non_destroy = \"keep\"", "")},
			{
				Config: s.config(`
removed {
  from = serverbackup_point.now
  lifecycle {
    destroy = false
  }
}

data "serverbackup_points" "x" {}
`) + localServerOnly(s),
			},
			{
				Config: localPoint(s, "name = \"n\"\ndescription = \"d\"", `
data "serverbackup_points" "x" {}

import {
  to = serverbackup_point.now
  id = data.serverbackup_points.x.points[0].id
}
`),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{pointPlans(plancheck.ResourceActionNoop)}},
			},
		},
	})
}

func localServerOnly(s accStore) string {
	return fmt.Sprintf(`
resource "serverbackup_server" "web" {
  name              = "web"
  points_on_destroy = "delete"
  local             = { sources = [%q] }
}
`, s.files)
}

// The state knows the store: another one, or one that is gone, is an error.
func TestAccLocalPointInWrongStore(t *testing.T) {
	t.Parallel()
	s := newAccStore(t)
	other := s
	other.dir += "-other"
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{Config: localPoint(s, "", "")},
			{Config: localPoint(other, "", ""), PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)Wrong Backup Store.*which\s+does\s+not\s+exist`)},
			{Config: localPoint(s, "", ""), PlanOnly: true},
		},
	})
}

func TestAccLocalPointErrors(t *testing.T) {
	t.Parallel()
	s := newAccStore(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{
				Config:   s.config(`resource "serverbackup_point" "now" { server_id = "no-such-server" }`),
				PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)no-such-server`),
			},
			{
				Config:   localPoint(s, "wait = false", ""),
				PlanOnly: true, ExpectError: regexp.MustCompile(`wait must be true`),
			},
			{Config: s.config(localServerOnly(s))},
			{
				// The source goes after the server was created; the point that fails is tainted.
				PreConfig: func() {
					if err := os.Rename(s.files, s.files+"-away"); err != nil {
						t.Fatal(err)
					}
				},
				Config:      localPoint(s, "", ""),
				ExpectError: regexp.MustCompile(`(?s)Unable to Create Backup Point.*ended in error.*files`),
			},
			{
				PreConfig: func() {
					if err := os.Rename(s.files+"-away", s.files); err != nil {
						t.Fatal(err)
					}
				},
				Config: localPoint(s, "", ""),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					pointPlans(plancheck.ResourceActionDestroyBeforeCreate),
				}},
				ConfigStateChecks: []statecheck.StateCheck{pointHas("status", knownvalue.StringExact("available"))},
			},
		},
	})
}

// The provider takes these points itself, so one that is given up is stopped.
func TestAccLocalPointTimeout(t *testing.T) {
	t.Parallel()
	s := newAccStore(t)
	// Zeros take time to read and no space.
	big := filepath.Join(s.files, "big")
	writeFile(t, big, "")
	if err := os.Truncate(big, 16<<30); err != nil {
		t.Fatal(err)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{
				Config:      localPoint(s, `timeouts = { create = "2s" }`, ""),
				ExpectError: regexp.MustCompile(`(?s)Unable to Create Backup Point.*2s\s+\(timeouts.create\).*stopped.*canceled`),
			},
			{
				PreConfig: func() {
					if err := os.Truncate(big, 0); err != nil {
						t.Fatal(err)
					}
				},
				Config: localPoint(s, `timeouts = { create = "1m" }`, ""),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					pointPlans(plancheck.ResourceActionDestroyBeforeCreate),
				}},
			},
		},
	})
}
