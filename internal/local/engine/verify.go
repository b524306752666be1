package engine

import (
	"context"
	"fmt"
	"path"

	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/snapshot"
	"github.com/kopia/kopia/snapshot/snapshotfs"
)

// maxDamages is how many damaged files a verification names.
const maxDamages = 100

// Verification is what reading a point back showed.
type Verification struct {
	// Files and Bytes were read; directories and links are checked but not counted.
	Files, Bytes int64
	// Damages name what could not be read, and why.
	Damages []string
}

// Verify reads every byte of the snapshots of a point. Open the repository without a cache for it: a
// cache would answer for packs that are damaged.
func (r *Repo) Verify(ctx context.Context, point string) (Verification, error) {
	ids, err := snapshot.ListSnapshotManifests(ctx, r.rep, nil, map[string]string{pointTag: point})
	if err != nil {
		return Verification{}, translate(err)
	}
	blobs, err := blob.ReadBlobMap(ctx, r.rep.BlobReader())
	if err != nil {
		return Verification{}, translate(err)
	}
	verifier := snapshotfs.NewVerifier(ctx, r.rep, snapshotfs.VerifierOptions{
		VerifyFilesPercent: 100,
		MaxErrors:          maxDamages,
		BlobMap:            blobs,
	})
	result, err := verifier.InParallel(ctx, func(tw *snapshotfs.TreeWalker) error {
		for _, id := range ids {
			man, err := snapshot.LoadSnapshot(ctx, r.rep, id)
			if err != nil {
				return err
			}
			root, err := snapshotfs.SnapshotRoot(r.rep, man)
			if err != nil {
				return err
			}
			if err := tw.Process(ctx, root, path.Clean(man.Source.Path)); err != nil {
				return err
			}
		}
		return nil
	})
	v := Verification{Files: result.Stats.ReadFileCount, Bytes: result.Stats.ReadBytes, Damages: result.ErrorStrings}
	if err != nil && len(v.Damages) == 0 {
		return v, fmt.Errorf("verify point %s: %w", point, translate(err))
	}
	return v, nil
}
