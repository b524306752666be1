package engine

import (
	"io"
	"os"
	"time"

	"github.com/kopia/kopia/repo/blob"
	"golang.org/x/sys/unix"
)

const (
	// beginEvery is how many bytes are written between the requests to begin with them.
	beginEvery = 4 << 20
	// awaitTimes is how often is looked whether the disk has them, a millisecond after another (Linux 6.5 tells).
	awaitTimes = 25
)

// begun are bytes that the disk begins to write while the rest is still copied.
type begun struct{ blob.Bytes }

// WriteTo implements [blob.Bytes].
func (b begun) WriteTo(w io.Writer) (int64, error) {
	f, ok := w.(*os.File)
	if !ok || b.Length() < beginEvery {
		return b.Bytes.WriteTo(w)
	}
	writer := &beginner{file: f}
	n, err := b.Bytes.WriteTo(writer)
	if err == nil {
		writer.await()
	}
	return n, err
}

// beginner begins. Whether anything was written is for the sync after it to say.
type beginner struct {
	file           *os.File
	written, begun int64
}

func (b *beginner) Write(p []byte) (int, error) {
	n, err := b.file.Write(p)
	if b.written += int64(n); b.written-b.begun >= beginEvery {
		b.begin()
	}
	return n, err
}

func (b *beginner) begin() {
	_ = unix.SyncFileRange(int(b.file.Fd()), b.begun, b.written-b.begun, unix.SYNC_FILE_RANGE_WRITE)
	b.begun = b.written
}

// await waits until the disk has nearly all. In a sync that takes so long, a processor of Go's scheduler would wait, too:
// it takes 10 ms or more to notice. An empty range is the whole file.
func (b *beginner) await() {
	b.begin()
	for range awaitTimes {
		var pages unix.Cachestat_t
		err := unix.Cachestat(uint(b.file.Fd()), &unix.CachestatRange{}, &pages, 0)
		if err != nil || pages.Dirty+pages.Writeback == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}
