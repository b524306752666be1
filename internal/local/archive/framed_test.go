package archive_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/archive"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree/treetest"
)

// framed is a tree of which each file is a frame, then plain, then a frame.
type framed struct {
	*treetest.Tree
	encoder *zstd.Encoder
}

func newFramed(t *testing.T, root *treetest.Node) framed {
	t.Helper()
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBetterCompression))
	if err != nil {
		t.Fatal(err)
	}
	return framed{treetest.New(root), e}
}

func (t framed) Parts(ctx context.Context, file tree.Entry, f func(tree.Part) error) error {
	time.Sleep(rand.N(time.Millisecond))
	r, err := t.Open(ctx, file)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	first, second := len(data)/3, len(data)/2
	frame := func(data []byte) tree.Part {
		return tree.Part{Frame: t.encoder.EncodeAll(data, nil), Size: int64(len(data))}
	}
	return errors.Join(f(frame(data[:first])), f(tree.Part{Data: data[first:second], Size: int64(second - first)}), f(frame(data[second:])))
}

// plainOnly is a framed tree that must not be asked for frames.
type plainOnly struct{ *treetest.Tree }

func (plainOnly) Parts(context.Context, tree.Entry, func(tree.Part) error) error {
	return errors.New("was asked for its frames")
}

// TestWriteFrames: an archive of frames has what one of the same files has that were compressed for it, and is the
// same each time.
func TestWriteFrames(t *testing.T) {
	t.Parallel()
	root := sample()
	for i := range 50 {
		root.Children = append(root.Children, treetest.File(strings.Repeat("f", i+1), strings.Repeat("content ", 1<<i%9000)))
	}
	root.Children = append(root.Children, treetest.File("image", strings.Repeat("an image of a disk", 1<<20)))
	want := read(t, archive.TarZstd, write(t, archive.TarZstd, archive.Volume{Tree: treetest.New(root)}))
	first := write(t, archive.TarZstd, archive.Volume{Tree: newFramed(t, root)})
	if diff := cmp.Diff(want, read(t, archive.TarZstd, first)); diff != "" {
		t.Error(diff)
	}
	if !bytes.Equal(first, write(t, archive.TarZstd, archive.Volume{Tree: newFramed(t, root)})) {
		t.Error("other bytes")
	}
	write(t, archive.TarGzip, archive.Volume{Tree: plainOnly{treetest.New(root)}})
}

func TestWriteFramesFails(t *testing.T) {
	t.Parallel()
	broken := treetest.File("broken", "data")
	broken.Err = errors.New("is on fire")
	short := treetest.File("short", strings.Repeat("data", 1<<20))
	short.Size++
	long := treetest.File("long", "data")
	long.Size--
	for name, bad := range map[string]*treetest.Node{"broken": broken, "short": short, "long": long} {
		root := treetest.Dir("", treetest.File("before", "1"), bad, treetest.File("zz", strings.Repeat("x", 9<<20)))
		var out bytes.Buffer
		err := archive.Write(t.Context(), &out, archive.TarZstd, []archive.Volume{{Tree: newFramed(t, root)}}, nil)
		if err == nil || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	root := treetest.Dir("")
	for i := range 40 {
		root.Children = append(root.Children, treetest.File(strings.Repeat("x", i+1), strings.Repeat("data", 1<<19)))
	}
	err := archive.Write(t.Context(), &full{1000}, archive.TarZstd, []archive.Volume{{Tree: newFramed(t, root)}}, nil)
	if err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("with 1000 bytes of space: %v", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	err = archive.Write(ctx, io.Discard, archive.TarZstd, []archive.Volume{{Tree: newFramed(t, root)}}, func(done, _ int64) {
		if done > 10<<20 {
			cancel(why)
		}
	})
	if !errors.Is(err, why) {
		t.Errorf("canceled: %v", err)
	}
}
