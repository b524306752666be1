package engine

import (
	"bytes"
	"encoding/binary"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
	"github.com/kopia/kopia/repo/compression"
)

// zstdHeaders are what Kopia writes before a Zstandard frame, by level.
var zstdHeaders = []compression.HeaderID{
	compression.HeaderZstdFastest,
	compression.HeaderZstdDefault,
	compression.HeaderZstdBetterCompression,
	compression.HeaderZstdBestCompression,
}

const (
	zstdHeaderSize = 4
	// zstdWhole is the size in bytes up to which contents are decompressed as a whole.
	zstdWhole = 1 << 20
)

func init() {
	for _, id := range zstdHeaders {
		compression.ByHeaderID[id] = zstdWholes{compression.ByHeaderID[id]}
	}
}

// zstdWholes decompresses small contents as a whole. Kopia reads each as a stream, which takes a third longer,
// though all of it is in memory before and after.
type zstdWholes struct {
	compression.Compressor
}

// Decompress implements [compression.Compressor].
func (z zstdWholes) Decompress(w io.Writer, r io.Reader, withHeader bool) error {
	b := zstdBuffers.Get().(*zstdBuffer) //nolint:forcetypeassert // that is what is in the pool
	defer zstdBuffers.Put(b)
	b.in.Reset()
	if _, err := b.in.ReadFrom(io.LimitReader(r, zstdWhole)); err != nil {
		return err
	}
	frame, ok := b.in.Bytes(), true
	if withHeader {
		frame, ok = bytes.CutPrefix(frame, binary.BigEndian.AppendUint32(nil, uint32(z.HeaderID())))
	}
	var h zstd.Header
	if ok && h.Decode(frame) == nil && h.HasFCS && h.FrameContentSize <= zstdWhole {
		var err error
		// What is damaged, and the beginning of more, is for Kopia to read or to refuse.
		if b.out, err = zstdDecoder().DecodeAll(frame, b.out[:0]); err == nil {
			_, err = w.Write(b.out)
			return err
		}
	}
	return z.Compressor.Decompress(w, io.MultiReader(bytes.NewReader(b.in.Bytes()), r), withHeader)
}

type zstdBuffer struct {
	in  bytes.Buffer
	out []byte
}

var zstdBuffers = sync.Pool{New: func() any { return new(zstdBuffer) }}

var zstdDecoder = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(zstdWhole))
	if err != nil {
		panic(err) // an option is not valid
	}
	return d
})
