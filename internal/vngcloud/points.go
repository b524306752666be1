package vngcloud

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud/client"
)

// pointsOf are the points of a backup server; none, if it is gone.
func (s *Service) pointsOf(ctx context.Context, serverID string, fresh backup.Freshness) ([]backup.Point, error) {
	l := s.pointListing(serverID)
	if fresh == backup.Fresh {
		l.drop()
	}
	points, err := cached(ctx, s, l, func(ctx context.Context) ([]backup.Point, error) { return s.loadPoints(ctx, serverID) })
	if isNotFound(err) {
		return nil, nil
	}
	return s.marked(points), err
}

func (s *Service) pointListing(serverID string) *listing[[]backup.Point] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.points[serverID] == nil {
		s.points[serverID] = &listing[[]backup.Point]{}
	}
	return s.points[serverID]
}

// dropPoints forgets the points of a backup server, or of all with an empty id.
func (s *Service) dropPoints(serverID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, l := range s.points {
		if serverID == "" || id == serverID {
			l.drop()
		}
	}
}

// loadPoints asks for the points of a backup server. Their order is not promised, and names are filled in
// that the service leaves out.
func (s *Service) loadPoints(ctx context.Context, serverID string) ([]backup.Point, error) {
	rows, err := s.api.Points(ctx, serverID)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	name, instance := "", ""
	if row, err := s.serverRow(ctx, serverID); err == nil {
		name, instance = row.Name, row.InstanceID
	}
	points := make([]backup.Point, len(rows))
	s.mu.Lock()
	for i, row := range rows {
		s.serverOf[row.ID] = serverID
		p := pointOf(row)
		p.ServerID, p.ServerName, p.InstanceID = serverID, cmp.Or(p.ServerName, name), cmp.Or(p.InstanceID, instance)
		points[i] = p
	}
	s.mu.Unlock()
	for i, p := range points {
		if p.LocationName == "" && p.LocationID != "" {
			if l, err := s.locationRow(ctx, p.LocationID); err == nil {
				points[i].LocationName = l.Name
			}
		}
	}
	slices.SortStableFunc(points, newestFirst)
	return points, nil
}

func newestFirst(a, b backup.Point) int {
	return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), strings.Compare(a.ID, b.ID))
}

// marked shows points that this process deleted as such, however long the service takes.
func (s *Service) marked(points []backup.Point) []backup.Point {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.deleting) == 0 {
		return points
	}
	points = slices.Clone(points)
	for i, p := range points {
		if s.deleting[p.ID] && p.DeletionStatus == backup.DeletionPresent {
			points[i].Status = backup.StatusDeleting
		}
	}
	return points
}

// PointBelongsTo tells the service which server a point is of, so that it need not look for it.
func (s *Service) PointBelongsTo(pointID, serverID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if pointID != "" && serverID != "" && s.serverOf[pointID] == "" {
		s.serverOf[pointID] = serverID
	}
}

// locate returns the backup server of a point, from its row in the history if nothing else knows.
func (s *Service) locate(ctx context.Context, pointID string) (string, error) {
	s.mu.Lock()
	serverID := s.serverOf[pointID]
	s.mu.Unlock()
	if serverID != "" {
		return serverID, nil
	}
	rows, err := s.api.History(ctx, client.HistoryQuery{PointID: pointID})
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(rows, func(r client.Point) bool { return r.ID == pointID })
	if i < 0 {
		return "", backup.Errorf(backup.ErrNotFound, "There is no backup point with the id %q in this region.", pointID)
	}
	s.PointBelongsTo(pointID, rows[i].ServerID)
	return rows[i].ServerID, nil
}

// Point returns one point. A cached listing that does not have it is asked for again.
func (s *Service) Point(ctx context.Context, id string, fresh backup.Freshness) (backup.Point, error) {
	serverID, err := s.locate(ctx, id)
	if err != nil {
		return backup.Point{}, err
	}
	for _, freshness := range []backup.Freshness{fresh, backup.Fresh} {
		points, err := s.pointsOf(ctx, serverID, freshness)
		if err != nil {
			return backup.Point{}, err
		}
		if i := slices.IndexFunc(points, func(p backup.Point) bool { return p.ID == id }); i >= 0 {
			s.know(id)
			return s.explained(ctx, points[i])
		}
		if freshness == backup.Fresh {
			break
		}
	}
	return backup.Point{}, backup.Errorf(backup.ErrNotFound, "There is no backup point with the id %q; the backup server %s does not have it.", id, serverID)
}

// explained adds to a failed point why it failed, which only the history tells.
func (s *Service) explained(ctx context.Context, p backup.Point) (backup.Point, error) {
	if p.Status != backup.StatusError || p.Error != "" {
		return p, nil
	}
	rows, err := s.api.History(ctx, client.HistoryQuery{PointID: p.ID})
	if err != nil {
		return p, err
	}
	for _, row := range rows {
		if row.ID == p.ID {
			p.Error = string(row.ErrorMessage)
		}
	}
	if p.Error == "" {
		p.Error = "The service gives no reason; it says " + p.ServiceStatus + "."
	}
	return p, nil
}

