package engine

import (
	"context"
	"errors"
	"sync"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/manifest"
)

var errUploaded = errors.New("the upload has ended")

// uploadWriter is what the uploader writes to. Kopia does not wait for a checkpoint that it is just taking
// when an upload ends: one that is written after the earlier ones were deleted would stay for ever.
type uploadWriter struct {
	repo.RepositoryWriter

	mu    sync.RWMutex
	ended bool
}

// PutManifest implements [repo.RepositoryWriter].
func (w *uploadWriter) PutManifest(ctx context.Context, labels map[string]string, payload any) (manifest.ID, error) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.ended {
		return "", errUploaded
	}
	return w.RepositoryWriter.PutManifest(ctx, labels, payload)
}

// end lets no more manifests be written, and waits for those that are.
func (w *uploadWriter) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
}
