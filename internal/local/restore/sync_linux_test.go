package restore

import (
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree/treetest"
)

func TestSyncer(t *testing.T) {
	t.Parallel()
	lost := errors.New("lost")
	var synced atomic.Int64
	s := newSyncer()
	defer s.close()
	s.syncfs = func(*os.File) error {
		if synced.Add(1) == 1 {
			return lost
		}
		return nil
	}
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // only read
	for range 2 {
		if err := s.add(root); err != nil {
			t.Fatal(err)
		}
	}
	s.wrote(syncEvery - 1)
	s.group.Wait()
	if n := synced.Load(); n != 0 {
		t.Errorf("%d syncs before there was enough", n)
	}
	s.wrote(1)
	s.group.Wait()
	if n := synced.Load(); n != 1 {
		t.Errorf("%d syncs beside the restore, want 1", n)
	}
	if err := s.end(); !errors.Is(err, lost) || synced.Load() != 2 {
		t.Errorf("%v after %d syncs, want what the first one found after 2", err, synced.Load())
	}
}

// TestSyncerMounts: a restore in place goes through whatever is mounted below its target.
func TestSyncerMounts(t *testing.T) {
	t.Parallel()
	target := t.TempDir()
	mounted := filepath.Join(target, "d")
	if err := os.Mkdir(mounted, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", mounted, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("a file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(mounted, 0) })
	s := newSyncer()
	defer s.close()
	synced := make(map[string]int)
	s.syncfs = func(dir *os.File) error {
		synced[dir.Name()]++
		return syncfs(dir)
	}
	volume := Volume{Tree: treetest.New(treetest.Dir("", treetest.Dir("d"))), Base: target}
	r := &restorer{volume: volume, syncer: s, fail: func(err error) { t.Error(err) }}
	base, err := r.base()
	if err != nil {
		t.Fatal(err)
	}
	r.walk(t.Context(), base, nil)
	if err := s.end(); err != nil || len(synced) != 2 {
		t.Errorf("%v, %v; want %s and %s", err, synced, target, mounted)
	}
}
