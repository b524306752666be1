package provider

import (
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

// alter writes to the file behind Terraform's back, and leaves its time as if nothing had happened if
// age is zero.
func (a *archiveTest) alter(content string, age time.Duration) {
	a.t.Helper()
	info, err := os.Stat(a.file)
	if err == nil {
		err = os.WriteFile(a.file, []byte(content), 0o600)
	}
	if err == nil {
		at := info.ModTime().Add(-age)
		err = os.Chtimes(a.file, at, at)
	}
	if err != nil {
		a.t.Fatal(err)
	}
}

// A plan does not read an archive that looks unchanged: it would have seen that this one is not.
func TestAccArchiveNotRead(t *testing.T) {
	t.Parallel()
	a := newArchiveTest(t)
	a.run(
		resource.TestStep{Config: a.config("")},
		resource.TestStep{
			PreConfig:        func() { a.alter("the date of the point", 0) },
			Config:           a.config(""),
			ConfigPlanChecks: nothingPlanned(),
		},
		// With another time it is read, and found to be what it was.
		resource.TestStep{
			PreConfig:        func() { a.alter(a.service.content, time.Hour) },
			Config:           a.config("keep_on_destroy = true"),
			ConfigPlanChecks: planned(archiveAddress, plancheck.ResourceActionUpdate),
		},
		// That was noted with the update: it is not read again.
		resource.TestStep{
			PreConfig:        func() { a.alter("the date of the point", 0) },
			Config:           a.config("keep_on_destroy = true"),
			ConfigPlanChecks: nothingPlanned(),
		},
		resource.TestStep{Config: a.config("")},
	)
	if len(a.service.archived) != 1 {
		t.Errorf("written %d times", len(a.service.archived))
	}
}

// An altered archive is written again in place, and the warning says so before.
func TestAccArchiveAltered(t *testing.T) {
	t.Parallel()
	a := newArchiveTest(t)
	a.run(
		resource.TestStep{Config: a.config("")},
		resource.TestStep{
			PreConfig: func() { a.alter("the date of the point", time.Hour) },
			Config:    a.config(""),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(archiveAddress, plancheck.ResourceActionUpdate),
				a.says("WARNING: Point Archive Altered: .*" + sumOf(a.service.content) + ".*will be lost"),
			}},
			ConfigStateChecks: []statecheck.StateCheck{has(archiveAddress, "sha256", knownvalue.StringExact(sumOf(a.service.content)))},
			Check: func(*terraform.State) error {
				a.holds(map[string]string{"web.tar.zst": a.service.content})
				return nil
			},
		},
		resource.TestStep{
			PreConfig:        func() { a.alter("shorter", 0) },
			Config:           a.config(""),
			ConfigPlanChecks: planned(archiveAddress, plancheck.ResourceActionUpdate),
		},
		resource.TestStep{
			PreConfig: func() {
				if err := os.Chmod(a.file, 0o644); err != nil {
					t.Fatal(err)
				}
			},
			Config:           a.config(""),
			ConfigPlanChecks: planned(archiveAddress, plancheck.ResourceActionUpdate),
			Check:            a.modeIs(0o600),
		},
	)
	if len(a.service.archived) != 3 {
		t.Errorf("written %d times", len(a.service.archived))
	}
}

func TestAccArchiveMissing(t *testing.T) {
	t.Parallel()
	a := newArchiveTest(t)
	gone := func() {
		if err := os.Remove(a.file); err != nil {
			t.Fatal(err)
		}
	}
	a.run(
		resource.TestStep{Config: a.config("")},
		resource.TestStep{
			PreConfig: gone,
			Config:    a.config(""),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(archiveAddress, plancheck.ResourceActionCreate),
				a.says("WARNING: Point Archive Missing: .*writes it again"),
			}},
		},
		// Something else in its place is not the archive.
		resource.TestStep{
			PreConfig: func() {
				gone()
				if err := os.Mkdir(a.file, 0o700); err != nil {
					t.Fatal(err)
				}
			},
			Config:      a.config(""),
			ExpectError: regexp.MustCompile(`(?s)Unable to Create Point Archive.*exists\s+already`),
		},
	)
}

// Only what was written is deleted.
func TestAccArchiveLeftOnDestroy(t *testing.T) {
	t.Parallel()
	a := newArchiveTest(t)
	a.run(
		resource.TestStep{Config: a.config("")},
		resource.TestStep{
			PreConfig: func() { a.alter("the date of the point", time.Hour) },
			Config:    none,
			Check:     a.saysNow("WARNING: Point Archive Left in Place: .*altered"),
		},
	)
	a.holds(map[string]string{"web.tar.zst": "the date of the point"})
}
