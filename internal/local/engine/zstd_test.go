package engine

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/kopia/kopia/repo/compression"
)

// kopias is Kopia's own way to decompress.
func kopias(t *testing.T, id compression.HeaderID) compression.Compressor {
	t.Helper()
	z, ok := compression.ByHeaderID[id].(zstdWholes)
	if !ok {
		t.Fatalf("%x is decompressed by %T", id, compression.ByHeaderID[id])
	}
	return z.Compressor
}

// text is half random.
func text(size int) []byte {
	r := rand.New(rand.NewPCG(1, uint64(size)))
	var b bytes.Buffer
	for b.Len() < size {
		_, _ = fmt.Fprintf(&b, "a line like every other with the number %d\n", r.Uint32())
	}
	return b.Bytes()[:size]
}

// TestDecompress: what Kopia compresses is decompressed as Kopia does it, and what was damaged is refused.
func TestDecompress(t *testing.T) {
	t.Parallel()
	for _, id := range zstdHeaders {
		for _, size := range []int{0, 1, 1000, 100_000, 200_000, zstdWhole, zstdWhole + 1, 5 << 20} {
			data := text(size)
			var stored, got bytes.Buffer
			if err := kopias(t, id).Compress(&stored, bytes.NewReader(data)); err != nil {
				t.Fatal(err)
			}
			z := compression.ByHeaderID[id]
			if err := z.Decompress(&got, bytes.NewReader(stored.Bytes()), true); err != nil || !bytes.Equal(got.Bytes(), data) {
				t.Errorf("%x of %d bytes: %d bytes, %v", id, size, got.Len(), err)
			}
			got.Reset()
			if err := z.Decompress(&got, bytes.NewReader(stored.Bytes()[zstdHeaderSize:]), false); err != nil || !bytes.Equal(got.Bytes(), data) {
				t.Errorf("%x of %d bytes without a header: %d bytes, %v", id, size, got.Len(), err)
			}
			if size < 1000 {
				continue
			}
			for name, damaged := range map[string][]byte{
				"wrong header": append([]byte{9, 9, 9, 9}, stored.Bytes()[zstdHeaderSize:]...),
				"cut":          stored.Bytes()[:stored.Len()-1],
				"flipped":      append(bytes.Clone(stored.Bytes()[:stored.Len()-1]), stored.Bytes()[stored.Len()-1]^1),
				"empty":        nil,
				"longer":       append(bytes.Clone(stored.Bytes()), "more"...),
			} {
				if err := z.Decompress(&got, bytes.NewReader(damaged), true); err == nil {
					t.Errorf("%x of %d bytes, %s: no error", id, size, name)
				}
			}
		}
	}
}

// limited takes so much as a content can have.
type limited struct{ bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if l.Len() > 8<<20 {
		return 0, errors.New("this is no content")
	}
	return l.Buffer.Write(p)
}

// FuzzDecompress: we read what Kopia reads.
func FuzzDecompress(f *testing.F) {
	e, err := zstd.NewWriter(nil)
	if err != nil {
		f.Fatal(err)
	}
	one, two := e.EncodeAll(text(700), nil), e.EncodeAll(text(90_000), nil)
	for _, seed := range [][]byte{nil, one, two, append(bytes.Clone(one), two...), two[:len(two)-1], []byte("\x50\x2a\x4d\x18\x01\x00\x00\x00x")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var ours, theirs limited
		id := compression.HeaderZstdFastest
		err, want := compression.ByHeaderID[id].Decompress(&ours, bytes.NewReader(data), false), kopias(t, id).Decompress(&theirs, bytes.NewReader(data), false)
		if (err == nil) != (want == nil) {
			t.Fatalf("we say %v, Kopia %v", err, want)
		}
		if err == nil && !bytes.Equal(ours.Bytes(), theirs.Bytes()) {
			t.Fatalf("%d bytes are not Kopia's %d", ours.Len(), theirs.Len())
		}
	})
}
