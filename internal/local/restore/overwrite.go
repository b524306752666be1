package restore

import (
	"errors"
	"io/fs"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
)

// Overwrite says what happens to what is in the way.
type Overwrite string

// The values of Overwrite. In none of them anything is followed, or deleted that is in a directory.
const (
	Never   Overwrite = "never"
	IfNewer Overwrite = "if_newer"
	Always  Overwrite = "always"
)

// What is in the way of a restore.
var (
	ErrExists    = errors.New("exists already")
	errDirectory = errors.New("is a directory that is not empty, in the way of a file")
	errNewer     = errors.New("is newer than the directory of that name in the backup, and no directory")
	errProtected = errors.New("is the repository, which is never written into")
)

// verdict is what becomes of what is there.
type verdict int

const (
	replace verdict = iota
	keep
	merge
)

// judge says what an entry does to what is there.
func (o Overwrite) judge(e tree.Entry, there fs.FileInfo) (verdict, error) {
	newer := e.ModTime.After(there.ModTime())
	switch {
	case e.Mode.IsDir() && there.IsDir():
		return merge, nil
	case o == Always:
		return replace, nil
	case o != IfNewer:
		return keep, ErrExists
	case there.IsDir():
		return keep, errDirectory
	case newer:
		return replace, nil
	case e.Mode.IsDir():
		return keep, errNewer
	}
	return keep, nil
}

// changes says whether a directory that is there gets the attributes of an entry.
func (o Overwrite) changes(e tree.Entry, there fs.FileInfo) bool {
	return o == Always || (o == IfNewer && e.ModTime.After(there.ModTime()))
}
