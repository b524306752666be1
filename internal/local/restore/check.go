package restore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
)

// maxNamed is how many of the files in the way an error names.
const maxNamed = 10

// Check says whether anything is in the way of a volume, before anything is written.
func Check(ctx context.Context, v Volume, o Options) error {
	c := &checker{restorer: restorer{Options: o, volume: v}}
	for _, dir := range o.Protect {
		if info, err := os.Stat(dir); err == nil {
			c.protect = append(c.protect, info)
		}
	}
	root, err := os.OpenRoot(v.Base)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return c.err("", err)
	}
	defer root.Close() //nolint:errcheck // only read
	entry := v.Tree.Root()
	if v.Dir == "" {
		err = c.directory(ctx, root, entry, "")
	} else {
		entry.Name = v.Dir
		c.volume.Dir = ""
		err = c.entry(ctx, root, entry, v.Dir)
	}
	if err != nil {
		return err
	}
	return c.verdict()
}

// checker finds what is in the way.
type checker struct {
	restorer
	found []string
	more  int
	why   error
}

func (c *checker) directory(ctx context.Context, root *os.Root, dir tree.Entry, path string) error {
	if empty(root) {
		return nil
	}
	entries, err := tree.Children(ctx, c.volume.Tree, dir, path)
	if err != nil {
		return fmt.Errorf("%s: %w", c.volume.path(), err)
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		if err := c.entry(ctx, root, e, tree.Join(path, e.Name)); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) entry(ctx context.Context, root *os.Root, e tree.Entry, path string) error {
	there, err := root.Lstat(e.Name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return c.err(path, err)
	}
	if c.protected(there) {
		return c.err(path, errProtected)
	}
	v, err := c.Overwrite.judge(e, there)
	if err != nil {
		c.conflict(path, err)
		return nil
	}
	if !there.IsDir() {
		return nil
	}
	below, err := root.OpenRoot(e.Name)
	if err != nil {
		return c.err(path, err)
	}
	defer below.Close() //nolint:errcheck // only read
	switch {
	case v == merge:
		return c.directory(ctx, below, e, path)
	case v == replace && !empty(below):
		c.conflict(path, errDirectory)
	}
	return nil
}

func (c *checker) conflict(path string, why error) {
	if len(c.found) == maxNamed {
		c.more++
		return
	}
	if c.why == nil {
		c.why = why
	}
	c.found = append(c.found, fmt.Sprintf("%s %v", tree.Printable(filepath.Join(c.volume.path(), filepath.FromSlash(path))), why))
}

func (c *checker) verdict() error {
	if len(c.found) == 0 {
		return nil
	}
	list := strings.Join(c.found, "\n")
	if c.more > 0 {
		list += fmt.Sprintf("\n… and %d more", c.more)
	}
	return &ConflictError{list, c.why}
}

// ConflictError is what is in the way of a restore, before anything was written.
type ConflictError struct {
	list string
	err  error
}

func (e *ConflictError) Error() string { return e.list }

// Unwrap returns the reason of the first.
func (e *ConflictError) Unwrap() error { return e.err }

// empty says whether a directory has nothing in it. One that cannot be read is not.
func empty(root *os.Root) bool {
	d, err := root.Open(".")
	if err != nil {
		return false
	}
	defer d.Close() //nolint:errcheck // only read
	_, err = d.Readdirnames(1)
	return errors.Is(err, io.EOF)
}
