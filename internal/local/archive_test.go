//go:build unix

package local_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// unpack writes an archive and unpacks it with tar.
func unpack(t *testing.T, svc backup.Downloader, r backup.ArchiveRequest) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "archive."+r.Format)
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := svc.Archive(t.Context(), r, f, nil); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	target := t.TempDir()
	t.Cleanup(func() { makeWritable(target) })
	if out, err := exec.CommandContext(t.Context(), "tar", "-xpf", file, "-C", target, "--numeric-owner").CombinedOutput(); err != nil {
		if strings.Contains(string(out), "zstd: Cannot exec") {
			t.Skip("tar has no zstd here")
		}
		t.Fatalf("tar: %v\n%s", err, out)
	}
	return target
}

// TestArchiveUnpacks: what comes out of tar is what was backed up.
func TestArchiveUnpacks(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	dir := oddTree(t)
	want := describe(t, dir)
	p := take(t, svc, backup.PointRequest{ServerID: protect(t, svc, "web", dir).ID})
	if p.Status != backup.StatusAvailable {
		t.Fatalf("%+v", p)
	}
	for _, format := range []string{"tar.gz", "tar.zst"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			same(t, describe(t, unpack(t, svc, backup.ArchiveRequest{PointID: p.ID, Format: format})), want)
		})
	}
}

func TestArchiveOfVolumes(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	first, second := tree(t, map[string]string{"a": "one"}), tree(t, map[string]string{"disk.img": strings.Repeat("image", 1<<18), "other": "no"})
	srv := protect(t, svc, "web", first, filepath.Join(second, "disk.img"))
	p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	names := func(r backup.ArchiveRequest) string {
		var list []string
		for name := range describe(t, unpack(t, svc, r)) {
			if !strings.HasSuffix(name, ".") {
				list = append(list, name)
			}
		}
		return strings.Join(list, " ")
	}
	got := names(backup.ArchiveRequest{PointID: p.ID, Format: "tar.gz"})
	below := func(dir string) string { return strings.ReplaceAll(strings.TrimPrefix(dir, "/"), "/", "_") }
	for _, want := range []string{below(first) + "/a", below(second) + "_disk.img/disk.img"} {
		if !strings.Contains(got, want) {
			t.Errorf("the whole point has %s, want %s", got, want)
		}
	}
	for i, want := range []string{"a", "disk.img"} {
		if got := names(backup.ArchiveRequest{PointID: p.ID, VolumeID: p.Volumes[i].ID, Format: "tar.gz"}); got != want {
			t.Errorf("volume %s has %s, want %s", p.Volumes[i].SourceID, got, want)
		}
	}
	problems := svc.CheckArchive(t.Context(), backup.ArchiveRequest{PointID: p.ID, VolumeID: "sda", Format: "zip"})
	if len(problems) != 2 || !strings.Contains(problems[0].Detail, "tar.gz, tar.zst") ||
		!strings.Contains(problems[1].Detail, p.Volumes[0].ID+" ("+first+")") {
		t.Errorf("problems: %+v", problems)
	}
}
