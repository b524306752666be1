package local_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// TestFullDisk: a point that does not fit is in error and says why; what was there before stays.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	small := t.TempDir()
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=12m"); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(small, 0) })
	dir := tree(t, map[string]string{"a": "one"})
	svc := newService(t, func(c *local.Config) { c.Repository = filepath.Join(small, "repository") })
	srv := protect(t, svc, "web", dir)
	good := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	write(t, filepath.Join(dir, "big"), randomText(t, 40<<20))
	start := time.Now()
	p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	took := time.Since(start)
	if p.Status != backup.StatusError || !strings.Contains(p.Error, "there is no space left") || !strings.Contains(p.Error, "larger disk") {
		t.Errorf("point: %+v", p)
	}
	if again, err := svc.Point(t.Context(), good.ID, backup.Fresh); err != nil || again.Status != backup.StatusAvailable {
		t.Errorf("the earlier point: %+v %v", again, err)
	}
	v, err := svc.VerifyPoint(t.Context(), good.ID, nil)
	if err != nil || len(v.Damages) > 0 {
		t.Errorf("verification of the earlier point: %+v, %v", v, err)
	}
	target := filepath.Join(t.TempDir(), "target")
	restoreTo(t, newService(t, func(c *local.Config) { c.Repository = filepath.Join(small, "repository") }), good.ID, local.RestoreOptions{Target: target})
	if data, err := os.ReadFile(filepath.Join(target, "a")); err != nil || string(data) != "one" {
		t.Errorf("the earlier point restores as %q, %v", data, err)
	}
	figure(t, "a full disk, told of after %s; the point before verifies and restores byte-identical", took.Round(time.Millisecond))
	if err := svc.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
