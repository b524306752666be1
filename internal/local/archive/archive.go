// Package archive writes trees as tar archives: the same tree becomes the same bytes.
package archive

import (
	"archive/tar"
	"context"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
)

// Volume is a tree and where it goes.
type Volume struct {
	// Dir is the directory of the tree in the archive; empty is the top.
	Dir  string
	Tree tree.Tree
	// Bare leaves out the entry of the root itself: unpacking then changes no directory that was there
	// before.
	Bare bool
}

// Write writes volumes to w one after the other. Files are read ahead in parallel, into memory that
// depends neither on their size nor on their number. progress may be nil.
func Write(ctx context.Context, w io.Writer, format Format, volumes []Volume, progress func(done, total int64)) error {
	compressor, err := format.compress(w)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	items := make(chan *item, itemsAhead)
	out := newWriter(compressor, progress)
	a := &ahead{ctx: ctx, group: group, budget: newBudget(memoryAhead), tokens: make(chan struct{}, readers()), frames: out.frames != nil}
	group.Go(func() error {
		defer close(items)
		for _, v := range volumes {
			if err := a.walk(v, items); err != nil {
				return err
			}
		}
		return nil
	})
	for _, v := range volumes {
		if c := v.Tree.Root().Counts; c != nil {
			out.total += c.Bytes
		}
	}
	group.Go(func() error { return out.write(ctx, items) })
	// The compressor has goroutines of its own, so it is closed in any case.
	err = group.Wait()
	if err == nil {
		err = out.end()
	}
	if closed := compressor.Close(); err == nil {
		err = closed
	}
	return err
}

// header describes an entry; name is its path in the archive.
func header(e tree.Entry, name, target string) tar.Header {
	h := tar.Header{
		Format:   tar.FormatPAX,
		Typeflag: tar.TypeReg,
		Name:     name,
		Mode:     int64(e.Mode.Perm()),
		Uid:      int(e.UID),
		Gid:      int(e.GID),
		ModTime:  e.ModTime,
	}
	for _, special := range []struct {
		bit  fs.FileMode
		mode int64
	}{{fs.ModeSetuid, 0o4000}, {fs.ModeSetgid, 0o2000}, {fs.ModeSticky, 0o1000}} {
		if e.Mode&special.bit != 0 {
			h.Mode |= special.mode
		}
	}
	switch e.Mode.Type() {
	case fs.ModeDir:
		h.Typeflag = tar.TypeDir
		h.Name = strings.TrimSuffix(name, "/") + "/"
	case fs.ModeSymlink:
		h.Typeflag = tar.TypeSymlink
		h.Linkname = target
	default:
		h.Size = e.Size
	}
	return h
}

// miscounted is the error of a volume that did not turn out to be what its backup was.
func miscounted(dir string, found, want tree.Counts) error {
	return &tree.Error{Path: dir, Err: fmt.Errorf("there are %s; the backup had %s", found, want)}
}
