//go:build unix

package local_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// endless is a directory with a file that takes for ever to read, and what else is in it.
func endless(t *testing.T) (dir string, rest map[string]string) {
	t.Helper()
	dir = tree(t, map[string]string{"a": "one", "b/c": randomText(t, 1<<20), "b/empty": "", "b/.checkpointed.mine": "two"})
	if err := os.Symlink("a", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	sub := filepath.Join(dir, "b")
	info, err := os.Stat(sub)
	if err != nil {
		t.Fatal(err)
	}
	rest = describe(t, dir)
	huge := filepath.Join(sub, "huge")
	write(t, huge, "")
	if err := errors.Join(os.Truncate(huge, 1<<40), os.Chtimes(sub, info.ModTime(), info.ModTime())); err != nil {
		t.Fatal(err)
	}
	return dir, rest
}

// killAtCheckpoint starts a point in another process and kills that as soon as a checkpoint has all files but
// the endless one.
func killAtCheckpoint(t *testing.T, cfg local.Config, r backup.PointRequest, files int64) (point string) {
	t.Helper()
	cmd := helper(t, job{Config: cfg, Requests: []backup.PointRequest{r}})
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()         //nolint:errcheck // it is killed
	defer cmd.Process.Kill() //nolint:errcheck // it may be over
	svc := newService(t, func(c *local.Config) { *c = cfg })
	repo := open(t, cfg)
	defer repo.Close(t.Context()) //nolint:errcheck // only read
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		for _, p := range points(t, svc, backup.PointFilter{ServerID: r.ServerID, Status: []backup.Status{backup.StatusCreating}}) {
			if err := repo.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			trees, err := repo.Trees(t.Context(), p.ID, true)
			if err != nil {
				t.Fatal(err)
			}
			found := int64(0)
			for _, tr := range trees {
				found += tr.Root().Counts.Files
			}
			if found == files {
				return p.ID
			}
		}
	}
	t.Fatal("there is no checkpoint")
	return ""
}

// TestRestoreOfKilled: what a killed process had stored of a point is restored, and nothing that is only a part
// of a file.
func TestRestoreOfKilled(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("other processes, for the race detector")
	}
	onDiskAndS3(t, restoreOfKilled)
}

