package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kopia/kopia/repo/blob"
)

// Storage is where a repository's blobs are: exactly one member is set.
type Storage struct {
	// Path is a directory, absolute.
	Path string
	S3   *S3
}

// String is for messages.
func (s Storage) String() string {
	if s.S3 != nil {
		return s.S3.String()
	}
	return s.Path
}

// connect opens the storage, which for a directory must exist.
func (s Storage) connect(ctx context.Context) (blob.Storage, error) {
	if s.S3 != nil {
		return s.S3.connect(ctx)
	}
	st, err := openDirectory(ctx, s.Path, false)
	if err != nil {
		return nil, err // and not a storage that is a nil *directory
	}
	return st, nil
}

// existing opens the storage of a repository; the error is that of [Probe].
func (s Storage) existing(ctx context.Context) (blob.Storage, error) {
	if s.S3 == nil {
		if err := probeDirectory(s.Path); err != nil {
			return nil, err
		}
		return s.connect(ctx)
	}
	st, err := s.S3.connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.S3.probe(ctx, st); err != nil {
		return nil, errors.Join(err, st.Close(ctx))
	}
	return st, nil
}

// formatBlobs are the names of the blob that makes a storage a repository; on disk it has a suffix.
var formatBlobs = []string{"kopia.repository.f", "kopia.repository"}

// Probe says whether there is a repository: the error is nil, [ErrAbsent] where there is nothing yet,
// [ErrNotRepository] where there is something else, or why it cannot be read.
func Probe(ctx context.Context, s Storage) error {
	if s.S3 == nil {
		return probeDirectory(s.Path)
	}
	st, err := s.existing(ctx)
	if err != nil {
		return err
	}
	return st.Close(ctx)
}

func probeDirectory(path string) error {
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
