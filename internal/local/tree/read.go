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
	r, err := t.Open(ctx, file)
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // only read
	var done int64
	for {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		n, err := io.ReadFull(r, buf)
		done += int64(n)
		if done > file.Size {
			return fmt.Errorf("%w: there is more than %d bytes", ErrSize, file.Size)
		}
		if n > 0 {
			if err := f(buf[:n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			if done != file.Size {
				return fmt.Errorf("%w: there are %d of %d bytes", ErrSize, done, file.Size)
			}
			return nil
		case err != nil:
			return err
		}
	}
}