func restoreOfKilled(t *testing.T, where place) {
	t.Helper()
	cfg := where.cfg
	cfg.CheckpointInterval = 200 * time.Millisecond
	svc := newService(t, func(c *local.Config) { *c = cfg })
	image := filepath.Join(tree(t, map[string]string{"disk.img": "image"}), "disk.img")
	dir, rest := endless(t)
	never := tree(t, map[string]string{"never": "read"})
	srv := protect(t, svc, "web", image, dir, never)
	id := killAtCheckpoint(t, cfg, backup.PointRequest{ServerID: srv.ID, Name: "killed"}, 1+4)

	p, err := svc.Point(t.Context(), id, backup.Fresh)
	if err != nil || p.Status != backup.StatusError || p.ServiceStatus != "interrupted" || !strings.Contains(p.Error, "allow_incomplete") {
		t.Fatalf("the killed point: %+v, %v", p, err)
	}
	entries := history(t, svc, backup.HistoryFilter{ServerID: srv.ID})
	if len(entries) != 1 || entries[0].Status != backup.HistoryFailed || entries[0].Error != p.Error || entries[0].DeletionStatus != backup.DeletionPresent {
		t.Errorf("history: %+v", entries)
	}

	target := filepath.Join(t.TempDir(), "target")
	r := backup.RestoreRequest{PointID: id, Options: local.RestoreOptions{Target: target}}
	if _, err := svc.StartRestore(t.Context(), r); err == nil || !strings.Contains(err.Error(), "allow_incomplete") {
		t.Errorf("without being asked for: %v", err)
	}
	restored := func(when string) {
		t.Helper()
		target := filepath.Join(t.TempDir(), "target")
		restoreTo(t, svc, id, local.RestoreOptions{Target: target, AllowIncomplete: true})
		found := 0
		for _, name := range names(t, target) {
			found++
			if strings.HasSuffix(name, "disk.img") {
				continue
			}
			same(t, describe(t, filepath.Join(target, name)), rest)
		}
		if found != 2 {
			t.Errorf("%s: %d volumes were restored, want 2: %q", when, found, names(t, target))
		}
	}
	restored("after the kill")

	// One volume, by the id that a wrong one shows.
	problems := svc.CheckRestore(t.Context(), backup.RestoreRequest{PointID: id, Options: local.RestoreOptions{Target: target, AllowIncomplete: true, VolumeIDs: []string{"x"}}})
	if len(problems) != 1 || !strings.Contains(problems[0].Detail, id+"-1 ("+dir+")") || strings.Contains(problems[0].Detail, never) {
		t.Errorf("a volume that is not there: %+v", problems)
	}
	restoreTo(t, svc, id, local.RestoreOptions{Target: target, AllowIncomplete: true, VolumeIDs: []string{id + "-0"}})
	if data, err := os.ReadFile(filepath.Join(target, "disk.img")); err != nil || string(data) != "image" {
		t.Errorf("the image: %q, %v", data, err)
	}

	// The engine's own retention leaves it alone, which runs at every checkpoint of later points.
	if err := os.Remove(filepath.Join(dir, "b", "huge")); err != nil {
		t.Fatal(err)
	}
	quick := newService(t, func(c *local.Config) {
		*c = cfg
		c.CheckpointInterval, c.Compression = 100*time.Millisecond, "gzip-best-compression"
	})
	for range 2 {
		for i := range 8 {
			write(t, filepath.Join(dir, fmt.Sprint("big", i)), randomText(t, 2<<20))
		}
		later := take(t, quick, backup.PointRequest{ServerID: srv.ID, Name: "later"})
		if later.Status != backup.StatusAvailable || later.FinishedAt.Sub(later.CreatedAt) < 200*time.Millisecond {
			t.Fatalf("a later point, long enough for a checkpoint: %+v", later)
		}
	}
	restored("after later points")

	// The same request takes the point up, and then nothing is left of the checkpoints.
	if again := take(t, svc, backup.PointRequest{ServerID: srv.ID, Name: "killed"}); again.ID != id || again.Status != backup.StatusAvailable {
		t.Errorf("taken up: %+v", again)
	}
	list := where.kopia(t).run("snapshot", "list", "--all", "--incomplete", "--show-identical", "--json")
	if n := strings.Count(list, `"incomplete"`); n > 0 {
		t.Errorf("%d unfinished snapshots are left:\n%s", n, list)
	}
}

// names are what is in a directory.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// TestRestoreOfCanceled: what a point had read when it was canceled, by hand or at the end of its time, is
// restored.
func TestRestoreOfCanceled(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	dir, rest := endless(t)
	srv := protect(t, svc, "web", dir)
	p, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID})
	if err != nil {
		t.Fatal(err)
	}
	for p.ReadBytes == nil || *p.ReadBytes < 100<<20 {
		if p, err = svc.Point(t.Context(), p.ID, backup.Cached); err != nil {
			t.Fatal(err)
		}
	}
	if p, err = svc.CancelPoint(t.Context(), p.ID); err != nil || p.Status != backup.StatusError || p.ServiceStatus != "canceled" {
		t.Fatalf("canceled: %+v, %v", p, err)
	}
	target := filepath.Join(t.TempDir(), "target")
	restoreTo(t, svc, p.ID, local.RestoreOptions{Target: target, AllowIncomplete: true})
	same(t, describe(t, target), rest)
}

// TestRestoreOfNothing: a point that holds nothing says so before anything is written.
func TestRestoreOfNothing(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	dir := filepath.Join(t.TempDir(), "source")
	write(t, filepath.Join(dir, "a"), "one")
	srv := protect(t, svc, "web", dir)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	target := filepath.Join(t.TempDir(), "target")
	r := backup.RestoreRequest{PointID: p.ID, Options: local.RestoreOptions{Target: target, AllowIncomplete: true}}
	if problems := svc.CheckRestore(t.Context(), r); len(problems) != 1 || !strings.Contains(problems[0].Detail, "holds no data") {
		t.Errorf("problems: %+v", problems)
	}
	if _, err := svc.StartRestore(t.Context(), r); err == nil || !strings.Contains(err.Error(), "holds no data") {
		t.Errorf("the restore: %v", err)
	}
	if _, err := os.Stat(target); !os.IsNotExist(err) {
		t.Errorf("there is a target: %v", err)
	}
}
