package tree

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// ErrSize is a file that is not as long as its entry says.
var ErrSize = errors.New("is not as long as it was")

// Read gives the content of a file to f in pieces that fill buf, except the last. The error matches
// [ErrSize] if the file is not as long as its entry says. It stops when ctx ends.
func Read(ctx context.Context, t Tree, file Entry, buf []byte, f func([]byte) error) error {
	read := false
	all := func() (at, end int64, ok bool) {
		read = !read
		return 0, file.Size, read
	}
	return ReadSections(ctx, t, file, buf, all, func(_ int64, data []byte) error { return f(data) })
}

// Sections names the next section of a file, until it is not ok.
type Sections func() (at, end int64, ok bool)

// ReadSections is [Read] for sections of a file. f is told where a piece begins.
func ReadSections(ctx context.Context, t Tree, file Entry, buf []byte, next Sections, f func(at int64, data []byte) error) error {
	r, err := t.Open(ctx, file)
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // only read
	for {
		at, end, ok := next()
		if !ok {
			return nil
		}
		if at > 0 {
			if _, err := r.Seek(at, io.SeekStart); err != nil {
				return err
			}
		}
		var section io.Reader = r
		// After the last there must be nothing.
		if end < file.Size {
			section = io.LimitReader(r, end-at)
		}
		if err := readSection(ctx, section, counter{at, file.Size}, end, buf, f); err != nil {
			return err
		}
	}
}

func readSection(ctx context.Context, r io.Reader, c counter, end int64, buf []byte, f func(at int64, data []byte) error) error {
	for {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		at := c.done
		n, err := io.ReadFull(r, buf)
		if err := c.add(int64(n)); err != nil {
			return err
		}
		if n > 0 {
			if err := f(at, buf[:n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return c.end(end)
		case err != nil:
			return err
		}
	}
}

// Part is a part of a file.
type Part struct {
	// Data is the content, or nil where there is a Frame: a Zstandard frame (RFC 8878, section 3.1.1) that decodes
	// to Size bytes.
	Data, Frame []byte
	Size        int64
}

// Framed is a tree that may hold the content of its files as Zstandard frames.
type Framed interface {
	Tree
	// Parts gives the content of a file to f, part after part. Frames were decoded once, so that what is damaged
	// is an error. Parts are f's to keep.
	Parts(ctx context.Context, file Entry, f func(Part) error) error
}

// ReadParts gives the content of a file to f as [Framed] has it. Errors are those of [Read].
func ReadParts(ctx context.Context, t Framed, file Entry, f func(Part) error) error {
	c := counter{size: file.Size}
	err := t.Parts(ctx, file, func(p Part) error {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		if err := c.add(p.Size); err != nil {
			return err
		}
		return f(p)
	})
	if err != nil {
		return err
	}
	return c.end(file.Size)
}

// counter compares how much of a file there is with its size.
type counter struct{ done, size int64 }

func (c *counter) add(n int64) error {
	if c.done += n; c.done > c.size {
		return fmt.Errorf("%w: there is more than %d bytes", ErrSize, c.size)
	}
	return nil
}

func (c *counter) end(want int64) error {
	if c.done != want {
		return fmt.Errorf("%w: there are %d of %d bytes", ErrSize, c.done, c.size)
	}
	return nil
}
