package restore

import (
	"bytes"
	"context"
	"os"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
)

const (
	// pieceSize is how much of a file is read at a time, a multiple of holeSize.
	pieceSize = 1 << 20
	// holeSize is how many zeros, at a multiple of it, become a hole. Smaller ones would tear files apart
	// that were never sparse.
	holeSize = 64 << 10
	// sectionSize is how much of a large file is for one of several to write, a multiple of holeSize. What the engine stores
	// as one across the end of a section is read twice.
	sectionSize = 128 << 20
)

var zeros [holeSize]byte

// content writes the data of a file, leaving out what is zero.
func (w *writer) content(ctx context.Context, f *os.File, e tree.Entry) error {
	var taken atomic.Int64
	next := func() (at, end int64, ok bool) {
		end = taken.Add(w.section)
		at = end - w.section
		return at, min(end, e.Size), at < e.Size
	}
	read := func(ctx context.Context, buf []byte, next tree.Sections) error {
		return tree.ReadSections(ctx, w.volume.Tree, e, buf, next, func(at int64, data []byte) error { return w.piece(f, at, data) })
	}
	var err error
	if e.Size <= w.section {
		err = read(ctx, w.buf, next)
	} else {
		err = w.together(ctx, e.Size, next, read)
	}
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && info.Size() < e.Size {
		err = f.Truncate(e.Size)
	}
	return err
}

// together reads a large file with the help of whoever has nothing to do.
func (w *writer) together(ctx context.Context, size int64, next tree.Sections, read func(ctx context.Context, buf []byte, next tree.Sections) error) error {
	group, ctx := errgroup.WithContext(ctx)
	var help func(buf []byte) error
	help = func(buf []byte) error {
		return read(ctx, buf, func() (at, end int64, ok bool) {
			at, end, ok = next()
			if ok && end < size && w.slots.TryAcquire(1) {
				group.Go(func() error {
					defer w.slots.Release(1)
					return help(make([]byte, pieceSize))
				})
			}
			return at, end, ok
		})
	}
	group.Go(func() error { return help(w.buf) })
	return group.Wait()
}

// piece writes a part of a file that begins at a multiple of holeSize.
func (w *writer) piece(f *os.File, at int64, p []byte) error {
	for len(p) > 0 {
		skip, n := nextData(p)
		if n > 0 {
			if _, err := f.WriteAt(p[skip:skip+n], at+int64(skip)); err != nil {
				return err
			}
			w.syncer.wrote(int64(n))
		}
		p = p[skip+n:]
		at += int64(skip + n)
		w.progress(int64(skip + n))
	}
	return nil
}

// nextData says how many bytes of holes p begins with, and how many of data follow.
func nextData(p []byte) (skip, n int) {
	if len(p) < holeSize {
		return 0, len(p)
	}
	hole := func(at int) bool { return len(p)-at >= holeSize && bytes.Equal(p[at:at+holeSize], zeros[:]) }
	for hole(skip) {
		skip += holeSize
	}
	for skip+n < len(p) && !hole(skip+n) {
		n = min(n+holeSize, len(p)-skip)
	}
	return skip, n
}
