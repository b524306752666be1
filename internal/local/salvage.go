package local

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// salvage adds to the record of a point in error the volumes that its run did not get to write down: what was
// finished before its process was killed, and of the source that was being read the last checkpoint. It is an
// error if there is no data at all.
func (s *Service) salvage(ctx context.Context, rec runRecord, p backup.Point) (runRecord, error) {
	if p.Status != backup.StatusError {
		return rec, nil
	}
	st, err := s.storeOf(ctx, rec.LocationID)
	if err != nil {
		return rec, err
	}
	repo, err := st.existing(ctx)
	if err != nil {
		return rec, err
	}
	trees, err := repo.Trees(ctx, rec.ID, true)
	switch {
	case err != nil:
		return rec, st.explain("read", err)
	case len(trees) == 0:
		return rec, noData(rec)
	}
	rec.Volumes = slices.Clone(rec.Volumes)
	for _, v := range rec.Volumes {
		delete(trees, v.ID)
	}
	// Their ids end in the number of the source.
	ids := slices.SortedFunc(maps.Keys(trees), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	for _, id := range ids {
		rec.Volumes = append(rec.Volumes, salvaged(id, trees[id]))
	}
	return rec, nil
}

func salvaged(id string, t *engine.Tree) volumeRecord {
	v := volumeRecord{ID: id, Source: t.Source().Path, Complete: t.Whole(), Image: t.Image()}
	if c := t.Root().Counts; c != nil {
		v.SizeBytes = c.Bytes
	}
	return v
}
