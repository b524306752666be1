package engine

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/kopia/kopia/fs"
	"github.com/kopia/kopia/fs/localfs"
)

// openSource opens a source; the error is a [SourceError].
func openSource(path string) (root fs.Directory, image bool, err error) {
	resolved, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, false, &SourceError{path, err}
	}
	entry, err := localfs.NewEntry(resolved)
	if err != nil {
		return nil, false, &SourceError{path, err}
	}
	switch e := entry.(type) {
	case fs.Directory:
		return e, false, nil
	case fs.File:
		dir, err := localfs.Directory(filepath.Dir(resolved))
		if err != nil {
			return nil, false, &SourceError{path, err}
		}
		return &imageDirectory{Directory: dir, path: resolved, name: filepath.Base(path)}, true, nil
	}
	entry.Close()
	return nil, false, &SourceError{path, errors.New("neither a directory nor a regular file")}
}

// CheckSource says whether a source can be read at all; the error is a [SourceError].
func CheckSource(path string) error {
	root, image, err := openSource(path)
	if err != nil {
		return err
	}
	defer root.Close()
	f, err := os.Open(path) //nolint:gosec // the user names it
	if err != nil {
		return &SourceError{path, err}
	}
	defer f.Close() //nolint:errcheck // only read
	if image {
		return nil
	}
	if _, err := f.Readdirnames(1); err != nil && !errors.Is(err, io.EOF) {
		return &SourceError{path, err}
	}
	return nil
}

// imageDirectory is the directory of a source that is a single file, showing that file alone. Kopia
// would read a file at the root of a snapshot anew each time.
type imageDirectory struct {
	fs.Directory
	path string
	// name is the file's name in the configuration, which may be a link to it.
	name string
}

// Child implements [fs.Directory].
func (d *imageDirectory) Child(_ context.Context, name string) (fs.Entry, error) {
	if name != d.name {
		return nil, fs.ErrEntryNotFound
	}
	return d.file()
}

// Iterate implements [fs.Directory].
func (d *imageDirectory) Iterate(context.Context) (fs.DirectoryIterator, error) {
	e, err := d.file()
	if err != nil {
		return nil, err
	}
	return fs.StaticIterator([]fs.Entry{e}, nil), nil
}

func (d *imageDirectory) file() (fs.Entry, error) {
	e, err := localfs.NewEntry(d.path)
	if err != nil {
		return nil, err
	}
	file, ok := e.(fs.File)
	if !ok {
		return nil, errors.New("is no regular file any more")
	}
	return &renamedFile{file, d.name}, nil
}

// renamedFile goes by the name that the configuration uses.
type renamedFile struct {
	fs.File
	name string
}

// Name implements [fs.Entry].
func (f *renamedFile) Name() string { return f.name }
