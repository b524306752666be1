package cbr

import (
	"context"
	"errors"
	"iter"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

const (
	// newestFirst has a second key, so that pages do not change their order (§6.2).
	newestFirst = "created_at:desc,id:desc"
	// queryTime is the form of start_time and end_time (§3.4).
	queryTime = "2006-01-02T15:04:05Z"
	// slack widens a range of time: the service may compare another moment than that of creation (§7.2).
	slack = 24 * time.Hour
	// maxSingleReads is up to how many ids are read one by one rather than looked for in the list.
	maxSingleReads = 20
)

// backups lists backups of servers, newest first.
func (s *Service) backups(ctx context.Context, query url.Values) iter.Seq2[backupAnswer, error] {
	return listed(ctx, s, "backups", allOf(query), backupID,
		func(a *manyBackups) ([]backupAnswer, huaweicloud.Number) { return a.Backups, a.Count })
}

func backupID(b backupAnswer) string { return string(b.ID) }

// allOf is a query for backups of servers in a fixed order.
func allOf(query url.Values) url.Values {
	next := url.Values{"resource_type": {serverType}, "sort": {newestFirst}}
	for name, values := range query {
		next[name] = values
	}
	return next
}

// Points lists newest first. Volumes are left out.
func (s *Service) Points(ctx context.Context, f backup.PointFilter) iter.Seq2[backup.Point, error] {
	return func(yield func(backup.Point, error) bool) {
		if len(f.Tags) > 0 {
			yield(backup.Point{}, backup.Errorf(backup.ErrUnsupported, "tags: points of the cbr service carry no tags. Filter by server_id or location_id instead."))
			return
		}
		inv, err := s.inventory.Get(ctx)
		if err != nil {
			yield(backup.Point{}, err)
			return
		}
		for b, err := range s.candidates(ctx, f) {
			if err != nil {
				yield(backup.Point{}, err)
				return
			}
			p := inv.locate(b.point())
			if f.Match(p) && !yield(p, nil) {
				return
			}
		}
	}
}

// locate adds the name of the location.
func (inv *inventory) locate(p backup.Point) backup.Point {
	if v := inv.byID[p.LocationID]; v != nil {
		p.LocationName = string(v.Name)
	}
	return p
}

// candidates are backups among which are all that a filter matches.
func (s *Service) candidates(ctx context.Context, f backup.PointFilter) iter.Seq2[backupAnswer, error] {
	query, possible := pushDown(f)
	switch {
	case !possible:
		return func(func(backupAnswer, error) bool) {}
	case len(f.IDs) > 0 && len(f.IDs) <= maxSingleReads:
		return each(func() ([]backupAnswer, error) { return s.byIDs(ctx, f.IDs) })
	}
	return s.backups(ctx, query)
}

// pushDown translates what the service is documented to filter by as a filter does, or wider. Names are
// not among that. It returns false if nothing can match.
func pushDown(f backup.PointFilter) (url.Values, bool) {
	query := url.Values{}
	for _, id := range []struct{ parameter, value string }{
		{"resource_id", f.ServerID}, {"resource_id", f.InstanceID}, {"vault_id", f.LocationID},
	} {
		switch {
		case id.value == "":
		case !isUUID(id.value):
			return nil, false
		default:
			query.Set(id.parameter, id.value)
		}
	}
	for _, status := range f.Status {
		// An unknown word counts as creating and must not be left out.
		if status == backup.StatusCreating {
			query.Del("status")
			break
		}
		query["status"] = append(query["status"], wireStatus[status]...)
	}
	setRange(query, f.From, f.To)
	return query, true
}

func setRange(query url.Values, from, to time.Time) {
	if !from.IsZero() {
		query.Set("start_time", from.UTC().Add(-slack).Format(queryTime))
	}
	if !to.IsZero() {
		query.Set("end_time", to.UTC().Add(slack).Format(queryTime))
	}
}

// byIDs reads backups one by one, since the service has no filter for ids.
func (s *Service) byIDs(ctx context.Context, ids []string) ([]backupAnswer, error) {
	var found []backupAnswer
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		b, err := s.backup(ctx, id)
		switch {
		case errors.Is(err, backup.ErrNotFound):
		case err != nil:
			return nil, err
		default:
			b.Children = nil
			found = append(found, b)
		}
	}
	slices.SortStableFunc(found, func(a, b backupAnswer) int {
		if c := b.CreatedAt.Compare(a.CreatedAt.Time); c != 0 {
			return c
		}
		return strings.Compare(backupID(b), backupID(a))
	})
	return found, nil
}
