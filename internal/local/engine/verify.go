package engine

import (
	"context"
	"sync"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
)

// Verification is what reading a point back showed.
type Verification struct {
	// Files and Bytes were read; directories and links are checked but not counted.
	Files, Bytes int64
	// Damages name what could not be read, and why.
	Damages []string
}

// Verify reads every byte of the snapshots of a point. Open the repository without a cache for it: a
// cache would answer for packs that are damaged. progress, which may be nil, is not called by two at once.
func (r *Repo) Verify(ctx context.Context, point string, progress func(done, total int64)) (Verification, error) {
	trees, err := r.trees(ctx, point)
	if err != nil {
		return Verification{}, err
	}
	var (
		mu          sync.Mutex
		done, total int64
	)
	for _, t := range trees {
		if c := t.Root().Counts; c != nil {
			total += c.Bytes
		}
	}
	v := tree.Verifier{Progress: func(n int64) {
		mu.Lock()
		defer mu.Unlock()
		done += n
		if progress != nil {
			progress(done, total)
		}
	}}
	for _, t := range trees {
		if err := v.Verify(ctx, t.Source().Path, t, t.man.IncompleteReason == ""); err != nil {
			return Verification{}, err
		}
	}
	files, bytes, damages := v.Result()
	return Verification{Files: files, Bytes: bytes, Damages: damages}, nil
}
