package local

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// locationStore returns the repository of a location. The caller holds the lock.
func (s *Service) locationStore(ix *index, id string) (*store, error) {
	if id == mainLocation {
		return &s.store, nil
	}
	rec, ok := ix.locations.get(id)
	if !ok {
		return nil, notFound("location", id)
	}
	cfg := s.locationConfig(rec)
	if st := s.stores[id]; st != nil && st.cfg.sameStore(cfg) {
		return st, nil
	}
	// Where the location was changed, somebody may still use the store of before: it is closed at the end.
	if st := s.stores[id]; st != nil {
		s.retired = append(s.retired, st)
	}
	s.stores[id] = &store{cfg: cfg, location: rec.Name}
	return s.stores[id], nil
}

// storeOf is [Service.locationStore] for callers without the lock.
func (s *Service) storeOf(ctx context.Context, id string) (st *store, err error) {
	if id == mainLocation {
		return &s.store, nil
	}
	err = s.view(ctx, backup.Cached, func(ix *index) error {
		st, err = s.locationStore(ix, id)
		return err
	})
	return st, err
}

// locationConfig is how to open the repository of a location.
func (s *Service) locationConfig(rec locationRecord) Config {
	c := s.cfg
	c.Repository, c.S3, c.ObjectLock = rec.Repository, rec.S3.options(rec.Secrets), rec.ObjectLock
	c.Password, c.PasswordFile = rec.Secrets.Password, ""
	if c.CacheDirectory != "" {
		c.CacheDirectory = filepath.Join(c.CacheDirectory, rec.ID)
	}
	return c
}

// sameStore says whether both open the same repository in the same way.
func (c Config) sameStore(other Config) bool {
	return c.Repository == other.Repository && c.Password == other.Password && samePtr(c.S3, other.S3)
}

// allStores are the repositories that this process may have open.
func (s *Service) allStores() []*store {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := append([]*store{&s.store}, s.retired...)
	for st := range maps.Values(s.stores) {
		list = append(list, st)
	}
	return list
}

// snapshots are the snapshots in the repositories by location, point and volume, and whether they are finished.
type snapshots struct {
	sets map[string]map[string]map[string]bool
	// broken are the locations that cannot be read now: nothing can be said of their points.
	broken map[string]error
}

// of returns the volumes of a point that exist; false are those of which there is only a checkpoint.
func (n snapshots) of(location, point string) (map[string]bool, error) {
	return n.sets[location][point], n.broken[location]
}

func (n snapshots) set(location, point string, volumes []volumeRecord) {
	if n.sets[location] == nil {
		n.sets[location] = make(map[string]map[string]bool)
	}
	n.sets[location][point] = make(map[string]bool, len(volumes))
	for _, v := range volumes {
		n.sets[location][point][v.ID] = true
	}
}

func (n snapshots) remove(location, point string) { delete(n.sets[location], point) }

// loadSnapshots reads which snapshots there are, in every location that holds a point or may. The caller
// holds the lock. Other locations are seen as they were at most age ago.
func (s *Service) loadSnapshots(ctx context.Context, ix *index, listing *engine.Listing, age time.Duration) error {
	ix.snapshots = snapshots{
		sets:   map[string]map[string]map[string]bool{mainLocation: listing.Volumes()},
		broken: make(map[string]error),
	}
	ids := ix.foreignLocations()
	for _, r := range ix.runs.rows {
		if id := r.value.LocationID; id != mainLocation && r.value.DeletedAt.IsZero() {
			ids[id] = true
		}
	}
	if err := s.addForeign(ctx, ix, mainLocation, listing); err != nil {
		return err
	}
	for id := range ids {
		if err := s.locationSnapshots(ctx, ix, id, age); err != nil {
			if ctx.Err() != nil {
				return err
			}
			ix.snapshots.broken[id] = err
		}
	}
	return nil
}

func (s *Service) locationSnapshots(ctx context.Context, ix *index, id string, age time.Duration) error {
	st, err := s.locationStore(ix, id)
	if err != nil {
		return err
	}
	repo, err := st.existing(ctx)
	if err != nil {
		return err
	}
	if _, err := st.refresh(ctx, repo, age); err != nil {
		return err
	}
	listing, err := repo.List(ctx)
	if err != nil {
		return st.explain("read", err)
	}
	ix.snapshots.sets[id] = listing.Volumes()
	return st.explain("read", s.addForeign(ctx, ix, id, listing))
}

// refresh makes visible what other processes wrote until the time that it returns, which is at most age ago. A
// directory that went away is noticed here: Kopia would look for it again and again, for ever.
func (s *store) refresh(ctx context.Context, repo *engine.Repo, age time.Duration) (seen time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.seen) < age {
		return s.seen, nil
	}
	storage, err := s.storage()
	if err == nil && storage.S3 == nil {
		err = engine.Probe(ctx, storage)
	}
	switch {
	case errors.Is(err, engine.ErrAbsent):
		return s.seen, s.gone()
	case err != nil:
		return s.seen, s.explain("read", err)
	}
	now := time.Now()
	if err := repo.Refresh(ctx); err != nil {
		return s.seen, s.explain("read", err)
	}
	s.seen = now
	return now, nil
}

// gone is the error of a repository that must be there.
func (s *store) gone() error {
	if s.location == "" {
		return &backup.ServiceError{Kind: backup.ErrConflict, Err: engine.ErrAbsent, Message: fmt.Sprintf(
			"The repository %s was there and is not there any more. Mount or restore it; nothing was changed.", s.cfg.Repository)}
	}
	return &backup.ServiceError{Kind: backup.ErrConflict, Err: engine.ErrAbsent, Message: fmt.Sprintf(
		"There is no repository at %s any more, which the location %q keeps its points in. Mount or restore it; nothing was changed.", s.cfg.Repository, s.location)}
}
