package provider

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

func TestAccArchiveMinMax(t *testing.T) {
	t.Parallel()
	a := newArchiveTest(t)
	text := knownvalue.StringExact
	cwd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	// The state keeps the spelling of the configuration.
	relative, err := filepath.Rel(cwd, filepath.Join(a.dir, "disk.bin"))
	if err != nil {
		t.Fatal(err)
	}
	a.run(
		resource.TestStep{
			Config: a.config(""),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{
					plancheck.ExpectKnownValue(archiveAddress, tfjsonpath.New("id"), text(a.file)),
					plancheck.ExpectKnownValue(archiveAddress, tfjsonpath.New("format"), text("tar.zst")),
					plancheck.ExpectUnknownValue(archiveAddress, tfjsonpath.New("sha256")),
				},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), a.says()},
			},
			ConfigStateChecks: []statecheck.StateCheck{
				has(archiveAddress, "id", text(a.file)),
				has(archiveAddress, "volume_id", knownvalue.Null()),
				has(archiveAddress, "file_mode", text("0600")),
				has(archiveAddress, "keep_on_destroy", knownvalue.Bool(false)),
				has(archiveAddress, "size_bytes", knownvalue.Int64Exact(int64(len(a.service.content)))),
				has(archiveAddress, "sha256", text(sumOf(a.service.content))),
			},
			Check: a.modeIs(0o600),
		},
		resource.TestStep{
			// In place, without another archive.
			Config:           a.config("file_mode = \"640\"\nkeep_on_destroy = true\ntimeouts = { create = \"1m\", update = \"1m\" }"),
			ConfigPlanChecks: planned(archiveAddress, plancheck.ResourceActionUpdate),
			Check:            a.modeIs(0o640),
		},
		resource.TestStep{
			Config:           archiveOf("point-0", relative, "volume_id = \"volume-1\"\nformat = \"tar.gz\"\nfile_mode = \"0644\""),
			ConfigPlanChecks: planned(archiveAddress, plancheck.ResourceActionDestroyBeforeCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				has(archiveAddress, "path", text(relative)),
				has(archiveAddress, "id", text(relative)),
				has(archiveAddress, "format", text("tar.gz")),
				has(archiveAddress, "file_mode", text("0644")),
			},
			Check: func(*terraform.State) error {
				// The first was to be kept.
				a.holds(map[string]string{"web.tar.zst": a.service.content, "disk.bin": a.service.content})
				return nil
			},
		},
	)
	a.holds(map[string]string{"web.tar.zst": a.service.content})
	if diff := cmp.Diff([]backup.ArchiveRequest{
		{PointID: "point-0", Format: "tar.zst"},
		{PointID: "point-0", VolumeID: "volume-1", Format: "tar.gz"},
	}, a.service.archived); diff != "" {
		t.Error(diff)
	}
}

// Another point is written over the old file's place, which is free by then.
func TestAccArchiveReplaced(t *testing.T) {
	t.Parallel()
	a := newArchiveTest(t)
	with := func(point, more string) string { return archiveOf(point, a.file, more) }
	a.run(
		resource.TestStep{Config: a.config("")},
		resource.TestStep{
			PreConfig:        func() { a.service.content = "the data of another point" },
			Config:           with("point-1", ""),
			ConfigPlanChecks: planned(archiveAddress, plancheck.ResourceActionDestroyBeforeCreate),
			Check: func(*terraform.State) error {
				a.holds(map[string]string{"web.tar.zst": a.service.content})
				return nil
			},
		},
		resource.TestStep{
			Config:      with("point-2", "lifecycle {\n  create_before_destroy = true\n}"),
			ExpectError: regexp.MustCompile(`(?s)Unable to Create Point Archive.*exists\s+already.*create_before_destroy`),
		},
		resource.TestStep{Config: with("point-1", "keep_on_destroy = true")},
		resource.TestStep{
			Config: with("point-2", ""), PlanOnly: true,
			ExpectError: regexp.MustCompile(`(?s)Archive Is Kept.*point_id`),
		},
		// An explicit format that goes again means the one of the name.
		resource.TestStep{
			Config: archiveOf("point-1", filepath.Join(a.dir, "x.tgz"), "format = \"tar.zst\""),
		},
		resource.TestStep{
			Config:            archiveOf("point-1", filepath.Join(a.dir, "x.tgz"), ""),
			ConfigPlanChecks:  planned(archiveAddress, plancheck.ResourceActionDestroyBeforeCreate),
			ConfigStateChecks: []statecheck.StateCheck{has(archiveAddress, "format", knownvalue.StringExact("tar.gz"))},
		},
	)
}

