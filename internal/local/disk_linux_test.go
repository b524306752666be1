package local_test

import (
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
	t.Logf("after %s: %s", time.Since(start), p.Error)
	if p.Status != backup.StatusError || !strings.Contains(p.Error, "there is no space left") || !strings.Contains(p.Error, "larger disk") {
		t.Errorf("point: %+v", p)
	}
	if again, err := svc.Point(t.Context(), good.ID, backup.Fresh); err != nil || again.Status != backup.StatusAvailable {
		t.Errorf("the earlier point: %+v %v", again, err)
	}
	if err := svc.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
