package engine

import (
	"context"
	"errors"
	"sync"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/manifest"
	"github.com/kopia/kopia/snapshot"
)

var errUploaded = errors.New("the upload has ended")

// uploadWriter is what the uploader writes its checkpoints to. Kopia does not wait for one that it is just
// taking when an upload ends: one that is written after the earlier ones were deleted would stay for ever.
type uploadWriter struct {
	repo.RepositoryWriter

	mu    sync.RWMutex
	ended bool
	// last is the checkpoint before. Only one is taken at a time.
	last manifest.ID
}

// PutManifest implements [repo.RepositoryWriter]. A checkpoint gets a pin, because Kopia deletes those without
// at the checkpoints of later uploads, while somebody may still want what a killed upload left. It takes the
// place of the one before, which holds nothing more.
func (w *uploadWriter) PutManifest(ctx context.Context, labels map[string]string, payload any) (manifest.ID, error) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.ended {
		return "", errUploaded
	}
	checkpoint, ok := payload.(*snapshot.Manifest)
	if !ok {
		return w.RepositoryWriter.PutManifest(ctx, labels, payload)
	}
	checkpoint.Pins = []string{pin}
	id, err := w.RepositoryWriter.PutManifest(ctx, labels, checkpoint)
	if err != nil {
		return "", err
	}
	before := w.last
	w.last = id
	if before != "" {
		err = w.DeleteManifest(ctx, before)
	}
	return id, err
}

// end lets no more manifests be written, and waits for those that are.
func (w *uploadWriter) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
}