// What fails leaves neither a file nor a state.
func TestAccArchiveFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		more   string
		during func(*archiveTest) func(context.Context) error
		want   string
	}{
		"service": {
			during: func(*archiveTest) func(context.Context) error {
				return func(context.Context) error { return errors.New("a pack is damaged") }
			},
			want: `(?s)Unable to Create Point Archive.*a pack is damaged`,
		},
		"timeout": {
			more: `timeouts = { create = "200ms" }`,
			during: func(*archiveTest) func(context.Context) error {
				return func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
			},
			want: `(?s)Unable to Create Point Archive.*timeouts`,
		},
		"interrupt": {
			during: func(a *archiveTest) func(context.Context) error {
				return func(ctx context.Context) error { a.interrupt(); return ctx.Err() }
			},
			want: `(?s)Unable to Create Point Archive.*interrupted`,
		},
		"another file": {
			during: func(a *archiveTest) func(context.Context) error {
				return func(context.Context) error { return os.WriteFile(a.file, []byte("mine"), 0o600) }
			},
			want: `(?s)Unable to Create Point Archive.*exists\s+already`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newArchiveTest(t)
			a.service.during = c.during(a)
			a.run(
				resource.TestStep{Config: a.config(c.more), ExpectError: regexp.MustCompile(c.want)},
				resource.TestStep{
					PreConfig: func() {
						left := map[string]string{}
						if name == "another file" {
							left["web.tar.zst"] = "mine"
						}
						a.holds(left)
						_ = os.Remove(a.file)
						a.service.during = nil
					},
					Config:           a.config(""),
					ConfigPlanChecks: planned(archiveAddress, plancheck.ResourceActionCreate),
				},
			)
			a.holds(nil)
		})
	}
}

func TestAccArchiveRefused(t *testing.T) {
	t.Parallel()
	a := newArchiveTest(t)
	a.service.refuse = func(r backup.ArchiveRequest) []backup.Problem {
		if r.VolumeID == "" {
			return nil
		}
		return []backup.Problem{{Path: []string{"volume_id"}, Summary: "Volume Not Found", Detail: "The point has the volumes v-1 and v-2."}}
	}
	step := func(config, want string) resource.TestStep {
		return resource.TestStep{Config: config, PlanOnly: true, ExpectError: regexp.MustCompile("(?s)" + want)}
	}
	writeFile(t, filepath.Join(a.dir, "mine.tgz"), "mine")
	a.run(
		step(a.config(`volume_id = "v-3"`), `Volume Not Found.*v-1\s+and\s+v-2`),
		step(archiveOf("p", filepath.Join(a.dir, "web.bin"), ""), `Unknown Archive Format.*web.bin.*set\s+format`),
		step(archiveOf("p", filepath.Join(a.dir, "nowhere", "web.tgz"), ""), `Directory Not Found.*nowhere`),
		step(archiveOf("p", filepath.Join(a.dir, "mine.tgz", "web.tgz"), ""), `Directory Not Found.*mine.tgz`),
		step(a.config(`file_mode = "rw-------"`), `octal`),
		step(a.config(`file_mode = "0888"`), `octal`),
		step(a.config(`format = "zip"`), `Invalid Attribute Value Match.*tar.zst`),
	)
	newFakeTest(t, newFakeService()).run(step(a.config(""), `Unable to Create Point Archive.*configured\s+backup\s+service`))
}

