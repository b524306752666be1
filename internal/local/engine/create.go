package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/blob/filesystem"
)

// formatBlobs are the names under which Kopia keeps a repository's format on disk.
var formatBlobs = []string{"kopia.repository.f", "kopia.repository"}

func storageOptions(path string) *filesystem.Options {
	return &filesystem.Options{Path: path, FileMode: 0o600, DirectoryMode: 0o700}
}

// Probe says whether a repository may be opened at path: the error is nil, [ErrAbsent] for a missing
// or empty directory, [ErrNotRepository] for one that holds something else, or why it cannot be read.
func Probe(path string) error {
	for _, name := range formatBlobs {
		if _, err := os.Stat(filepath.Join(path, name)); err == nil {
			return nil
		}
	}
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ErrAbsent
	case err != nil:
		if info, statErr := os.Stat(path); statErr == nil && !info.IsDir() {
			return fmt.Errorf("%w: %s is a file", ErrNotRepository, path)
		}
		return err
	case len(entries) == 0:
		return ErrAbsent
	}
	return fmt.Errorf("%w: the directory %s holds other files, such as %s", ErrNotRepository, path, entries[0].Name())
}

// Create makes an empty repository at o.Path, which [Probe] must call absent. What a failed Create
// made is removed again.
func Create(ctx context.Context, o Options) (err error) {
	if err := Probe(o.Path); !errors.Is(err, ErrAbsent) {
		return err
	}
	made, err := firstMissing(o.Path)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.Path, 0o700); err != nil {
		return err
	}
	defer func() {
		if err == nil {
			return
		}
		for _, name := range formatBlobs {
			_ = os.Remove(filepath.Join(o.Path, name))
		}
		_ = os.Remove(filepath.Join(o.Path, "kopia.blobcfg.f"))
		_ = os.Remove(filepath.Join(o.Path, ".shards"))
		for dir := o.Path; made != "" && len(dir) >= len(made); dir = filepath.Dir(dir) {
			if os.Remove(dir) != nil {
				return
			}
		}
	}()
	if err := writable(o.Path); err != nil {
		return err
	}
	st, err := filesystem.New(ctx, storageOptions(o.Path), true)
	if err != nil {
		return translate(err)
	}
	err = repo.Initialize(ctx, st, &repo.NewRepositoryOptions{}, o.Password)
	return translate(errors.Join(err, st.Close(ctx)))
}

// firstMissing is the topmost directory that MkdirAll(path) would make, empty if there is none.
func firstMissing(path string) (string, error) {
	missing := ""
	for dir := path; ; dir = filepath.Dir(dir) {
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

// writable fails early and clearly: Kopia would try for a while.
func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".serverbackup-")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
