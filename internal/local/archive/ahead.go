package archive

import (
	"archive/tar"
	"context"
	"errors"
	"io/fs"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
)

const (
	// itemsAhead is how many entries are made ready before they are written, at most.
	itemsAhead = 512
	// memoryAhead limits what is read ahead.
	memoryAhead = 32 << 20
)

func readers() int { return max(2, runtime.GOMAXPROCS(0)) }

// item is an entry of the archive that is ready, or will be.
type item struct {
	header tar.Header
	// pieces are the content of a file; nil is none.
	pieces  chan piece
	release func()
}

// ahead reads files before they are needed.
type ahead struct {
	ctx    context.Context //nolint:containedctx // of one call of Write
	group  *errgroup.Group
	budget *budget
	// tokens limit the small files that are read at a time.
	tokens chan struct{}
	// frames says that Zstandard frames are taken as a tree has them.
	frames bool
}

// walk puts the entries of a volume into items, in the order of their names.
func (a *ahead) walk(v Volume, items chan<- *item) error {
	var found tree.Counts
	var dir func(d tree.Entry, path string) error
	add := func(e tree.Entry, path, target string) error {
		found.Add(e)
		name := tree.Join(v.Dir, path)
		if name == "" {
			name = "."
		}
		i := &item{header: header(e, name, target)}
		if e.Mode.IsRegular() && e.Size > 0 {
			if err := a.read(v.Tree, e, name, i); err != nil {
				return err
			}
		}
		select {
		case items <- i:
			return nil
		case <-a.ctx.Done():
			return context.Cause(a.ctx)
		}
	}
	dir = func(d tree.Entry, path string) error {
		entries, err := tree.Children(a.ctx, v.Tree, d, path)
		if err != nil {
			return err
		}
		for _, e := range entries {
			p := tree.Join(path, e.Name)
			target := ""
			if e.Mode.Type() == fs.ModeSymlink {
				if target, err = v.Tree.Readlink(a.ctx, e); err == nil && target == "" {
					err = errors.New("the link has no target")
				}
				if err != nil {
					return &tree.Error{Path: p, Err: err}
				}
			}
			if err := add(e, p, target); err != nil {
				return err
			}
			if e.Mode.IsDir() {
				if err := dir(e, p); err != nil {
					return err
				}
			}
		}
		return nil
	}
	root := v.Tree.Root()
	if v.Bare {
		found.Add(root)
	} else if err := add(root, "", ""); err != nil {
		return err
	}
	if err := dir(root, ""); err != nil {
		return err
	}
	if root.Counts != nil && *root.Counts != found {
		return miscounted(v.Dir, found, *root.Counts)
	}
	return nil
}
