package local

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// Servers lists servers by name.
func (s *Service) Servers(ctx context.Context) iter.Seq2[backup.Server, error] {
	return collect(func() (list []backup.Server, err error) {
		err = s.view(ctx, backup.Cached, func(ix *index) error {
			list = s.servers(ix)
			return nil
		})
		return list, err
	})
}

// Server returns one server.
func (s *Service) Server(ctx context.Context, id string) (out backup.Server, err error) {
	err = s.view(ctx, backup.Cached, func(ix *index) error {
		rec, ok := ix.servers.get(id)
		if !ok {
			return notFound("server", id)
		}
		out = rec.domain()
		for _, run := range ix.runs.rows {
			if run.value.ServerID == id {
				s.count(&out, ix, run.value)
			}
		}
		return nil
	})
	return out, err
}

func (s *Service) servers(ix *index) []backup.Server {
	byID := make(map[string]*backup.Server, len(ix.servers.rows))
	list := make([]backup.Server, len(ix.servers.rows))
	i := 0
	for id, r := range ix.servers.rows {
		list[i] = r.value.domain()
		byID[id] = &list[i]
		i++
	}
	for _, run := range ix.runs.rows {
		if srv := byID[run.value.ServerID]; srv != nil {
			s.count(srv, ix, run.value)
		}
	}
	slices.SortFunc(list, func(a, b backup.Server) int {
		return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID)
	})
	return list
}

// count adds one run to what is known of its server's points.
func (s *Service) count(srv *backup.Server, ix *index, r runRecord) {
	p, ok := s.point(ix, r)
	switch {
	case !ok || p.DeletionStatus == backup.DeletionSoftDeleted:
		return
	case ix.snapshots.broken[r.LocationID] != nil:
		srv.PointCount = nil
		return
	case srv.PointCount != nil:
		*srv.PointCount++
	}
	if p.CreatedAt.After(srv.LastPointAt) {
		srv.LastPointAt, srv.LastStatus = p.CreatedAt, p.Status
	}
	if p.Status == backup.StatusAvailable && p.CreatedAt.After(srv.LastSuccessAt) {
		srv.LastSuccessAt = p.CreatedAt
	}
}

// CreateServer puts sources under backup.
func (s *Service) CreateServer(ctx context.Context, srv backup.Server) (backup.Server, error) {
	srv.ID = uuid.NewString()
	srv.CreatedAt = s.cfg.Now().UTC()
	return s.putServer(ctx, srv, nil)
}

// UpdateServer changes a server in place.
func (s *Service) UpdateServer(ctx context.Context, srv backup.Server) (backup.Server, error) {
	prior, err := s.Server(ctx, srv.ID)
	if err != nil {
		return srv, err
	}
	srv.CreatedAt = prior.CreatedAt
	return s.putServer(ctx, srv, &prior)
}

func (s *Service) putServer(ctx context.Context, srv backup.Server, prior *backup.Server) (backup.Server, error) {
	if err := refuse(s.CheckServer(ctx, srv, prior)); err != nil {
		return srv, err
	}
	options, err := s.options(srv)
	if err != nil {
		return srv, err
	}
	rec := serverRecord{
		ID: srv.ID, Name: srv.Name, PolicyID: srv.PolicyID, LocationID: cmp.Or(srv.LocationID, mainLocation),
		Enabled: srv.Enabled, Options: options, CreatedAt: srv.CreatedAt,
	}
	err = s.change(ctx, "server", func(ctx context.Context, t *tx) error {
		if _, ok := t.index.policies.get(rec.PolicyID); rec.PolicyID != "" && !ok {
			return notFound("policy", rec.PolicyID)
		}
		if err := t.index.free(rec); err != nil {
			return err
		}
		if old, ok := t.index.servers.get(rec.ID); ok {
			if err := s.unschedule(ctx, t, old, &rec); err != nil {
				return err
			}
			rec.ScheduledAt = rescheduledAt(old, rec, s.cfg.Now())
		}
		if err := s.setSourcePolicies(ctx, t, rec, options.Sources, s.sourcePolicy(t.index, rec)); err != nil {
			return err
		}
		return put(ctx, t, t.index.servers, rec.ID, rec)
	})
	if err != nil {
		return srv, err
	}
	return s.Server(ctx, rec.ID)
}

// free says whether no other server has one of the sources.
func (s *Service) free(ctx context.Context, rec serverRecord) error {
	return s.view(ctx, backup.Cached, func(ix *index) error { return ix.free(rec) })
}

func (ix *index) free(rec serverRecord) error {
	want := rec.Options
	for id, r := range ix.servers.rows {
		have := r.value.Options
		if id == rec.ID || have.Host != want.Host || have.User != want.User {
			continue
		}
		for _, source := range want.Sources {
			if slices.Contains(have.Sources, source) {
				return backup.Errorf(backup.ErrConflict, "The source %s of %s@%s already belongs to the server %q (%s). Leave it out of one of the two.",
					source, want.User, want.Host, r.value.Name, id)
			}
		}
	}
	return nil
}

// DeleteServer ends the backup of a server. The policies of its sources stay: they keep Kopia from
// deleting the points that stay.
func (s *Service) DeleteServer(ctx context.Context, id string, fate backup.PointsOnDestroy) error {
	if _, err := s.Server(ctx, id); err != nil {
		return err
	}
	return s.change(ctx, "delete server", func(ctx context.Context, t *tx) error {
		rec, ok := t.index.servers.get(id)
		if !ok {
			return notFound("server", id)
		}
		var points []runRecord
		for _, r := range t.index.runs.rows {
			if r.value.ServerID != id {
				continue
			}
			p, ok := s.point(t.index, r.value)
			switch {
			case !ok || p.DeletionStatus == backup.DeletionSoftDeleted:
			case p.Status == backup.StatusCreating:
				return backup.Errorf(backup.ErrBusy, "The point %s of server %q is being taken.", p.ID, rec.Name)
			default:
				points = append(points, r.value)
			}
		}
		switch {
		case fate == backup.PointsKeep || len(points) == 0:
		case fate == backup.PointsDelete:
			// A lock holds all of them back, or what is not locked would be gone and the server still there.
			for _, r := range points {
				if err := s.locked(t.index, r); err != nil {
					return err
				}
			}
			for _, r := range points {
				if err := s.discard(ctx, t, r); err != nil {
					return err
				}
			}
		default:
			return backup.Errorf(backup.ErrConflict, "The server %q still has %d points.", rec.Name, len(points))
		}
		if err := s.unschedule(ctx, t, rec, nil); err != nil {
			return err
		}
		return remove(ctx, t, t.index.servers, id)
	})
}

func (r serverRecord) domain() backup.Server {
	return backup.Server{
		ID: r.ID, Name: r.Name, PolicyID: r.PolicyID, LocationID: r.LocationID,
		Enabled: r.Enabled, Options: r.Options, CreatedAt: r.CreatedAt, PointCount: new(int64),
	}
}

func (o ServerOptions) source(path string) engine.Source {
	return engine.Source{Host: o.Host, User: o.User, Path: path}
}

// sourcePolicy is how Kopia is to read the sources of a server.
func (s *Service) sourcePolicy(ix *index, srv serverRecord) engine.SourcePolicy {
	o := srv.Options
	p := engine.SourcePolicy{
		Schedule:      scheduleFor(ix, srv),
		Exclude:       o.Exclude,
		OneFileSystem: o.OneFileSystem,
		Compression:   s.cfg.Compression,
	}
	if s.here(o) {
		p.Protect = append(s.cfg.ownPaths(), ix.repositories()...)
	}
	return p
}
