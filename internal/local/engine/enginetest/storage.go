package enginetest

import (
	"context"
	"strings"
	"sync"

	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/blob/filesystem"
)

// storage remembers the index blobs of a directory: Kopia lists all of them after it wrote one. Nobody
// else may write to the repository meanwhile.
type storage struct {
	blob.Storage

	mu      sync.Mutex
	indexes map[blob.ID]blob.Metadata
}

// indexPrefix is that of all index blobs.
const indexPrefix = "x"

// storageType is for the file that Kopia wants to be told of a storage in.
const storageType = "serverbackup-seeded"

type storageConfig struct {
	Path string `json:"path"`
}

func init() {
	blob.AddSupportedStorage(storageType, storageConfig{}, func(ctx context.Context, c *storageConfig, _ bool) (blob.Storage, error) {
		return newStorage(ctx, c.Path)
	})
}

func newStorage(ctx context.Context, path string) (*storage, error) {
	st, err := filesystem.New(ctx, &filesystem.Options{Path: path, FileMode: 0o600, DirectoryMode: 0o700}, false)
	if err != nil {
		return nil, err
	}
	s := &storage{Storage: st, indexes: make(map[blob.ID]blob.Metadata)}
	return s, st.ListBlobs(ctx, indexPrefix, func(b blob.Metadata) error {
		s.indexes[b.BlobID] = b
		return nil
	})
}

// PutBlob implements [blob.Storage].
func (s *storage) PutBlob(ctx context.Context, id blob.ID, data blob.Bytes, opts blob.PutOptions) error {
	if err := s.Storage.PutBlob(ctx, id, data, opts); err != nil || !strings.HasPrefix(string(id), indexPrefix) {
		return err
	}
	b, err := s.GetMetadata(ctx, id)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.indexes[id] = b
	return nil
}

// DeleteBlob implements [blob.Storage].
func (s *storage) DeleteBlob(ctx context.Context, id blob.ID) error {
	s.mu.Lock()
	delete(s.indexes, id)
	s.mu.Unlock()
	return s.Storage.DeleteBlob(ctx, id)
}

// ListBlobs implements [blob.Storage].
func (s *storage) ListBlobs(ctx context.Context, prefix blob.ID, f func(blob.Metadata) error) error {
	if !strings.HasPrefix(string(prefix), indexPrefix) {
		return s.Storage.ListBlobs(ctx, prefix, f)
	}
	for _, b := range s.list(string(prefix)) {
		if err := f(b); err != nil {
			return err
		}
	}
	return nil
}

func (s *storage) list(prefix string) (found []blob.Metadata) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, b := range s.indexes {
		if strings.HasPrefix(string(id), prefix) {
			found = append(found, b)
		}
	}
	return found
}
