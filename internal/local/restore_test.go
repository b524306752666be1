//go:build unix

package local_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// bringBack restores and waits for it.
func bringBack(t *testing.T, svc *local.Service, r backup.RestoreRequest) backup.Restore {
	t.Helper()
	started, err := svc.StartRestore(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if started.ID == "" || started.Status != backup.HistoryRunning || started.PointID != r.PointID {
		t.Fatalf("started: %+v", started)
	}
	done, err := backup.WaitRestore(t.Context(), svc, started, 5*time.Millisecond, nil)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// restoreTo restores to a directory and wants that to succeed.
func restoreTo(t *testing.T, svc *local.Service, point string, o local.RestoreOptions) {
	t.Helper()
	r := bringBack(t, svc, backup.RestoreRequest{PointID: point, OverwriteExistingData: o.InPlace, Options: o})
	if r.Status != backup.HistorySucceeded {
		t.Fatalf("restore: %+v", r)
	}
}

func TestRestoreRoundTrip(t *testing.T) {
	t.Parallel()
	if !alsoAsNobody(t) {
		return
	}
	svc := newService(t, nil)
	dir := oddTree(t)
	if os.Getuid() != 0 {
		// What cannot be read is not in the backup.
		if err := os.Chmod(filepath.Join(dir, "empty"), 0o400); err != nil {
			t.Fatal(err)
		}
	}
	want := describe(t, dir)
	p := take(t, svc, backup.PointRequest{ServerID: protect(t, svc, "web", dir).ID})
	if p.Status != backup.StatusAvailable {
		t.Fatalf("%+v", p)
	}
	target := filepath.Join(t.TempDir(), "new", "target")
	t.Cleanup(func() { makeWritable(target) })
	restoreTo(t, svc, p.ID, local.RestoreOptions{Target: target})
	same(t, describe(t, target), want)

	// Over itself, and in place over what was changed meanwhile.
	restoreTo(t, svc, p.ID, local.RestoreOptions{Target: target, Overwrite: local.OverwriteAlways})
	same(t, describe(t, target), want)
	makeWritable(dir)
	for name, content := range map[string]string{"plain": "changed", "deep/new": "mine"} {
		_ = os.Remove(filepath.Join(dir, name))
		write(t, filepath.Join(dir, name), content)
	}
	if err := errors.Join(os.Remove(filepath.Join(dir, "ünï", "日本語 🎉")), os.Remove(filepath.Join(dir, "link"))); err != nil {
		t.Fatal(err)
	}
	restoreTo(t, svc, p.ID, local.RestoreOptions{InPlace: true, Overwrite: local.OverwriteAlways})
	got := describe(t, dir)
	if _, ok := got["deep/new"]; !ok {
		t.Error("a file that is not in the backup is gone")
	}
	delete(got, "deep/new")
	// The name that is not UTF-8 comes back with the sign for that; the file itself is still there.
	same(t, got, want)
}

// alsoAsNobody runs a test a second time as a user who may not do everything.
func alsoAsNobody(t *testing.T) bool {
	t.Helper()
	nobody(t)
	return true
}

func TestRestoreManyFiles(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for i := range 10_000 {
		files[fmt.Sprintf("%d/%d/file%d", i%7, i%91, i)] = fmt.Sprint(i)
	}
	dir := tree(t, files)
	svc := newService(t, nil)
	want := describe(t, dir)
	p := take(t, svc, backup.PointRequest{ServerID: protect(t, svc, "web", dir).ID})
	target := t.TempDir()
	if err := os.Chtimes(target, time.Time{}, time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	restoreTo(t, svc, p.ID, local.RestoreOptions{Target: target, Overwrite: local.OverwriteAlways})
	same(t, describe(t, target), want)
}

// TestRestoreVolumes: several volumes have directories of their own, one has the target; images are
// files, and their directory is nobody's.
func TestRestoreVolumes(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	first, images := tree(t, map[string]string{"a": "one"}), tree(t, map[string]string{"disk.img": "image", "other": "mine"})
	image := filepath.Join(images, "disk.img")
	p := take(t, svc, backup.PointRequest{ServerID: protect(t, svc, "web", first, image).ID})
	names := func(dir string) []string {
		var list []string
		for name := range describe(t, dir) {
			list = append(list, name)
		}
		slices.Sort(list)
		return list
	}
	below := func(path string) string { return strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", "_") }
	target := filepath.Join(t.TempDir(), "both")
	restoreTo(t, svc, p.ID, local.RestoreOptions{Target: target})
	if want := []string{".", below(first), below(first) + "/a", below(image), below(image) + "/disk.img"}; !slices.Equal(names(target), want) {
		t.Errorf("both: %q, want %q", names(target), want)
	}
	for i, want := range []string{"a", "disk.img"} {
		target := filepath.Join(t.TempDir(), "one")
		restoreTo(t, svc, p.ID, local.RestoreOptions{Target: target, VolumeIDs: []string{p.Volumes[i].ID}})
		if got := names(target); !slices.Equal(got, []string{".", want}) {
			t.Errorf("one: %q, want %q", got, want)
		}
	}

	before, _ := os.Stat(images)
	write(t, image, "damaged")
	r := bringBack(t, svc, backup.RestoreRequest{PointID: p.ID, OverwriteExistingData: true, Options: local.RestoreOptions{InPlace: true, Overwrite: local.OverwriteAlways}})
	if r.Status != backup.HistorySucceeded || r.RestoredID != first+":"+image {
		t.Errorf("in place: %+v", r)
	}
	data, err := os.ReadFile(image)
	if after, _ := os.Stat(images); err != nil || string(data) != "image" || after.Mode() != before.Mode() {
		t.Errorf("the image holds %q, %v", data, err)
	}
	if got := names(images); !slices.Equal(got, []string{".", "disk.img", "other"}) {
		t.Errorf("beside the image there is %q", got)
	}

	// A lost disk: not even the directories are there.
	if err := errors.Join(os.RemoveAll(first), os.RemoveAll(images)); err != nil {
		t.Fatal(err)
	}
	restoreTo(t, svc, p.ID, local.RestoreOptions{InPlace: true})
	if got := append(names(first), names(images)...); !slices.Equal(got, []string{".", "a", ".", "disk.img"}) {
		t.Errorf("after a loss: %q", got)
	}
}

// TestRestoreOfALinkedImage: the link stays, and what it leads to is restored.
func TestRestoreOfALinkedImage(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	dir := tree(t, map[string]string{"images/real.img": "image"})
	link := filepath.Join(dir, "link.img")
	if err := os.Symlink("images/real.img", link); err != nil {
		t.Fatal(err)
	}
	p := take(t, svc, backup.PointRequest{ServerID: protect(t, svc, "web", link).ID})
	write(t, link, "damaged")
	restoreTo(t, svc, p.ID, local.RestoreOptions{InPlace: true, Overwrite: local.OverwriteAlways})
	data, err := os.ReadFile(filepath.Join(dir, "images", "real.img"))
	if err != nil || string(data) != "image" {
		t.Errorf("the image holds %q, %v", data, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info, err)
	}
}

func TestRestoreInTheWay(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	dir := tree(t, map[string]string{"a": "one", "b/c": "two"})
	p := take(t, svc, backup.PointRequest{ServerID: protect(t, svc, "web", dir).ID})
	target := tree(t, map[string]string{"b/c": "mine"})
	r := bringBack(t, svc, backup.RestoreRequest{PointID: p.ID, Options: local.RestoreOptions{Target: target}})
	if r.Status != backup.HistoryFailed || !strings.Contains(r.Error, filepath.Join(target, "b", "c")+" exists") || !strings.Contains(r.Error, "Nothing was restored") {
		t.Errorf("restore: %+v", r)
	}
	if _, err := os.Stat(filepath.Join(target, "a")); err == nil {
		t.Error("something was restored")
	}
}

func TestRestoreDamaged(t *testing.T) {
	t.Parallel()
	repository := filepath.Join(t.TempDir(), "repository")
	svc := newService(t, func(c *local.Config) { c.Repository = repository })
	dir := tree(t, map[string]string{"a": "one", "b/large": randomText(t, 3<<20)})
	p := take(t, svc, backup.PointRequest{ServerID: protect(t, svc, "web", dir).ID})
	pack := blobs(t, repository, "p")[0]
	flip(t, pack, 1<<20)
	target := filepath.Join(t.TempDir(), "target")
	r := bringBack(t, svc, backup.RestoreRequest{PointID: p.ID, Options: local.RestoreOptions{Target: target}})
	if r.Status != backup.HistoryFailed || !strings.Contains(r.Error, filepath.Join(target, "b/large")) || !strings.Contains(r.Error, blobID(t, repository, pack)) {
		t.Errorf("restore: %+v", r)
	}
	if _, err := os.Stat(filepath.Join(target, "b/large")); err == nil {
		t.Error("a damaged file was restored")
	}
	err := svc.Archive(t.Context(), backup.ArchiveRequest{PointID: p.ID, Format: "tar.gz"}, &strings.Builder{}, nil)
	if err == nil || !strings.Contains(err.Error(), "b/large") {
		t.Errorf("archive: %v", err)
	}
}

// hugeSize takes a while to restore.
const hugeSize = 1 << 30

func TestRestoreCancel(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	dir := tree(t, map[string]string{"a": "one", "huge": ""})
	if err := os.Truncate(filepath.Join(dir, "huge"), hugeSize); err != nil {
		t.Fatal(err)
	}
	p := take(t, svc, backup.PointRequest{ServerID: protect(t, svc, "web", dir).ID})
	target := filepath.Join(t.TempDir(), "target")
	r, err := svc.StartRestore(t.Context(), backup.RestoreRequest{PointID: p.ID, Options: local.RestoreOptions{Target: target}})
	if err != nil {
		t.Fatal(err)
	}
	for r.ReadBytes == nil || *r.ReadBytes == 0 {
		if r, err = svc.Restore(t.Context(), r.ID); err != nil {
			t.Fatal(err)
		}
	}
	start := time.Now()
	r, err = svc.CancelRestore(t.Context(), r.ID)
	if err != nil || r.Status != backup.HistoryFailed || !strings.Contains(r.Error, "canceled") || time.Since(start) > 5*time.Second {
		t.Errorf("canceled after %s: %+v, %v", time.Since(start), r, err)
	}
	files, _ := os.ReadDir(target)
	if len(files) > 1 || (len(files) == 1 && files[0].Name() != "a") {
		t.Errorf("there is %v", files)
	}
	for e, err := range svc.History(t.Context(), backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindRestore}}) {
		if err != nil || e.ID != r.ID || e.Status != backup.HistoryFailed || e.ServiceStatus != "canceled" {
			t.Errorf("history: %+v, %v", e, err)
		}
	}
}

func TestRestoreIncomplete(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	good, lost := tree(t, map[string]string{"a": "one"}), tree(t, map[string]string{"b": "two"})
	srv := protect(t, svc, "web", good, lost)
	if err := os.RemoveAll(lost); err != nil {
		t.Fatal(err)
	}
	p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	target := filepath.Join(t.TempDir(), "target")
	r := backup.RestoreRequest{PointID: p.ID, Options: local.RestoreOptions{Target: target}}
	problems := svc.CheckRestore(t.Context(), r)
	if len(problems) != 1 || problems[0].Path[0] != "point_id" || !strings.Contains(problems[0].Detail, "allow_incomplete") {
		t.Errorf("problems: %+v", problems)
	}
	if _, err := svc.StartRestore(t.Context(), r); err == nil {
		t.Error("a point in error was restored")
	}
	restoreTo(t, svc, p.ID, local.RestoreOptions{Target: target, AllowIncomplete: true})
	if data, err := os.ReadFile(filepath.Join(target, "a")); err != nil || string(data) != "one" {
		t.Errorf("restored: %q, %v", data, err)
	}
}

// TestRestoreKilled: a restore whose process is gone is a failed one, for everybody.
func TestRestoreKilled(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("other processes, or too slow, for the race detector")
	}
	cfg := local.Config{Repository: filepath.Join(t.TempDir(), "repository"), Password: "correct horse", Host: "testhost", User: "tester"}
	svc := newService(t, func(c *local.Config) { *c = cfg })
	dir := tree(t, map[string]string{"huge": ""})
	if err := os.Truncate(filepath.Join(dir, "huge"), hugeSize); err != nil {
		t.Fatal(err)
	}
	p := take(t, svc, backup.PointRequest{ServerID: protect(t, svc, "web", dir).ID})
	cmd := helper(t, job{Config: cfg, Restore: p.ID, Target: filepath.Join(t.TempDir(), "target")})
	out, err := cmd.Output()
	var killed *exec.ExitError
	if !errors.As(err, &killed) {
		t.Fatalf("the process was not killed: %v", err)
	}
	id := strings.TrimSpace(string(out))
	r, err := svc.Restore(t.Context(), id)
	if err != nil || r.Status != backup.HistoryFailed || r.Error == "" {
		t.Errorf("restore: %+v, %v", r, err)
	}
	for e, err := range svc.History(t.Context(), backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindRestore}}) {
		if err != nil || e.ID != id || e.Status != backup.HistoryFailed || e.ServiceStatus != "interrupted" {
			t.Errorf("history: %+v, %v", e, err)
		}
	}
}
