package local_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// TestRestoreFromReadOnly: a disk that was mounted only to get the data back need not be writable.
func TestRestoreFromReadOnly(t *testing.T) {
	t.Parallel()
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=64m"); err != nil {
		t.Skipf("a file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	repository := func(c *local.Config) { c.Repository = filepath.Join(disk, "repository") }
	svc := newService(t, repository)
	p := take(t, svc, backup.PointRequest{ServerID: protect(t, svc, "web", tree(t, map[string]string{"a": "one"})).ID})
	if err := svc.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("it cannot be made read-only: %v", err)
	}
	again := newService(t, repository)
	target := filepath.Join(t.TempDir(), "target")
	start := time.Now()
	restoreTo(t, again, p.ID, local.RestoreOptions{Target: target})
	t.Logf("restored after %s", time.Since(start))
	if data, err := os.ReadFile(filepath.Join(target, "a")); err != nil || string(data) != "one" {
		t.Errorf("restored: %q, %v", data, err)
	}
}
