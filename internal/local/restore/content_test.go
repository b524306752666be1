package restore

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/semaphore"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree/treetest"
)

// TestLargeFile: a file that several write is the same, with its holes, and an error of one is the error of all.
func TestLargeFile(t *testing.T) {
	t.Parallel()
	const section = 4 * pieceSize
	data := make([]byte, 5*section+12345)
	for i := range data {
		if i/section != 2 { // a section is a hole
			data[i] = byte(i>>8) | 1
		}
	}
	clear(data[len(data)-holeSize:])
	lost := errors.New("lost")
	for name, c := range map[string]struct {
		length int
		err    error
		want   error
	}{
		"whole":   {length: len(data)},
		"damaged": {length: len(data) - 1, err: lost, want: lost},
		"short":   {length: 3 * section, want: tree.ErrSize},
		"long":    {length: len(data) + 1, want: tree.ErrSize},
	} {
		node := treetest.File("disk.img", (string(data) + "more")[:c.length])
		node.Size, node.Err = int64(len(data)), c.err
		var read atomic.Int64
		r := &restorer{
			volume: Volume{Tree: treetest.New(treetest.Dir("", node))}, syncer: newSyncer(), section: section,
			slots:   semaphore.NewWeighted(3),
			Options: Options{Progress: func(n int64) { read.Add(n) }},
		}
		defer r.syncer.close()
		f, err := os.Create(filepath.Join(t.TempDir(), "disk.img"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close() //nolint:errcheck // read again below
		w := writer{restorer: r, buf: make([]byte, pieceSize)}
		if err := w.content(t.Context(), f, node.Entry); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if !r.slots.TryAcquire(3) {
			t.Errorf("%s: somebody still helps", name)
		}
		if c.want != nil {
			continue
		}
		if have, err := os.ReadFile(f.Name()); err != nil || !bytes.Equal(have, data) || read.Load() != int64(len(data)) {
			t.Errorf("%d bytes, %d told, %v", len(have), read.Load(), err)
		}
	}
}
