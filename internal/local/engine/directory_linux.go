package engine

import (
	"io"
	"os"

	"github.com/kopia/kopia/repo/blob"
	"golang.org/x/sys/unix"
)

// beginEvery is how many bytes are written between the requests to begin with them.
const beginEvery = 4 << 20

// begun are bytes that the disk begins to write while the rest is still copied.
type begun struct{ blob.Bytes }

// WriteTo implements [blob.Bytes].
func (b begun) WriteTo(w io.Writer) (int64, error) {
	if f, ok := w.(*os.File); ok && b.Length() > beginEvery {
		w = &beginner{file: f}
	}
	return b.Bytes.WriteTo(w)
}

type beginner struct {
	file           *os.File
	written, begun int64
}

func (b *beginner) Write(p []byte) (int, error) {
	n, err := b.file.Write(p)
	b.written += int64(n)
	if b.written-b.begun >= beginEvery {
		// Whether it does, the sync at the end says.
		_ = unix.SyncFileRange(int(b.file.Fd()), b.begun, b.written-b.begun, unix.SYNC_FILE_RANGE_WRITE)
		b.begun = b.written
	}
	return n, err
}
