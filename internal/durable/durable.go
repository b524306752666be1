// Package durable makes the names of files outlast a loss of power. That a file is synced does not say so of the
// directory that names it (fsync(2)).
package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// SyncDirectory makes durable which files a directory names, where the file system can do that and the directory
// may be read.
func SyncDirectory(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir) //nolint:gosec // the caller names it
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil
	case err != nil:
		return err
	}
	if err = d.Sync(); errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return errors.Join(err, d.Close())
}

// MkdirAll is [os.MkdirAll], and the directories that it makes are durable.
func MkdirAll(dir string, mode fs.FileMode) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	missing, err := FirstMissing(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, mode); err != nil || missing == "" {
		return err
	}
	for ; len(dir) >= len(missing); dir = filepath.Dir(dir) {
		if err := SyncDirectory(filepath.Dir(dir)); err != nil {
			return err
		}
	}
	return nil
}

// FirstMissing is the topmost directory that [MkdirAll] would make, empty if there is none.
func FirstMissing(dir string) (string, error) {
	missing := ""
	for ; ; dir = filepath.Dir(dir) {
		_, err := os.Lstat(dir)
		switch {
		case err == nil || dir == filepath.Dir(dir):
			return missing, nil
		case !errors.Is(err, fs.ErrNotExist):
			return "", err
		}
		missing = dir
	}
}
