package archive

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/klauspost/pgzip"
)

// Format is a kind of archive.
type Format string

// The formats of an archive.
const (
	TarGzip Format = "tar.gz"
	TarZstd Format = "tar.zst"
)

// Formats lists all formats.
func Formats() []Format { return []Format{TarGzip, TarZstd} }

// These, and the levels, are part of what makes the same tree the same bytes: both compressors split
// their input by size alone, however many of them work at a time.
const (
	gzipBlock = 1 << 20
	gzipLevel = 1
)

// Check says whether a format is known.
func (f Format) Check() error {
	if f == TarGzip || f == TarZstd {
		return nil
	}
	var names []string
	for _, known := range Formats() {
		names = append(names, string(known))
	}
	return fmt.Errorf("the format %q is none of: %s", f, strings.Join(names, ", "))
}

// compress writes compressed to w what is written to the result.
func (f Format) compress(w io.Writer) (io.WriteCloser, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	if f == TarZstd {
		return newFrames(w, readers())
	}
	z, err := pgzip.NewWriterLevel(w, gzipLevel)
	if err != nil {
		return nil, err
	}
	if err := z.SetConcurrency(gzipBlock, readers()); err != nil {
		return nil, err
	}
	// The zero time is not zero in a gzip header.
	z.ModTime = time.Unix(0, 0)
	return z, nil
}
