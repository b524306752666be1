package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/durable"
)

// partialPattern names archives that are being written; a killed provider may leave one.
const partialPattern = ".serverbackup-*.partial"

// fileRecord is a file as it was written, or last found to be the same.
type fileRecord struct {
	Size    int64     `json:"size"`
	ModTime time.Time `json:"mod_time"`
	SHA256  string    `json:"sha256"`
	// Altered is what a refresh found and the plan after it has to know.
	Altered bool `json:"altered,omitempty"`
}

// looksLike compares no content.
func (r fileRecord) looksLike(info fs.FileInfo) bool {
	return info.Mode().IsRegular() && info.Size() == r.Size && info.ModTime().Equal(r.ModTime)
}

// compare returns the record of a file after a look at it. The content is read only if size or time
// differ; if it is the same all the same, as in a copy, the time is taken over, to spare the next look.
func (r fileRecord) compare(ctx context.Context, file string, info fs.FileInfo) (fileRecord, error) {
	r.Altered = false
	if r.looksLike(info) {
		return r, nil
	}
	r.Altered = true
	if !info.Mode().IsRegular() || info.Size() != r.Size {
		return r, nil
	}
	sum, err := hashFile(ctx, file)
	if err == nil && sum == r.SHA256 {
		r.Altered, r.ModTime = false, info.ModTime()
	}
	return r, err
}

// writeArchive writes what fill produces to a temporary file beside file and then gives it that name, so
// that under that name there is never a part of it. Only with replace may the name be in use.
func writeArchive(file string, mode fs.FileMode, replace bool, fill func(io.Writer) error) (record fileRecord, err error) {
	dir := filepath.Dir(file)
	partial, err := os.CreateTemp(dir, partialPattern)
	if err != nil {
		return record, err
	}
	left := partial.Name()
	defer func() {
		if err != nil {
			_ = partial.Close()
			_ = os.Remove(left)
		}
	}()
	// Before there is anything to see.
	if err := partial.Chmod(mode); err != nil && runtime.GOOS != "windows" {
		return record, err
	}
	out := &summer{file: partial, sum: sha256.New()}
	if err := fill(out); err != nil {
		return record, err
	}
	if err := errors.Join(partial.Sync(), partial.Close()); err != nil {
		return record, err
	}
	if !replace {
		if err := checkVacant(file); err != nil {
			return record, err
		}
	}
	if err := os.Rename(left, file); err != nil {
		return record, err
	}
	left = file
	if err := durable.SyncDirectory(dir); err != nil {
		return record, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return record, err
	}
	return fileRecord{Size: out.size, ModTime: info.ModTime(), SHA256: hex.EncodeToString(out.sum.Sum(nil))}, nil
}

// checkVacant fails if anything has the name already, even a link to nothing.
func checkVacant(file string) error {
	_, err := os.Lstat(file)
	switch {
	case absent(err):
		return nil
	case err != nil:
		return err
	default:
		return backup.Errorf(backup.ErrConflict, "%s exists already, and nothing is overwritten that this resource has not written. "+
			"Move it away or delete it, or choose another path. "+
			"With create_before_destroy the path must change with the point, because the old archive is still there.", file)
	}
}

// absent also knows the error of a path below something that is no directory.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// summer is a file that counts and sums up what is written to it.
type summer struct {
	file *os.File
	sum  hash.Hash
	size int64
}

func (s *summer) Write(p []byte) (int, error) {
	n, err := s.file.Write(p)
	s.size += int64(n)
	_, _ = s.sum.Write(p[:n])
	return n, err
}

// hashFile can be interrupted: archives are large.
func hashFile(ctx context.Context, file string) (string, error) {
	f, err := os.Open(file) //nolint:gosec // the user names it
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // only read
	sum := sha256.New()
	for buffer := make([]byte, 1<<20); ; {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n, err := f.Read(buffer)
		_, _ = sum.Write(buffer[:n])
		switch {
		case errors.Is(err, io.EOF):
			return hex.EncodeToString(sum.Sum(nil)), nil
		case err != nil:
			return "", err
		}
	}
}
