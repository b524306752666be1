package tree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"sync"
)

// maxDamages is how many damages a verification names.
const maxDamages = 100

// verifyBuffer is how much of a file is read at a time.
const verifyBuffer = 1 << 20

// Verifier reads trees back.
type Verifier struct {
	// Progress, which may be nil, is told of bytes that were read. It is called from several goroutines.
	Progress func(bytes int64)

	mu      sync.Mutex
	files   int64
	bytes   int64
	damages []string
	more    int
}

// Verify reads every byte of a tree; damage does not end it. name is that of the tree, for messages. In
// a tree that is not whole, what is there must be readable, but sizes and counts tell nothing.
func (v *Verifier) Verify(ctx context.Context, name string, t Tree, whole bool) error {
	type job struct {
		entry Entry
		path  string
	}
	jobs := make(chan job)
	var workers sync.WaitGroup
	for range max(2, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			buf := make([]byte, verifyBuffer)
			for j := range jobs {
				v.file(ctx, t, j.entry, j.path, whole, buf)
			}
		})
	}
	var found Counts
	comparison := whole
	var walk func(dir Entry, path string)
	walk = func(dir Entry, path string) {
		found.Add(dir)
		entries, err := Children(ctx, t, dir, path)
		if err != nil {
			comparison = false
			v.damaged(ctx, err)
			return
		}
		for _, e := range entries {
			p := Join(path, e.Name)
			switch {
			case ctx.Err() != nil:
				return
			case e.Mode.IsDir():
				walk(e, p)
				continue
			case e.Mode.Type() == fs.ModeSymlink:
				if _, err := t.Readlink(ctx, e); err != nil {
					v.damaged(ctx, &Error{p, err})
				}
			default:
				jobs <- job{e, p}
			}
			found.Add(e)
		}
	}
	root := t.Root()
	walk(root, name)
	if comparison && root.Counts != nil && *root.Counts != found {
		v.damaged(ctx, &Error{name, fmt.Errorf("holds %s; the backup had %s", found, *root.Counts)})
	}
	close(jobs)
	workers.Wait()
	return context.Cause(ctx)
}

func (v *Verifier) file(ctx context.Context, t Tree, e Entry, path string, whole bool, buf []byte) {
	var n int64
	err := Read(ctx, t, e, buf, func(p []byte) error {
		n += int64(len(p))
		if v.Progress != nil {
			v.Progress(int64(len(p)))
		}
		return nil
	})
	if err != nil && (whole || !errors.Is(err, ErrSize)) {
		v.damaged(ctx, &Error{path, err})
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.files++
	v.bytes += n
}

func (v *Verifier) damaged(ctx context.Context, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case ctx.Err() != nil: // a consequence, and no damage
	case len(v.damages) < maxDamages:
		v.damages = append(v.damages, err.Error())
	default:
		v.more++
	}
}

// Result is how many files were read without damage, and what could not be read, in the order of paths.
func (v *Verifier) Result() (files, bytes int64, damages []string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	damages = slices.Sorted(slices.Values(v.damages))
	if v.more > 0 {
		damages = append(damages, fmt.Sprintf("and %d more", v.more))
	}
	return v.files, v.bytes, damages
}
