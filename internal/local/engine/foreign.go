package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/manifest"
	"github.com/kopia/kopia/snapshot"
)

// Foreign is a snapshot that another program took.
type Foreign struct {
	// ID stays the same when the snapshot is pinned, tagged or described: Kopia's own id does not.
	ID        string
	Source    Source
	StartTime time.Time
	EndTime   time.Time
	SizeBytes int64
	// Pinned snapshots are kept by hand.
	Pinned bool
	// Image is a source that is a single file.
	Image       bool
	Description string
}

// foreignPrefix begins the ids of foreign snapshots.
const foreignPrefix = "kopia-"

// IsForeign says whether an id is that of a foreign snapshot.
func IsForeign(id string) bool { return strings.HasPrefix(id, foreignPrefix) }

// ForeignVolume is the id of the one volume of a foreign snapshot.
func ForeignVolume(id string) string { return id + "-0" }

// foreignID is made of what no edit of a snapshot changes: its source and the nanoseconds of its times.
// Two snapshots of a source that began and ended at the same time are one to us.
func foreignID(man *snapshot.Manifest) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{
		man.Source.Host, man.Source.UserName, man.Source.Path,
		man.StartTime.ToTime().UTC().Format(time.RFC3339Nano), man.EndTime.ToTime().UTC().Format(time.RFC3339Nano),
	}, "\x00")))
	return foreignPrefix + hex.EncodeToString(sum[:16])
}

// foreignCache holds the snapshots of others that were looked into, by Kopia's id: what has an id never
// changes. Nil are those that are no points.
type foreignCache map[manifest.ID]*Foreign

// Foreign returns the complete snapshots of some sources that are not ours. It looks into each once.
func (l *Listing) Foreign(ctx context.Context, wanted func(Source) bool) ([]Foreign, error) {
	r := l.repo
	r.foreignLock.Lock()
	defer r.foreignLock.Unlock()
	seen := make(foreignCache)
	var list []Foreign
	for _, md := range l.kinds[snapshot.ManifestType] {
		source := Source{Host: md.Labels[snapshot.HostnameLabel], User: md.Labels[snapshot.UsernameLabel], Path: md.Labels[snapshot.PathLabel]}
		if md.Labels[pointTag] != "" || !wanted(source) {
			continue
		}
		f, known := r.foreign[md.ID]
		if !known {
			var err error
			f, err = loadForeign(ctx, r.rep, md.ID)
			if errors.Is(err, snapshot.ErrSnapshotNotFound) {
				continue // edited or deleted meanwhile
			}
			if err != nil {
				return nil, translate(err)
			}
		}
		seen[md.ID] = f
		if f != nil {
			list = append(list, *f)
		}
	}
	r.foreign = seen
	return list, nil
}

func loadForeign(ctx context.Context, rep repo.Repository, id manifest.ID) (*Foreign, error) {
	man, err := snapshot.LoadSnapshot(ctx, rep, id)
	if err != nil {
		return nil, err
	}
	if man.IncompleteReason != "" || man.RootEntry == nil {
		return nil, nil //nolint:nilnil // no point, and no error
	}
	return &Foreign{
		ID:          foreignID(man),
		Source:      Source{Host: man.Source.Host, User: man.Source.UserName, Path: man.Source.Path},
		StartTime:   man.StartTime.ToTime().UTC(),
		EndTime:     man.EndTime.ToTime().UTC(),
		SizeBytes:   size(man),
		Pinned:      len(man.Pins) > 0,
		Image:       man.RootEntry.Type == snapshot.EntryTypeFile,
		Description: man.Description,
	}, nil
}

// manifestsOf returns Kopia's ids of the snapshots of a point. A foreign one has no tag of ours, so every
// snapshot without is looked into until it is found.
func manifestsOf(ctx context.Context, rep repo.Repository, point string) ([]manifest.ID, error) {
	if !IsForeign(point) {
		return snapshot.ListSnapshotManifests(ctx, rep, nil, map[string]string{pointTag: point})
	}
	found, err := rep.FindManifests(ctx, map[string]string{manifest.TypeLabelKey: snapshot.ManifestType})
	if err != nil {
		return nil, err
	}
	var ids []manifest.ID
	for _, md := range found {
		if md.Labels[pointTag] != "" {
			continue
		}
		f, err := loadForeign(ctx, rep, md.ID)
		if err != nil && !errors.Is(err, snapshot.ErrSnapshotNotFound) {
			return nil, err
		}
		if f != nil && f.ID == point {
			ids = append(ids, md.ID)
		}
	}
	return ids, nil
}
