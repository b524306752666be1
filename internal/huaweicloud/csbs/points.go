package csbs

import (
	"context"
	"errors"
	"iter"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

const (
	// maxKept is how many points are kept to answer reads; a project with more is not kept in memory.
	maxKept = 20_000
	// lookups is how many points are read one by one before all of them are listed.
	lookups = 4
	// filterMargin widens a span of time that the service filters by: which of its times it compares
	// is not known (§7.2, 4).
	filterMargin = 24 * time.Hour
	// filterLayout is how times are written in filters (§2.7).
	filterLayout = "2006-01-02T15:04:05.000000"
)

// pointList is a listing of all points; it is empty if there are too many to keep.
type pointList struct {
	byID map[string]backup.Point
}

// readCount counts the points that were read one by one since the last write.
type readCount struct {
	mu sync.Mutex
	n  int
}

// many says whether this is one of many reads, so that listing everything pays.
func (c *readCount) many() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return c.n > lookups
}

// dropPoints forgets what was read of points, after a write.
func (s *Service) dropPoints() {
	s.points.Drop()
	s.reads.mu.Lock()
	defer s.reads.mu.Unlock()
	s.reads.n = 0
}

func (s *Service) loadPoints(ctx context.Context) (pointList, error) {
	list := pointList{byID: map[string]backup.Point{}}
	for r, err := range s.listed(ctx, nil, backup.PointFilter{}) {
		switch {
		case err != nil:
			return pointList{}, err
		case len(list.byID) >= maxKept:
			return pointList{}, nil
		}
		list.byID[r.Point.ID] = r.Point
	}
	return list, nil
}

// Point returns one point. The first few cached reads ask for the point alone; when there are more, one
// listing answers them.
func (s *Service) Point(ctx context.Context, id string, fresh backup.Freshness) (backup.Point, error) {
	if !fresh {
		list, ok := s.points.Kept()
		if !ok && s.reads.many() {
			var err error
			if list, err = s.points.Get(ctx); err != nil {
				return backup.Point{}, err
			}
		}
		if p, ok := list.byID[id]; ok {
			s.requests.know(id)
			p.Tags, p.Volumes = maps.Clone(p.Tags), slices.Clone(p.Volumes)
			return p, ctx.Err()
		}
	}
	it, err := s.showItem(ctx, id)
	if err != nil {
		return backup.Point{}, err
	}
	s.requests.know(id)
	s.heard(ctx, it)
	return it.point(), nil
}

// Points lists newest first.
func (s *Service) Points(ctx context.Context, f backup.PointFilter) iter.Seq2[backup.Point, error] {
	return func(yield func(backup.Point, error) bool) {
		for row, err := range s.rows(ctx, f) {
			if !yield(row.Point, err) {
				return
			}
		}
	}
}

// row is an item with the point that it is.
type row struct {
	item
	backup.Point
}

// rows lists what a filter selects, newest first. The service filters by what it is known to filter as the
// domain does, or less; the rest is done here.
func (s *Service) rows(ctx context.Context, f backup.PointFilter) iter.Seq2[row, error] {
	switch {
	case len(f.Tags) > backup.MaxFilterTags:
		return func(yield func(row, error) bool) {
			yield(row{}, backup.Errorf(backup.ErrUnsupported, "tags: A filter has at most %d tags, not %d.", backup.MaxFilterTags, len(f.Tags)))
		}
	case f.ServerID != "" && f.InstanceID != "" && f.ServerID != f.InstanceID:
		return func(func(row, error) bool) {} // They are the same on this service.
	case len(f.IDs) > 0 && len(f.IDs) <= fewItems:
		return sorted(matching(s.byIDs(ctx, f.IDs), f))
	case len(f.Tags) > 0:
		return sorted(matching(s.taggedItems(ctx, conditions(f.Tags)), f))
	}
	return s.listed(ctx, pushdown(f), f)
}

// pushdown are the parameters of a list that select at least what a filter does.
func pushdown(f backup.PointFilter) url.Values {
	query := url.Values{}
	if id := first(f.ServerID, f.InstanceID); id != "" {
		query.Set("resource_id", id)
	}
	if len(f.Status) == 1 && f.Status[0] == backup.StatusAvailable {
		query.Set("status", available)
		// What is not finished may lack the time that is compared, so that only this is safe.
		if !f.From.IsZero() {
			query.Set("start_time", f.From.Add(-filterMargin).UTC().Format(filterLayout))
		}
		if !f.To.IsZero() {
			query.Set("end_time", f.To.Add(filterMargin).UTC().Format(filterLayout))
		}
	}
	return query
}

// conditions are those of a tag query. Values are compared here: a star would mean something there.
func conditions(tags map[string]string) []tagCondition {
	var list []tagCondition
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		condition := tagCondition{Key: key, Values: []string{}}
		if value := tags[key]; value != "" && !strings.HasPrefix(value, "*") {
			condition.Values = []string{value}
		}
		list = append(list, condition)
	}
	return list
}

// byIDs returns items one by one; those that are gone are left out.
func (s *Service) byIDs(ctx context.Context, ids []string) iter.Seq2[item, error] {
	return func(yield func(item, error) bool) {
		for _, id := range ids {
			it, err := s.showItem(ctx, id)
			if errors.Is(err, backup.ErrNotFound) {
				continue
			}
			if !yield(it, err) || err != nil {
				return
			}
		}
	}
}

// matching are the rows of items that a filter selects, each once.
func matching(items iter.Seq2[item, error], f backup.PointFilter) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		seen := map[string]bool{}
		for it, err := range items {
			if err != nil {
				yield(row{}, err)
				return
			}
			p := it.point()
			if seen[p.ID] || !f.Match(p) {
				continue
			}
			seen[p.ID] = true
			if !yield(row{it, p}, nil) {
				return
			}
		}
	}
}

// sorted reads all points and puts the newest first.
func sorted(rows iter.Seq2[row, error]) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		var list []row
		for r, err := range rows {
			if err != nil {
				yield(r, err)
				return
			}
			list = append(list, r)
		}
		slices.SortStableFunc(list, newer)
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func newer(a, b row) int {
	if c := b.Point.CreatedAt.Compare(a.Point.CreatedAt); c != 0 {
		return c
	}
	return strings.Compare(b.Point.ID, a.Point.ID)
}

// listed are the points that a list of items has and a filter selects, as they come: newest first, so
// that the first one that is too old ends it.
func (s *Service) listed(ctx context.Context, query url.Values, f backup.PointFilter) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		seen := map[string]bool{}
		for it, err := range s.items(ctx, query) {
			if errors.Is(err, errReduced) {
				sorted(matching(s.taggedItems(ctx, nil), f))(yield)
				return
			}
			if err != nil {
				yield(row{}, err)
				return
			}
			p := it.point()
			if p.CreatedAt.Before(f.From) {
				return
			}
			if seen[p.ID] || !f.Match(p) {
				continue
			}
			seen[p.ID] = true
			if !yield(row{it, p}, nil) {
				return
			}
		}
	}
}

func ignoreNotFound(err error) error {
	if errors.Is(err, backup.ErrNotFound) {
		return nil
	}
	return err
}
