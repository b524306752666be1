package engine

import (
	"context"
	"errors"
	"testing"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/manifest"
)

// slowManifests holds up whoever writes a manifest.
type slowManifests struct {
	repo.RepositoryWriter
	begun, goOn chan struct{}
}

func (s slowManifests) PutManifest(context.Context, map[string]string, any) (manifest.ID, error) {
	close(s.begun)
	<-s.goOn
	return "checkpoint", nil
}

// TestUploadWriterEnds: the end of an upload waits for a checkpoint that is being written, and lets none be
// written afterwards.
func TestUploadWriterEnds(t *testing.T) {
	t.Parallel()
	slow := slowManifests{begun: make(chan struct{}), goOn: make(chan struct{})}
	w := &uploadWriter{RepositoryWriter: slow}
	written, ended := make(chan error, 1), make(chan struct{})
	go func() {
		_, err := w.PutManifest(t.Context(), nil, nil)
		written <- err
	}()
	<-slow.begun
	go func() {
		w.end()
		close(ended)
	}()
	select {
	case <-ended:
		t.Fatal("the upload ended while a checkpoint was being written")
	default:
	}
	close(slow.goOn)
	<-ended
	if err := <-written; err != nil {
		t.Errorf("the checkpoint that had begun: %v", err)
	}
	if _, err := w.PutManifest(t.Context(), nil, nil); !errors.Is(err, errUploaded) {
		t.Errorf("a checkpoint after the end: %v", err)
	}
}
