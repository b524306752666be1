package archive

import (
	"archive/tar"
	"context"
	"io"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
)

// blockSize is what headers and files are filled up to with zeros; two empty blocks end an archive (POSIX.1-2017,
// pax, ustar interchange format).
const blockSize = 512

var zeros [2 * blockSize]byte

// writer writes items in their order.
type writer struct {
	out io.Writer
	// frames is out if that takes frames, or nil.
	frames      *frames
	progress    func(done, total int64)
	done, total int64
}

func newWriter(out io.Writer, progress func(done, total int64)) *writer {
	w := &writer{out: out, progress: progress}
	w.frames, _ = out.(*frames)
	return w
}

func (w *writer) write(ctx context.Context, items <-chan *item) error {
	for {
		select {
		case i, ok := <-items:
			if !ok {
				return nil
			}
			if err := w.item(ctx, i); err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// item writes a header and what follows it. Package tar would write the content, too, but not as frames.
func (w *writer) item(ctx context.Context, i *item) error {
	if err := tar.NewWriter(w.out).WriteHeader(&i.header); err != nil {
		return &tree.Error{Path: i.header.Name, Err: err}
	}
	if i.pieces == nil {
		return nil
	}
	for {
		select {
		case p, ok := <-i.pieces:
			if !ok {
				i.release()
				return w.fill(i.header.Size)
			}
			if err := w.piece(p); err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (w *writer) piece(p piece) error {
	var err error
	if p.Frame != nil {
		err = w.frames.put(p.Frame)
	} else {
		_, err = w.out.Write(p.Data)
	}
	if err != nil {
		return err
	}
	p.free()
	w.done += p.Size
	if w.progress != nil {
		w.progress(w.done, w.total)
	}
	return nil
}

// fill ends a file of a size.
func (w *writer) fill(size int64) error {
	_, err := w.out.Write(zeros[:-size&(blockSize-1)])
	return err
}

// end ends the archive.
func (w *writer) end() error {
	_, err := w.out.Write(zeros[:])
	return err
}
