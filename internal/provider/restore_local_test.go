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
)

// localRestore is a restore of the point of localPoint; more are lines of its block.
func localRestore(s accStore, options, more string) string {
	return localPoint(s, "", fmt.Sprintf(
		"resource \"serverbackup_restore\" \"test\" {\n  point_id = serverbackup_point.now.id\n  local = {\n%s\n}\n%s\n}\n", options, more))
}

// isRestored is a check of a.txt after an apply.
func isRestored(dir string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		got, err := os.ReadFile(filepath.Join(dir, "a.txt"))
		if err == nil && string(got) != "content of a" {
			err = fmt.Errorf("it holds %q", got)
		}
		return err
	}
}

func TestAccLocalRestore(t *testing.T) {
	t.Parallel()
	s := newAccStore(t)
	target := filepath.Join(filepath.Dir(s.files), "drill")
	to := func(more string) string { return fmt.Sprintf("target = %q\n%s", target, more) }
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{
				// The point does not exist when this is planned.
				Config: localRestore(s, to(""), ""),
				ConfigStateChecks: []statecheck.StateCheck{
					has(restoreAddress, "status", knownvalue.StringExact("succeeded")),
					has(restoreAddress, "restored_id", knownvalue.StringExact(target)),
					has(restoreAddress, "started_at", knownvalue.NotNull()),
					has(restoreAddress, "finished_at", knownvalue.NotNull()),
				},
				Check: isRestored(target),
			},
			{
				// Deleted data are not restored by themselves.
				PreConfig: func() {
					if err := os.RemoveAll(target); err != nil {
						t.Fatal(err)
					}
				},
				Config:           localRestore(s, to(""), `triggers = { drill = "1" }`),
				ConfigPlanChecks: planned(restoreAddress, plancheck.ResourceActionUpdate),
			},
			{
				Config: localRestore(s, to(""), `triggers = { drill = "2" }`),
				Check:  isRestored(target),
			},
			{
				PreConfig:   func() { writeFile(t, filepath.Join(target, "a.txt"), "mine") },
				Config:      localRestore(s, to(""), `triggers = { drill = "3" }`),
				ExpectError: regexp.MustCompile(`(?s)Unable to Restore Backup Point.*a.txt\s+exists\s+already`),
			},
			{
				// The failed restore is tainted, and the next one may overwrite.
				Config:           localRestore(s, to(`overwrite = "always"`), `triggers = { drill = "3" }`),
				ConfigPlanChecks: planned(restoreAddress, plancheck.ResourceActionDestroyBeforeCreate),
				Check:            isRestored(target),
			},
		},
		// What was restored stays.
		CheckDestroy: isRestored(target),
	})
}

func TestAccLocalRestoreInPlace(t *testing.T) {
	t.Parallel()
	s := newAccStore(t)
	const inPlace = "in_place = true\noverwrite = \"always\""
	refused := func(options, more, want string) resource.TestStep {
		return resource.TestStep{Config: localRestore(s, options, more), PlanOnly: true, ExpectError: regexp.MustCompile("(?s)" + want)}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{Config: localPoint(s, "", "")},
			refused(inPlace, "", `overwrite_existing_data\s+=\s+true`),
			refused("", "overwrite_existing_data = true", `Missing Target`),
			refused("in_place = true\ntarget = \"/x\"", "overwrite_existing_data = true", `Conflicting Options`),
			refused(`target = "x"`+"\n"+`volume_ids = ["v-9"]`, "", `(?s)Unknown Volume.*v-9`),
			{
				Config: localPoint(s, "", `
resource "serverbackup_restore" "test" {
  point_id = "no-such-point"
  local    = { target = "x" }
}
`),
				PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)Point Not Found.*no-such-point`),
			},
			{
				PreConfig:         func() { writeFile(t, filepath.Join(s.files, "a.txt"), "spoilt") },
				Config:            localRestore(s, inPlace, "overwrite_existing_data = true"),
				ConfigStateChecks: []statecheck.StateCheck{has(restoreAddress, "restored_id", knownvalue.StringExact(s.files))},
				Check:             isRestored(s.files),
			},
			// The history has it, and has lost nothing that the point was.
			{
				Config: localRestore(s, inPlace, "overwrite_existing_data = true") + history(`kind = ["restore"]`),
				ConfigStateChecks: []statecheck.StateCheck{
					historyHas("total_count", knownvalue.Int64Exact(1)),
				},
			},
		},
	})
}
