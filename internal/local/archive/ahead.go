package archive

import (
	"archive/tar"
	"context"
	"errors"
	"io/fs"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
)

const (
	// itemsAhead is how many entries are made ready before they are written, at most.
	itemsAhead = 512
	// memoryAhead limits what is read ahead.
	memoryAhead = 32 << 20
	// pieceSize is how much of a file is handed on at a time.
	pieceSize = 1 << 20
	// largest is what a single file takes of the memory, however large it is: the engine holds up to
	// 8 MiB of it.
	largest = 8 << 20
)

func readers() int { return max(2, runtime.GOMAXPROCS(0)) }

// item is an entry of the archive that is ready, or will be.
type item struct {
	header tar.Header
	// pieces are the content of a file; nil is none.
	pieces  chan piece
	release func()
}

type piece struct {
	data []byte
	free func()
}

var buffers = sync.Pool{New: func() any { return new([pieceSize]byte) }}

// ahead reads files before they are needed.
type ahead struct {
	ctx    context.Context //nolint:containedctx // of one call of Write
	group  *errgroup.Group
	budget *budget
	// tokens limit the small files that are read at a time.
	tokens chan struct{}
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

// read begins to read a file. It waits until there is memory for it.
func (a *ahead) read(t tree.Tree, e tree.Entry, name string, i *item) error {
	n := min(e.Size, largest)
	if err := a.budget.take(a.ctx, n); err != nil {
		return err
	}
	i.release = func() { a.budget.give(n) }
	whole := e.Size <= pieceSize
	if whole {
		i.pieces = make(chan piece, 1)
	} else {
		i.pieces = make(chan piece, largest/pieceSize-2)
	}
	a.group.Go(func() error {
		defer close(i.pieces)
		var err error
		if whole {
			err = a.small(t, e, i.pieces)
		} else {
			err = a.large(t, e, i.pieces)
		}
		if err != nil && a.ctx.Err() == nil {
			return &tree.Error{Path: name, Err: err}
		}
		return err
	})
	return nil
}

func (a *ahead) small(t tree.Tree, e tree.Entry, pieces chan<- piece) error {
	select {
	case a.tokens <- struct{}{}:
		defer func() { <-a.tokens }()
	case <-a.ctx.Done():
		return context.Cause(a.ctx)
	}
	var p piece
	err := tree.Read(a.ctx, t, e, make([]byte, e.Size), func(data []byte) error {
		p = piece{data, func() {}}
		return nil
	})
	if err == nil {
		pieces <- p
	}
	return err
}

func (a *ahead) large(t tree.Tree, e tree.Entry, pieces chan<- piece) error {
	read := buffers.Get().(*[pieceSize]byte) //nolint:forcetypeassert // that is what is in the pool
	defer buffers.Put(read)
	return tree.Read(a.ctx, t, e, read[:], func(data []byte) error {
		b := buffers.Get().(*[pieceSize]byte) //nolint:forcetypeassert // that is what is in the pool
		select {
		case pieces <- piece{b[:copy(b[:], data)], func() { buffers.Put(b) }}:
			return nil
		case <-a.ctx.Done():
			return context.Cause(a.ctx)
		}
	})
}
