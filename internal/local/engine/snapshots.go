package engine

import (
	"context"
	"time"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/manifest"
	"github.com/kopia/kopia/snapshot"
)

// Tags on snapshots; the prefix makes them tags for Kopia's own command line too
// (kopia snapshot list --tags serverbackup-point:ID).
const (
	pointTag  = "tag:serverbackup-point"
	volumeTag = "tag:serverbackup-volume"
	// checkpointTag is the volume of an unfinished snapshot, which has no volumeTag.
	checkpointTag = "tag:serverbackup-checkpoint"
	// imageTag marks the snapshots of a source that is a single file.
	imageTag = "tag:serverbackup-image"
	// binTag says until when a deleted point can be recovered.
	binTag = "tag:serverbackup-bin"
)

// pin keeps Kopia's own retention away from our snapshots.
const pin = "serverbackup"

// Source is what Kopia calls a snapshot source.
type Source struct {
	Host, User, Path string
}

func (s Source) info() snapshot.SourceInfo {
	return snapshot.SourceInfo{Host: s.Host, UserName: s.User, Path: s.Path}
}

// DeletePoint removes the snapshots of a point, unfinished ones included.
func (w *Writer) DeletePoint(ctx context.Context, point string) error {
	ids, err := manifestsOf(ctx, w.w, point)
	if err != nil {
		return translate(err)
	}
	return deleteManifests(ctx, w.w, ids, "")
}

// MovePoint gives the finished snapshots of a point to another point; volumes maps the ids of its
// volumes to new ones.
func (w *Writer) MovePoint(ctx context.Context, from, to string, volumes map[string]string) error {
	return w.retag(ctx, from, func(tags map[string]string) bool {
		volume, ok := volumes[tags[volumeTag]]
		if ok {
			tags[pointTag], tags[volumeTag] = to, volume
		}
		return ok
	})
}

// deleteOlder removes what earlier tries at a volume of a point left behind: checkpoints, and a
// snapshot that was finished but not recorded.
func deleteOlder(ctx context.Context, w repo.RepositoryWriter, point, volume string, keep manifest.ID) error {
	if err := deleteSnapshots(ctx, w, map[string]string{pointTag: point, checkpointTag: volume}, keep); err != nil {
		return err
	}
	return deleteSnapshots(ctx, w, map[string]string{pointTag: point, volumeTag: volume}, keep)
}

// DeleteCheckpoints removes the checkpoints of a point, all volumes of which are finished: earlier tries may
// have left some of sources that it no longer has.
func (w *Writer) DeleteCheckpoints(ctx context.Context, point string) error {
	found, err := w.w.FindManifests(ctx, map[string]string{manifest.TypeLabelKey: snapshot.ManifestType, pointTag: point})
	if err != nil {
		return translate(err)
	}
	for _, md := range found {
		if md.Labels[checkpointTag] == "" {
			continue
		}
		if err := erase(ctx, w.w, md.ID); err != nil {
			return err
		}
	}
	return nil
}

func deleteSnapshots(ctx context.Context, w repo.RepositoryWriter, tags map[string]string, keep manifest.ID) error {
	ids, err := snapshot.ListSnapshotManifests(ctx, w, nil, tags)
	if err != nil {
		return translate(err)
	}
	return deleteManifests(ctx, w, ids, keep)
}

func deleteManifests(ctx context.Context, w repo.RepositoryWriter, ids []manifest.ID, keep manifest.ID) error {
	for _, id := range ids {
		if id == keep {
			continue
		}
		if err := erase(ctx, w, id); err != nil {
			return err
		}
	}
	return nil
}

// StoredBytes measures the repository: the size of all its blobs.
func (r *Repo) StoredBytes(ctx context.Context) (int64, error) {
	var total int64
	err := r.rep.BlobReader().ListBlobs(ctx, "", func(b blob.Metadata) error {
		total += b.Length
		return nil
	})
	return total, translate(err)
}

// SetBin marks the finished snapshots of a point as being in the bin until a time; the zero time takes
// them out. They stay snapshots: garbage collection leaves everything alone that one of them needs.
func (w *Writer) SetBin(ctx context.Context, point string, until time.Time) error {
	return w.retag(ctx, point, func(tags map[string]string) bool {
		delete(tags, binTag)
		if !until.IsZero() {
			tags[binTag] = until.UTC().Format(time.RFC3339)
		}
		return true
	})
}

// retag changes the tags of the finished snapshots of a point; change says which it did change.
func (w *Writer) retag(ctx context.Context, point string, change func(tags map[string]string) bool) error {
	ids, err := manifestsOf(ctx, w.w, point)
	if err != nil {
		return translate(err)
	}
	for _, id := range ids {
		man, err := snapshot.LoadSnapshot(ctx, w.w, id)
		if err != nil {
			return translate(err)
		}
		if man.Tags == nil {
			man.Tags = make(map[string]string)
		}
		if (man.Tags[volumeTag] == "" && !IsForeign(point)) || !change(man.Tags) {
			continue
		}
		if err := erasable(ctx, w.w, id); err != nil {
			return err
		}
		if err := snapshot.UpdateSnapshot(ctx, w.w, man); err != nil {
			return translate(err)
		}
	}
	return nil
}
