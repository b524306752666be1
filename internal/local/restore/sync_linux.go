package restore

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncAll makes durable what is in a directory, with all else on its file system.
func syncAll(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the user names it
	if err != nil {
		return err
	}
	defer d.Close() //nolint:errcheck // only read
	return unix.Syncfs(int(d.Fd()))
}
