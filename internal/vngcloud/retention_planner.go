package vngcloud

import (
	"cmp"
	"context"
	"slices"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var _ backup.RetentionPlanner = (*Service)(nil)

// DroppedPoints counts full points, and incremental ones go with the full one before them [3.5]. It answers only
// where that is certain: if the policy keeps points of one cadence, before and after, and every point says that it is
// of this policy and of what type. Of several cadences no point says whose it is.
func (s *Service) DroppedPoints(_ context.Context, prior, next backup.Policy, points []backup.Point) ([]string, error) {
	of, before, known := onlyCount(prior.Retention)
	nextOf, after, nextKnown := onlyCount(next.Retention)
	if !known || !nextKnown || of != nextOf || after >= before {
		return nil, nil
	}
	for _, p := range points {
		if p.PolicyID != next.ID || p.Type == "" || p.CreatedAt.IsZero() {
			return nil, nil
		}
	}
	points = slices.Clone(points)
	slices.SortFunc(points, func(a, b backup.Point) int { // newest first
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
	})
	fulls := int64(0)
	for i, p := range points {
		if fulls == after {
			return idsOf(points[i:]), nil
		}
		if p.Type == backup.TypeFull {
			fulls++
		}
	}
	return nil, nil
}

// onlyCount is the one cadence that a retention has, with its number of full points.
func onlyCount(r *backup.Retention) (of cadence, count int64, ok bool) {
	if r == nil {
		return "", 0, false
	}
	for _, name := range cadences {
		n := *retentionOf(r, name)
		switch {
		case n == nil:
		case ok:
			return "", 0, false
		default:
			of, count, ok = name, *n, true
		}
	}
	return of, count, ok
}

func idsOf(points []backup.Point) []string {
	ids := make([]string, len(points))
	for i, p := range points {
		ids[i] = p.ID
	}
	return ids
}
