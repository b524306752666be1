package local_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// maintain runs the maintenance that is due and returns the report of the main repository.
func maintain(t *testing.T, svc *local.Service) local.MaintenanceReport {
	t.Helper()
	reports, err := svc.Maintain(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reports {
		if r.Err != nil {
			t.Fatalf("%s: %v", r.LocationName, r.Err)
		}
	}
	return reports[0]
}

// blobSizes are the files of a repository.
func blobSizes(t *testing.T, repository string) map[string]int64 {
	t.Helper()
	files := make(map[string]int64)
	err := filepath.WalkDir(repository, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			files[path] = info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func total(files map[string]int64) (sum int64) {
	for _, n := range files {
		sum += n
	}
	return sum
}

// TestMaintenance: the first agent becomes the owner; quick cycles run after writes and full ones once a day;
// the space of a deleted point comes back, and that of one in the bin does not.
func TestMaintenance(t *testing.T) {
	t.Parallel()
	repository := filepath.Join(t.TempDir(), "repository")
	svc, c := clocked(t, func(c *local.Config) { c.Repository = repository })
	dir := tree(t, map[string]string{"a": "one"})
	srv := protect(t, svc, "web", dir)
	if reports, err := newService(t, nil).Maintain(t.Context(), true); err != nil || len(reports) > 0 {
		t.Errorf("without a repository: %+v, %v", reports, err)
	}
	if r := maintain(t, svc); r.Cycle != "full" || !r.Ours || r.Owner != "serverbackup-agent@testhost" {
		t.Fatalf("the first time: %+v", r)
	}
	if r := maintain(t, svc); r.Cycle != "" {
		t.Errorf("at once again: %+v", r)
	}
	c.advance(2 * time.Hour)
	if r := maintain(t, svc); r.Cycle != "" {
		t.Errorf("nothing was written since: %+v", r)
	}

	const megabytes = 8 << 20
	write(t, filepath.Join(dir, "gone"), randomText(t, megabytes))
	gone := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	if err := os.Remove(filepath.Join(dir, "gone")); err != nil {
		t.Fatal(err)
	}
	if r := maintain(t, svc); r.Cycle != "quick" {
		t.Errorf("after a write: %+v", r)
	}
	l, err := svc.Location(t.Context(), srv.LocationID)
	if err != nil {
		t.Fatal(err)
	}
	l.SoftDelete = &backup.SoftDelete{RetentionDays: 30}
	if _, err := svc.UpdateLocation(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	if err := svc.DeletePoint(t.Context(), gone.ID); err != nil {
		t.Fatal(err)
	}
	full := 0
	days := func(n int) {
		t.Helper()
		for range n {
			c.advance(25 * time.Hour)
			if maintain(t, svc).Cycle == "full" {
				full++
			}
		}
	}
	days(4)
	if full != 4 || total(blobSizes(t, repository)) < megabytes {
		t.Errorf("after %d full cycles the repository of a point in the bin has %d bytes", full, total(blobSizes(t, repository)))
	}
	if _, err := svc.RecoverPoint(t.Context(), gone.ID); err != nil {
		t.Fatal(err)
	}
	if v, err := svc.VerifyPoint(t.Context(), gone.ID, nil); err != nil || len(v.Damages) > 0 || v.Bytes != megabytes+3 {
		t.Errorf("the recovered point: %+v, %v", v, err)
	}
	if err := svc.DeletePoint(t.Context(), gone.ID); err != nil {
		t.Fatal(err)
	}
	c.advance(31 * 24 * time.Hour)
	if n, err := svc.EmptyBin(t.Context()); n != 1 || err != nil {
		t.Fatalf("emptied the bin of %d points: %v", n, err)
	}
	days(5)
	if left := total(blobSizes(t, repository)); left > megabytes/4 {
		t.Errorf("after %d full cycles the repository still has %d bytes", full, left)
	}
	for name := range blobSizes(t, repository) {
		if strings.Contains(name, "agent.maintenance") {
			t.Errorf("a lock is left: %s", name)
		}
	}
}

// TestMaintenanceOfLocations: each location is maintained, and one that is away is not in the others' way.
func TestMaintenanceOfLocations(t *testing.T) {
	t.Parallel()
	svc, c := clocked(t, nil)
	_, away := locate(t, svc, func(l *backup.Location) { l.Name = "away" })
	locate(t, svc, func(l *backup.Location) { l.Name = "near" })
	fresh := newService(t, func(cfg *local.Config) {
		cfg.Repository, cfg.Now, cfg.StorageNow = mainRepository(t, svc), c.Now, c.Now
	})
	if err := os.Rename(away, away+"-unmounted"); err != nil {
		t.Fatal(err)
	}
	reports, err := fresh.Maintain(t.Context(), false)
	if err != nil || len(reports) != 3 {
		t.Fatalf("reports: %+v, %v", reports, err)
	}
	for _, r := range reports {
		if failed := r.Err != nil; failed != (r.LocationName == "away") || (!failed && r.Cycle != "full") {
			t.Errorf("report: %+v", r)
		}
	}
}

func mainRepository(t *testing.T, svc *local.Service) string {
	t.Helper()
	scope, err := svc.Scope(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return scope.Name
}

// TestMaintenanceOwner: a repository that another agent or program maintains is left alone until it is
// taken over.
func TestMaintenanceOwner(t *testing.T) {
	t.Parallel()
	first, c := clocked(t, nil)
	protect(t, first, "web", tree(t, map[string]string{"a": "one"}))
	maintain(t, first)
	second := newService(t, func(cfg *local.Config) {
		cfg.Repository, cfg.Host, cfg.Now, cfg.StorageNow = mainRepository(t, first), "otherhost", c.Now, c.Now
	})
	c.advance(25 * time.Hour)
	if r := maintain(t, second); r.Ours || r.Cycle != "" || r.Owner != "serverbackup-agent@testhost" {
		t.Errorf("the other agent: %+v", r)
	}
	if reports, err := second.Maintain(t.Context(), true); err != nil || !reports[0].Ours || reports[0].Cycle != "full" {
		t.Errorf("the other agent takes over: %+v, %v", reports, err)
	}
	c.advance(25 * time.Hour)
	fresh := newService(t, func(cfg *local.Config) {
		cfg.Repository, cfg.Now, cfg.StorageNow = mainRepository(t, first), c.Now, c.Now
	})
	if r := maintain(t, fresh); r.Ours || r.Cycle != "" {
		t.Errorf("the first agent: %+v", r)
	}
}

// TestMaintenanceOnce: of several at once no two run together, and a killed one is in the way for a while
// only.
func TestMaintenanceOnce(t *testing.T) {
	t.Parallel()
	svc, c := clocked(t, nil)
	protect(t, svc, "web", tree(t, map[string]string{"a": "one"}))
	repository := mainRepository(t, svc)
	// As the engine spreads its files over directories.
	lock := filepath.Join(repository, "a", "gen", "t.maintenance.killed.f")
	plant := func(at time.Time) {
		t.Helper()
		write(t, lock, "lock")
		if err := os.Chtimes(lock, at, at); err != nil {
			t.Fatal(err)
		}
	}
	plant(c.Now().Add(-14 * time.Minute))
	if r := maintain(t, svc); !r.Busy || r.Cycle != "" {
		t.Errorf("while another process maintains: %+v", r)
	}
	c.advance(2 * time.Minute)
	if r := maintain(t, svc); r.Busy || r.Cycle != "full" {
		t.Errorf("after another process was killed: %+v", r)
	}
	if _, err := os.Stat(lock); err == nil {
		t.Error("the lock of the killed process is left")
	}

	c.advance(25 * time.Hour)
	var group errgroup.Group
	cycles := make([]string, 4)
	for i := range cycles {
		other := newService(t, func(cfg *local.Config) { cfg.Repository, cfg.Now, cfg.StorageNow = repository, c.Now, c.Now })
		group.Go(func() error {
			reports, err := other.Maintain(t.Context(), false)
			if err != nil {
				return err
			}
			cycles[i] = reports[0].Cycle
			return reports[0].Err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, cycle := range cycles {
		if cycle != "" {
			ran++
		}
	}
	if ran > 1 {
		t.Errorf("%d maintenances ran: %q", ran, cycles)
	}
}

// TestMaintenanceClockSkew: with a clock that is off by more than five minutes nothing is touched.
func TestMaintenanceClockSkew(t *testing.T) {
	t.Parallel()
	c, storage := newMovedClock(day0), newMovedClock(day0)
	repository := filepath.Join(t.TempDir(), "repository")
	svc := newService(t, func(cfg *local.Config) { cfg.Repository, cfg.Now, cfg.StorageNow = repository, c.Now, storage.Now })
	protect(t, svc, "web", tree(t, map[string]string{"a": "one"}))
	for _, skew := range []time.Duration{6 * time.Minute, -6 * time.Minute} {
		storage.set(c.Now().Add(skew))
		before := blobSizes(t, repository)
		reports, err := svc.Maintain(t.Context(), false)
		if err != nil || len(reports) != 1 || reports[0].Err == nil || !strings.Contains(reports[0].Err.Error(), "clocks") {
			t.Errorf("%s apart: %+v, %v", skew, reports, err)
		}
		if after := blobSizes(t, repository); len(after) != len(before) || total(after) != total(before) {
			t.Errorf("%s apart, and yet %d blobs became %d", skew, len(before), len(after))
		}
	}
	storage.set(c.Now().Add(4 * time.Minute))
	if r := maintain(t, svc); r.Cycle != "full" {
		t.Errorf("four minutes apart: %+v", r)
	}
}
