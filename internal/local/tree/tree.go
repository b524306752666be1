// Package tree is what a point holds, as directories, files and links: what archives, restores and
// verifications walk. It knows no repository.
package tree

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// Tree is the content of one volume of a point.
type Tree interface {
	// Root is a directory.
	Root() Entry
	// ReadDir lists a directory as it is stored, in any order and with any names; see [Children].
	ReadDir(ctx context.Context, dir Entry) ([]Entry, error)
	Open(ctx context.Context, file Entry) (io.ReadSeekCloser, error)
	Readlink(ctx context.Context, link Entry) (string, error)
}

// Entry is a directory, file or symbolic link.
type Entry struct {
	Name string
	// Mode is the type with permissions, setuid, setgid and sticky bits.
	Mode    fs.FileMode
	Size    int64
	ModTime time.Time
	UID     uint32
	GID     uint32
	// Counts is what is below a directory, itself included; nil is not known.
	Counts *Counts
	// Ref is how the tree finds the data.
	Ref string
}

// Counts is how much there is in a tree.
type Counts struct {
	Directories, Files, Links, Bytes int64
}

// Add adds one entry.
func (c *Counts) Add(e Entry) {
	switch e.Mode.Type() {
	case fs.ModeDir:
		c.Directories++
	case fs.ModeSymlink:
		c.Links++
	default:
		c.Files++
		c.Bytes += e.Size
	}
}

// String is for messages.
func (c Counts) String() string {
	return fmt.Sprintf("%d directories, %d files and %d links with %d bytes", c.Directories, c.Files, c.Links, c.Bytes)
}

// Error is what is wrong with one entry of a tree.
type Error struct {
	// Path is relative to the root of the tree, with slashes.
	Path string
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %v", Printable(e.Path), e.Err) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Children lists a directory in the order of names, which are safe: none leads out of the directory, and
// no two are the same. path is that of the directory, for messages.
func Children(ctx context.Context, t Tree, dir Entry, path string) ([]Entry, error) {
	entries, err := t.ReadDir(ctx, dir)
	if err != nil {
		return nil, &Error{path, err}
	}
	slices.SortStableFunc(entries, func(a, b Entry) int {
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return strings.Compare(a.Ref, b.Ref)
	})
	for _, e := range entries {
		if err := CheckName(e.Name); err != nil {
			return nil, &Error{path, err}
		}
		switch e.Mode.Type() {
		case 0, fs.ModeDir, fs.ModeSymlink:
		default:
			return nil, &Error{Join(path, e.Name), fmt.Errorf("is of a kind that is not known (%s)", e.Mode)}
		}
	}
	separate(entries)
	return entries, nil
}

// separate gives entries of one name names of their own. The engine writes names as UTF-8, so different
// names of other encodings can become the same.
func separate(entries []Entry) {
	var taken map[string]bool
	for i := 1; i < len(entries); i++ {
		if entries[i].Name != entries[i-1].Name {
			continue
		}
		taken = make(map[string]bool, len(entries))
		break
	}
	if taken == nil {
		return
	}
	for _, e := range entries {
		taken[e.Name] = true
	}
	last := entries[0].Name
	for i := 1; i < len(entries); i++ {
		name := entries[i].Name
		if name != last {
			last = name
			continue
		}
		for n := 2; taken[entries[i].Name]; n++ {
			entries[i].Name = fmt.Sprintf("%s~%d", name, n)
		}
		taken[entries[i].Name] = true
	}
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
}

// Join is the path of a child.
func Join(path, name string) string {
	if path == "" || strings.HasSuffix(path, "/") {
		return path + name
	}
	return path + "/" + name
}