// Points lists newest first, without volumes. It asks once for each backup server that can have points
// which match.
func (s *Service) Points(ctx context.Context, f backup.PointFilter) iter.Seq2[backup.Point, error] {
	return collect(func() ([]backup.Point, error) {
		if len(f.Tags) > 0 {
			return nil, backup.Errorf(backup.ErrUnsupported, "Points of the vngcloud service carry no tags. Leave tags out.")
		}
		servers, err := s.candidates(ctx, f)
		if err != nil {
			return nil, err
		}
		found := make([][]backup.Point, len(servers))
		group, gctx := errgroup.WithContext(ctx)
		group.SetLimit(s.cfg.MaxConcurrentRequests)
		for i, id := range servers {
			group.Go(func() (err error) {
				found[i], err = s.matching(gctx, id, f, len(servers) == 1)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
		points := slices.Concat(found...)
		if f.IncludeDeleted {
			bin, err := s.bin(ctx, f)
			if err != nil {
				return nil, err
			}
			for _, p := range bin {
				if !slices.ContainsFunc(points, func(q backup.Point) bool { return q.ID == p.ID }) {
					points = append(points, p)
				}
			}
		}
		slices.SortStableFunc(points, newestFirst)
		return points, nil
	})
}

// matching are the points of one backup server that a filter selects. Only a listing that is asked for
// by itself is kept: to keep those of thousands would take memory for nothing.
func (s *Service) matching(ctx context.Context, serverID string, f backup.PointFilter, keep bool) (list []backup.Point, err error) {
	points, known := s.pointListing(serverID).kept(s.cfg.Now())
	switch {
	case keep:
		points, err = s.pointsOf(ctx, serverID, backup.Cached)
	case known:
		points = s.marked(points)
	default:
		points, err = s.loadPoints(ctx, serverID)
		points = s.marked(points)
	}
	if err != nil && !isNotFound(err) {
		return nil, err
	}
	for _, p := range points {
		if f.Match(p) {
			p.Volumes = nil
			list = append(list, p)
		}
	}
	return list, nil
}

// candidates are the ids of the backup servers that can have points which a filter selects.
func (s *Service) candidates(ctx context.Context, f backup.PointFilter) ([]string, error) {
	rows, err := s.serverRows(ctx)
	if f.ServerID != "" && err == nil {
		var row client.Server
		row, err = s.serverRow(ctx, f.ServerID) // which may be newer than the listing
		rows = []client.Server{row}
	}
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, r := range rows {
		if (f.ServerID == "" || f.ServerID == r.ID) && (f.InstanceID == "" || f.InstanceID == r.InstanceID) &&
			strings.Contains(strings.ToLower(r.Name), strings.ToLower(f.ServerName)) {
			ids = append(ids, r.ID)
		}
	}
	if len(f.IDs) == 0 || len(f.IDs) >= len(ids) {
		return ids, nil
	}
	// Few points are found faster one by one.
	var holders []string
	for _, id := range f.IDs {
		serverID, err := s.locate(ctx, id)
		switch {
		case isNotFound(err):
		case err != nil:
			return nil, err
		case slices.Contains(ids, serverID) && !slices.Contains(holders, serverID):
			holders = append(holders, serverID)
		}
	}
	return holders, nil
}

// bin are the soft-deleted points that a filter selects. The history has them; when they lapse it does
// not tell.
func (s *Service) bin(ctx context.Context, f backup.PointFilter) ([]backup.Point, error) {
	rows, err := s.api.History(ctx, client.HistoryQuery{ServerID: f.ServerID, InstanceID: f.InstanceID})
	if err != nil {
		return nil, err
	}
	var list []backup.Point
	for _, row := range rows {
		if p := pointOf(row); p.DeletionStatus == backup.DeletionSoftDeleted && f.Match(p) {
			list = append(list, p)
		}
	}
	return list, nil
}

// UpdatePoint can change nothing.
func (s *Service) UpdatePoint(ctx context.Context, id string, u backup.PointUpdate) (backup.Point, error) {
	p, err := s.Point(ctx, id, backup.Cached)
	if err == nil && u.Tags != nil {
		err = backup.Errorf(backup.ErrUnsupported, "Points of the vngcloud service carry no tags. Leave tags out.")
	}
	return p, err
}

// DeletePoint deletes a point and waits until it is gone: the service may answer before that.
func (s *Service) DeletePoint(ctx context.Context, id string) error {
	err := s.api.DeletePoint(ctx, id)
	switch {
	case isNotFound(err):
		err = nil
	case err == nil, errors.Is(err, client.ErrAmbiguous):
		s.marks(id, true)
		if err = s.pointGone(ctx, id, err); err != nil {
			s.marks(id, false)
		}
	}
	s.mu.Lock()
	serverID := s.serverOf[id]
	s.mu.Unlock()
	s.dropPoints(serverID)
	s.locations.drop()
	if errors.Is(err, backup.ErrLocked) {
		p, _ := s.Point(ctx, id, backup.Cached)
		return s.nameLock(ctx, err, "The point "+id, p)
	}
	return err
}

// marks says whether a point is shown as being deleted, whatever the service shows.
func (s *Service) marks(id string, deleting bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.deleting[id] = deleting; !deleting {
		delete(s.deleting, id)
	}
}

// pointGone waits until a deleted point is no longer listed, or is in the bin. lost is why the request may not have
// been taken, if so.
func (s *Service) pointGone(ctx context.Context, id string, lost error) error {
	serverID, err := s.locate(ctx, id)
	if isNotFound(err) {
		return nil
	}
	if err != nil {
		return errors.Join(lost, err)
	}
	return s.gone(ctx, "the point "+id, lost, func() (string, bool, error) {
		points, err := s.loadPoints(ctx, serverID)
		i := slices.IndexFunc(points, func(p backup.Point) bool { return p.ID == id && p.DeletionStatus == backup.DeletionPresent })
		if err != nil || i < 0 {
			return "", false, cmp.Or(err, errGone)
		}
		return points[i].ServiceStatus, points[i].Status == backup.StatusDeleting, nil
	})
}
