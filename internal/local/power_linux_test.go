package local_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// TestPowerLoss: a point that was called available is there after a loss of power. What a disk has at one moment is the
// copy of the file that a file system is in.
func TestPowerLoss(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	disk, copied := filepath.Join(dir, "disk"), filepath.Join(dir, "copy")
	write(t, disk, "")
	if err := os.Truncate(disk, 128<<20); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "mkfs.ext4", "-q", disk).CombinedOutput(); err != nil {
		t.Skipf("a file system cannot be made here: %v %s", err, out)
	}
	in := func(disk string) func(*local.Config) {
		at := mountFile(t, disk)
		return func(c *local.Config) { c.Repository = filepath.Join(at, "backups", "repository") }
	}
	svc := newService(t, in(disk))
	source := tree(t, map[string]string{"small": "one", "large": randomText(t, 30<<20)})
	srv := protect(t, svc, "web", source)
	for n := range 2 {
		write(t, filepath.Join(source, "small"), randomText(t, 100+n))
		p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
		copyFile(t, disk, copied)
		after := newService(t, in(copied))
		if v, err := after.VerifyPoint(t.Context(), p.ID, nil); err != nil || len(v.Damages) > 0 {
			t.Fatalf("point %d after the loss: %v, %v", n+1, v.Damages, err)
		}
		target := filepath.Join(t.TempDir(), "target")
		restoreTo(t, after, p.ID, local.RestoreOptions{Target: target})
		if out, err := exec.CommandContext(t.Context(), "diff", "-r", source, target).CombinedOutput(); err != nil {
			t.Errorf("point %d after the loss: %v\n%s", n+1, err, out)
		}
		if err := after.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(copied); err != nil {
			t.Fatal(err)
		}
	}
	if err := svc.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// mountFile mounts the file system that is in a file, until the end of the test.
func mountFile(t *testing.T, file string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "mount", "-o", "loop", file, dir).CombinedOutput(); err != nil {
		t.Skipf("a file system cannot be mounted here: %v %s", err, out)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close() //nolint:errcheck // only read
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
