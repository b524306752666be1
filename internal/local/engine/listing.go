package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/kopia/kopia/repo/manifest"
	"github.com/kopia/kopia/snapshot"
	"golang.org/x/sync/errgroup"
)

// ErrChanged is a listing of which something was replaced or deleted before it was read.
var ErrChanged = errors.New("the repository changed while it was read")

// Listing is which records and snapshots the repository holds at one moment; their contents are still to be
// read.
type Listing struct {
	repo *Repo
	// kinds holds them by kind, oldest first.
	kinds map[string][]*manifest.EntryMetadata
}

// List lists everything at once: Kopia looks at all of it for a single kind, too.
func (r *Repo) List(ctx context.Context) (*Listing, error) {
	found, err := r.rep.FindManifests(ctx, nil)
	if err != nil {
		return nil, translate(err)
	}
	l := &Listing{repo: r, kinds: make(map[string][]*manifest.EntryMetadata)}
	for _, md := range found {
		kind := md.Labels[manifest.TypeLabelKey]
		l.kinds[kind] = append(l.kinds[kind], md)
	}
	return l, nil
}

// decodedAtOnce is how many records one goroutine decodes: fewer are not worth one.
const decodedAtOnce = 256

// Records reads the records of a kind. Where two processes wrote one at once, the later counts. The error
// matches [ErrChanged] if one is not there any more.
func Records[T any](ctx context.Context, l *Listing, kind string) ([]Record[T], error) {
	found := l.kinds[kind]
	all := make([]Record[T], len(found))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for start := 0; start < len(found); start += decodedAtOnce {
		group.Go(func() error {
			for i, md := range found[start:min(start+decodedAtOnce, len(found))] {
				rec := &all[start+i]
				rec.ID, rec.Version = md.Labels[idLabel], string(md.ID)
				if _, err := l.repo.rep.GetManifest(ctx, md.ID, &rec.Value); errors.Is(err, manifest.ErrNotFound) {
					return ErrChanged
				} else if err != nil {
					return fmt.Errorf("read %s %s: %w", kind, rec.ID, err)
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, translate(err)
	}
	return latest(all), nil
}

// latest keeps the last record of each id.
func latest[T any](all []Record[T]) []Record[T] {
	at := make(map[string]int, len(all))
	list := make([]Record[T], 0, len(all))
	for _, rec := range all {
		if i, ok := at[rec.ID]; ok {
			list[i] = rec
			continue
		}
		at[rec.ID] = len(list)
		list = append(list, rec)
	}
	return list
}

// Volumes returns the volumes in the repository by point, and of each whether its snapshot is finished: of
// the others there is a checkpoint. It reads no snapshot, only their tags.
func (l *Listing) Volumes() map[string]map[string]bool {
	volumes := make(map[string]map[string]bool)
	for _, md := range l.kinds[snapshot.ManifestType] {
		point, volume := md.Labels[pointTag], md.Labels[volumeTag]
		finished := volume != ""
		if !finished {
			volume = md.Labels[checkpointTag]
		}
		if point == "" || volume == "" {
			continue
		}
		if volumes[point] == nil {
			volumes[point] = make(map[string]bool, 1)
		}
		volumes[point][volume] = volumes[point][volume] || finished
	}
	return volumes
}
