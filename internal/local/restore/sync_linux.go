package restore

import (
	"maps"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// syncEvery is how many bytes are written between the syncs of a file system.
const syncEvery = 128 << 20

// syncer makes durable what is written into directories, with all else on their file systems: every so often beside the
// restore, or most would be left for the end, and once in the end. To have the kernel begin with file by file takes a
// quarter more processor time.
type syncer struct {
	syncfs func(dir *os.File) error

	unsynced atomic.Int64
	busy     atomic.Bool
	group    sync.WaitGroup

	mu sync.Mutex
	// dirs has a directory of each file system by its device. It stays open: the kernel tells each open file once of data
	// that could not be written.
	dirs   map[uint64]*os.File
	failed error
}

func newSyncer() *syncer { return &syncer{syncfs: syncfs, dirs: make(map[uint64]*os.File)} }

// add has the file system of a directory synced, too.
func (s *syncer) add(root *os.Root) error {
	info, err := root.Stat(".")
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !ok || s.dirs[stat.Dev] != nil {
		return nil
	}
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	s.dirs[stat.Dev] = dir
	return nil
}

// wrote says that bytes were written.
func (s *syncer) wrote(bytes int64) {
	if s.unsynced.Add(bytes) >= syncEvery && s.busy.CompareAndSwap(false, true) {
		s.unsynced.Store(0)
		s.group.Go(func() {
			defer s.busy.Store(false)
			s.sync()
		})
	}
}

func (s *syncer) sync() {
	s.mu.Lock()
	dirs := slices.Collect(maps.Values(s.dirs))
	s.mu.Unlock()
	for _, dir := range dirs {
		if err := s.syncfs(dir); err != nil {
			s.mu.Lock()
			s.failed = err
			s.mu.Unlock()
		}
	}
}

// end returns when everything is on disk, or with what could not be written there.
func (s *syncer) end() error {
	s.group.Wait()
	s.sync()
	return s.failed
}

// close waits for nothing.
func (s *syncer) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, dir := range s.dirs {
		_ = dir.Close()
	}
}

func syncfs(dir *os.File) error {
	raw, err := dir.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = unix.Syncfs(int(fd)) }); err != nil {
		return err
	}
	return failed
}
