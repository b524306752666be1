package restore

import (
	"os"

	"golang.org/x/sys/unix"
)

// startWriting makes the kernel begin to write a part of a file to disk, while the restore goes on:
// otherwise most of it would be left for the end.
func startWriting(f *os.File, at, n int64) {
	raw, err := f.SyscallConn()
	if err != nil {
		return
	}
	// What this cannot start, syncAll still does.
	_ = raw.Control(func(fd uintptr) { _ = unix.SyncFileRange(int(fd), at, n, unix.SYNC_FILE_RANGE_WRITE) })
}

// syncAll makes durable what is in a directory, with all else on its file system.
func syncAll(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the user names it
	if err != nil {
		return err
	}
	defer d.Close() //nolint:errcheck // only read
	raw, err := d.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = unix.Syncfs(int(fd)) }); err != nil {
		return err
	}
	return failed
}
