package local

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

var (
	_ backup.Locator   = (*Service)(nil)
	_ backup.Recoverer = (*Service)(nil)
)

// Locations lists the main location, which every repository has, and all others by name.
func (s *Service) Locations(ctx context.Context) iter.Seq2[backup.Location, error] {
	return collect(func() (list []backup.Location, err error) {
		scope, err := s.Scope(ctx)
		if err != nil || scope.ID == "" {
			return nil, err
		}
		err = s.view(ctx, backup.Cached, func(ix *index) error {
			for _, id := range ix.locationIDs() {
				rec, _ := ix.location(id)
				list = append(list, s.domainLocation(ix, rec))
			}
			return nil
		})
		slices.SortFunc(list, func(a, b backup.Location) int {
			return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID)
		})
		return list, err
	})
}

// Location returns one location.
func (s *Service) Location(ctx context.Context, id string) (l backup.Location, err error) {
	err = s.view(ctx, backup.Cached, func(ix *index) error {
		rec, ok := ix.location(id)
		if !ok {
			return notFound("location", id)
		}
		l = s.domainLocation(ix, rec)
		return nil
	})
	return l, err
}

// CreateLocation creates the repository of a location, or takes up one that is there.
func (s *Service) CreateLocation(ctx context.Context, l backup.Location) (backup.Location, error) {
	if err := refuse(s.CheckLocation(ctx, l, nil)); err != nil {
		return l, err
	}
	o, _ := l.Options.(LocationOptions)
	rec := locationRecord{ID: uuid.NewString(), Repository: o.Repository, ObjectLock: o.ObjectLock, CreatedAt: s.cfg.Now().UTC()}
	rec = rec.settings(l)
	// Without a main repository there is nothing that could know the location, nor its password.
	main, err := s.store.write(ctx)
	if err != nil {
		return l, err
	}
	if rec.Secrets.Password == "" {
		if rec.Secrets.Password, err = s.cfg.password(); err != nil {
			return l, err
		}
	}
	st := &store{cfg: s.locationConfig(rec), location: rec.Name}
	repo, err := st.write(ctx)
	if err != nil {
		return l, err
	}
	if repo.ID() == main.ID() {
		_ = st.close(ctx)
		return l, backup.Errorf(backup.ErrConflict, "The repository %s is the provider's own, which is the location with the id %q. Import that one to set its quota, bin or lock.", rec.Repository, mainLocation)
	}
	if err := hasLock(ctx, repo, rec); err != nil {
		return l, errors.Join(err, st.close(ctx))
	}
	s.mu.Lock()
	s.stores[rec.ID] = st
	s.mu.Unlock()
	return s.putLocation(ctx, rec)
}

// hasLock refuses a repository that is there already without the object lock that is asked for: only a
// new one gets it.
func hasLock(ctx context.Context, repo *engine.Repo, rec locationRecord) error {
	want := rec.ObjectLock.engine()
	if want == nil {
		return nil
	}
	have, err := repo.ObjectLock(ctx)
	if err != nil || samePtr(have, want) {
		return err
	}
	return backup.Errorf(backup.ErrConflict, "The repository %s is there already, and its object lock is not the one of local.object_lock. Leave local.object_lock out, or choose another prefix for a new repository.", rec.Repository)
}

// UpdateLocation changes a location in place. What is new of how to reach its repository must open it.
func (s *Service) UpdateLocation(ctx context.Context, l backup.Location) (backup.Location, error) {
	prior, err := s.Location(ctx, l.ID)
	if err != nil {
		return l, err
	}
	if err := refuse(s.CheckLocation(ctx, l, &prior)); err != nil {
		return l, err
	}
	var rec locationRecord
	err = s.view(ctx, backup.Cached, func(ix *index) error {
		rec, _ = ix.location(l.ID)
		return nil
	})
	if err != nil {
		return l, err
	}
	changed := rec.settings(l)
	if cfg := s.locationConfig(changed); !cfg.sameStore(s.locationConfig(rec)) {
		st := &store{cfg: cfg, location: rec.Name}
		_, err := st.existing(ctx)
		if err := errors.Join(err, st.close(ctx)); err != nil {
			return l, err
		}
	}
	return s.putLocation(ctx, changed)
}

