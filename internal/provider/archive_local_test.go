package provider

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
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
)

// unpacked is the regular files of a tar.gz.
func unpacked(t *testing.T, file string) map[string]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	zipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for reader := tar.NewReader(zipped); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		files[header.Name] = string(content)
	}
}

func TestAccLocalArchive(t *testing.T) {
	t.Parallel()
	s := newAccStore(t)
	file := filepath.Join(filepath.Dir(s.files), "web.tar.gz")
	archive := func(point, more string) string {
		return fmt.Sprintf("resource \"serverbackup_point_archive\" \"test\" {\n  point_id = %s\n  path = %q\n%s\n}\n", point, file, more)
	}
	of := func(more string) string { return localPoint(s, "", archive("serverbackup_point.now.id", more)) }
	sums := map[string]bool{}
	sum := has(archiveAddress, "sha256", knownvalue.StringFunc(func(sum string) error {
		sums[sum] = true
		return nil
	}))
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{
				// The point does not exist when this is planned.
				Config:            of(""),
				ConfigStateChecks: []statecheck.StateCheck{sum},
				Check: func(*terraform.State) error {
					if diff := cmp.Diff(map[string]string{"a.txt": "content of a"}, unpacked(t, file)); diff != "" {
						return errors.New(diff)
					}
					return nil
				},
			},
			{
				PreConfig: func() {
					if err := os.Remove(file); err != nil {
						t.Fatal(err)
					}
				},
				Config:            of(""),
				ConfigPlanChecks:  planned(archiveAddress, plancheck.ResourceActionCreate),
				ConfigStateChecks: []statecheck.StateCheck{sum},
			},
			{
				Config: of(`volume_id = "v-9"`), PlanOnly: true,
				ExpectError: regexp.MustCompile(`(?s)v-9.*volumes\s+are.*` + filepath.Base(s.files)),
			},
			{
				Config: localPoint(s, "", archive(`"no-such-point"`, "")), PlanOnly: true,
				ExpectError: regexp.MustCompile(`(?s)Point Not Found.*no-such-point`),
			},
		},
		CheckDestroy: func(*terraform.State) error {
			if _, err := os.Stat(file); !os.IsNotExist(err) {
				return fmt.Errorf("the archive is left: %w", err)
			}
			return nil
		},
	})
	if len(sums) != 1 {
		t.Errorf("the same point has several sums: %v", sums)
	}
}
