package restore

import (
	"errors"
	"os"
	"sync/atomic"
	"testing"
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
	root := rootOf(t, t.TempDir())
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
	memory, err := os.MkdirTemp("/dev/shm", "") //nolint:usetesting // on another file system
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = os.Remove(memory) })
	s := newSyncer()
	defer s.close()
	synced := make(map[string]int)
	s.syncfs = func(dir *os.File) error {
		synced[dir.Name()]++
		return syncfs(dir)
	}
	disk := t.TempDir()
	for _, dir := range []string{disk, memory} {
		if err := s.add(rootOf(t, dir)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.end(); err != nil || len(synced) != 2 {
		t.Errorf("%v, %v; want %s and %s", err, synced, disk, memory)
	}
}

func rootOf(t *testing.T, dir string) *os.Root {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return root
}
