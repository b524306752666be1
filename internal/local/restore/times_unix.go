//go:build unix

package restore

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// linkTimes sets the times of a link itself, which [os.Root] cannot.
func linkTimes(root *os.Root, name string, when time.Time) error {
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close() //nolint:errcheck // nothing was written
	raw, err := dir.SyscallConn()
	if err != nil {
		return err
	}
	spec, err := unix.TimeToTimespec(when)
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = unix.UtimesNanoAt(int(fd), name, []unix.Timespec{spec, spec}, unix.AT_SYMLINK_NOFOLLOW)
	})
	if err != nil {
		return err
	}
	return failed
}