// Nothing is overwritten, not even a link to nothing. The plan warns only, because the file may be gone
// by the time of the apply: that of a tainted archive is.
func TestAccArchiveFileExists(t *testing.T) {
	t.Parallel()
	a := newArchiveTest(t)
	fails := regexp.MustCompile(`(?s)Unable to Create Point Archive.*nothing\s+is\s+overwritten`)
	a.run(
		resource.TestStep{
			PreConfig:   func() { writeFile(t, a.file, "mine") },
			Config:      a.config(""),
			ExpectError: fails,
		},
		resource.TestStep{
			PreConfig: func() {
				if err := a.heard("WARNING: File Exists: .*the apply fails"); err != nil {
					t.Error(err)
				}
				a.holds(map[string]string{"web.tar.zst": "mine"})
				if err := errors.Join(os.Remove(a.file), os.Symlink("nowhere", a.file)); err != nil {
					t.Fatal(err)
				}
			},
			Config:      a.config(""),
			ExpectError: fails,
		},
		resource.TestStep{
			PreConfig: func() {
				if err := os.Remove(a.file); err != nil {
					t.Fatal(err)
				}
			},
			Config: a.config(""),
		},
		resource.TestStep{
			Taint:            []string{archiveAddress},
			Config:           a.config(""),
			ConfigPlanChecks: planned(archiveAddress, plancheck.ResourceActionDestroyBeforeCreate),
		},
	)
	if len(a.service.archived) != 2 {
		t.Errorf("written %d times", len(a.service.archived))
	}
}

// While a path is not known, nothing can be said of it, nor of the format that follows from it.
func TestAccArchiveUnknown(t *testing.T) {
	t.Parallel()
	a := newArchiveTest(t)
	a.service.refuse = func(r backup.ArchiveRequest) []backup.Problem {
		if r.Format != "" {
			return nil
		}
		return []backup.Problem{{Path: []string{"format"}, Summary: "No Format", Detail: "There is none."}}
	}
	config := func(generation int) string {
		return fmt.Sprintf(`
resource "terraform_data" "file" {
  input            = %q
  triggers_replace = %d
}
resource "serverbackup_point_archive" "test" {
  point_id = terraform_data.file.id
  path     = terraform_data.file.output
}
`, a.file, generation)
	}
	a.run(
		resource.TestStep{
			Config: config(1),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue(archiveAddress, tfjsonpath.New("format")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{has(archiveAddress, "format", knownvalue.StringExact("tar.zst"))},
		},
		resource.TestStep{
			Config:           config(2),
			ConfigPlanChecks: planned(archiveAddress, plancheck.ResourceActionDestroyBeforeCreate),
		},
	)
}

func TestAccArchiveWhileProviderUnknown(t *testing.T) {
	t.Parallel()
	a := newArchiveTest(t)
	runUnconfigured(a.fakeTest,
		resource.TestStep{Config: unknownStore(1, a.config(""))},
		resource.TestStep{
			Config:           unknownStore(2, a.config("")),
			ConfigPlanChecks: planned(archiveAddress, plancheck.ResourceActionNoop),
		},
	)
}

func TestAccArchiveInWrongStore(t *testing.T) {
	t.Parallel()
	a := newArchiveTest(t)
	a.run(
		resource.TestStep{Config: a.config("")},
		resource.TestStep{
			PreConfig:   func() { a.service.scope.ID = "region-2" },
			Config:      a.config(""),
			PlanOnly:    true,
			ExpectError: regexp.MustCompile(`Wrong Backup Store`),
		},
		resource.TestStep{PreConfig: func() { a.service.scope.ID = "region-1" }, Config: a.config(""), PlanOnly: true},
	)
}