func (s *Service) putLocation(ctx context.Context, rec locationRecord) (l backup.Location, err error) {
	err = s.change(ctx, "location", func(ctx context.Context, t *tx) error {
		for id, r := range t.index.locations.rows {
			if id != rec.ID && r.value.Repository == rec.Repository && rec.Repository != "" {
				return backup.Errorf(backup.ErrConflict, "The repository %s already is the location %q (%s). Use that one, or set local.repository to another directory or prefix.", rec.Repository, r.value.Name, id)
			}
		}
		l = s.domainLocation(t.index, rec)
		return put(ctx, t, t.index.locations, rec.ID, rec)
	})
	return l, err
}

// DeleteLocation forgets a location. Its repository stays where it is; with force the points in it, the
// bin included, are deleted. The main location stays, without its quota, bin and lock.
func (s *Service) DeleteLocation(ctx context.Context, id string, force bool) error {
	if _, err := s.Location(ctx, id); err != nil {
		return err
	}
	return s.change(ctx, "delete location", func(ctx context.Context, t *tx) error {
		rec, ok := t.index.location(id)
		if !ok {
			return notFound("location", id)
		}
		if id != mainLocation {
			if err := s.empty(ctx, t, rec, force); err != nil {
				return err
			}
		} else if err := s.unlocked(t.index, rec); err != nil {
			return err
		}
		if _, ok := t.index.locations.get(id); !ok {
			return nil
		}
		return remove(ctx, t, t.index.locations, id)
	})
}

// empty refuses a location that is in use, or deletes its points.
func (s *Service) empty(ctx context.Context, t *tx, rec locationRecord, force bool) error {
	if n := *s.domainLocation(t.index, rec).ServerCount; n > 0 {
		return backup.Errorf(backup.ErrConflict, "The location %q is used by %d servers. Give them another location_id first.", rec.Name, n)
	}
	points := t.index.pointsIn(rec.ID)
	if len(points) > 0 && !force {
		return backup.Errorf(backup.ErrConflict, "The location %q still holds %d points, those in the bin included. Delete them first, or set force_destroy = true and apply that before the location is destroyed: then they are deleted with it.", rec.Name, len(points))
	}
	if err := s.unlocked(t.index, rec); err != nil {
		return err
	}
	for _, r := range points {
		if s.running[r.ID] != nil || (r.State == runRunning && r.Owner.alive(r.RenewedAt, s.cfg.Now())) {
			return backup.Errorf(backup.ErrBusy, "The point %s is being taken in the location %q.", r.ID, rec.Name)
		}
	}
	for _, r := range points {
		if err := s.purge(ctx, t, r); err != nil {
			return fmt.Errorf("delete the points of the location %q: %w", rec.Name, err)
		}
	}
	return nil
}

// unlocked refuses while the lock of a location holds one of its points.
func (s *Service) unlocked(ix *index, rec locationRecord) error {
	for _, r := range ix.pointsIn(rec.ID) {
		if err := s.locked(ix, r); err != nil {
			return err
		}
	}
	return nil
}

// repositories are the directories of the locations, as far as they are such.
func (ix *index) repositories() []string {
	var list []string
	for _, r := range ix.locations.rows {
		if filepath.IsAbs(r.value.Repository) {
			list = append(list, r.value.Repository)
		}
	}
	return list
}

// repositories are the directories that hold repositories on this machine.
func (s *Service) repositories(ctx context.Context) []string {
	var list []string
	if filepath.IsAbs(s.cfg.Repository) {
		list = append(list, s.cfg.Repository)
	}
	// Whoever asks finds out in other ways that the main repository cannot be read.
	_ = s.view(ctx, backup.Cached, func(ix *index) error {
		list = append(list, ix.repositories()...)
		return nil
	})
	return list
}

// pointsIn are the runs that may have left data in a location, newest first.
func (ix *index) pointsIn(location string) []runRecord {
	var list []runRecord
	for _, r := range ix.runs.rows {
		if r.value.LocationID == location && r.value.DeletedAt.IsZero() {
			list = append(list, r.value)
		}
	}
	slices.SortFunc(list, func(a, b runRecord) int { return b.StartedAt.Compare(a.StartedAt) })
	return list
}
