package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/manifest"
)

// ErrFuture is something that cannot be replaced or deleted now, because it was written while a clock was
// ahead.
var ErrFuture = errors.New("written in the future")

// patience is how far a clock may have been set back for a write to wait until it has caught up.
const patience = 5 * time.Second

// erase deletes a manifest, unless it is gone already.
func erase(ctx context.Context, w repo.RepositoryWriter, id manifest.ID) error {
	if err := erasable(ctx, w, id); err != nil {
		return err
	}
	return translate(w.DeleteManifest(ctx, id))
}

// erasable says whether a manifest can be replaced or deleted. Where Kopia finds a manifest and its deletion
// it believes the later of the two, and says nothing of the other: what was written while a clock was ahead
// stays until that time has come.
func erasable(ctx context.Context, w repo.RepositoryWriter, id manifest.ID) error {
	var content json.RawMessage
	md, err := w.GetManifest(ctx, id, &content)
	if err != nil {
		if errors.Is(err, manifest.ErrNotFound) {
			return nil
		}
		return translate(err)
	}
	ahead := md.ModTime.Sub(w.Time())
	if ahead > patience {
		return fmt.Errorf("%w: it says %s, and the clock of this machine %s. Set the clock right; if it is, this can be changed or deleted once that time has come",
			ErrFuture, md.ModTime.UTC().Format(time.RFC3339), w.Time().UTC().Format(time.RFC3339))
	}
	if ahead >= 0 {
		select {
		case <-time.After(ahead + time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
