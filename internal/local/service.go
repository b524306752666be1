// Package local is the backup service embedded in the provider. Everything it knows is in a Kopia
// repository, so a second machine that opens the repository sees the same servers, policies, points
// and history.
package local

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// ServiceName is the word for this service in configurations.
const ServiceName = "local"

// mainLocation is the id of the one location that every repository has: itself.
const mainLocation = "main"

// Service is the embedded backup service.
type Service struct {
	cfg Config
	// store is the main repository, which holds all records.
	store store
	lease lease
	// slots limits the points that are taken at a time.
	slots chan struct{}

	// mu guards what follows, and lets one change of records happen at a time.
	mu    sync.Mutex
	index *index
	// stores are the repositories of the other locations, and retired those that were reached in
	// another way before.
	stores  map[string]*store
	retired []*store
	running map[string]*run
	// unheard are points that ended in this process and were not read since.
	unheard map[string]bool
	// restoring are the restores of this process that run, or ended without a record.
	restoring map[string]*restoring
}

var (
	_ backup.Service       = (*Service)(nil)
	_ backup.Historian     = (*Service)(nil)
	_ backup.UsageReporter = (*Service)(nil)
	_ backup.Canceler      = (*Service)(nil)
	_ backup.Noticer       = (*Service)(nil)
)

// New returns a service for a repository. It touches no disk: the repository is opened by the first
// call that needs it.
func New(cfg Config) (*Service, error) {
	cfg, err := cfg.resolve(context.Background())
	if err != nil {
		return nil, err
	}
	return &Service{
		cfg:     cfg,
		store:   store{cfg: cfg},
		slots:   make(chan struct{}, cfg.PointsInParallel),
		stores:  make(map[string]*store),
		running: make(map[string]*run),
		unheard: make(map[string]bool),

		restoring: make(map[string]*restoring),
	}, nil
}

// Close stops the runs of this service and releases the repository.
func (s *Service) Close(ctx context.Context) error {
	s.mu.Lock()
	runs := make([]*run, 0, len(s.running))
	for _, r := range s.running {
		runs = append(runs, r)
	}
	restores := slices.Collect(maps.Values(s.restoring))
	s.mu.Unlock()
	for _, r := range runs {
		r.stop()
		<-r.done
	}
	for _, r := range restores {
		r.stop(backup.ErrCanceled)
		<-r.done
	}
	s.lease.close()
	var errs []error
	for _, st := range s.allStores() {
		errs = append(errs, st.close(ctx))
	}
	return errors.Join(errs...)
}

// Scope is the repository; its id is empty while there is none.
func (s *Service) Scope(ctx context.Context) (backup.Scope, error) {
	scope := backup.Scope{Service: ServiceName, Name: s.cfg.Repository}
	repo, err := s.store.read(ctx)
	if err == nil && repo != nil {
		scope.ID = repo.ID()
	}
	return scope, err
}

// TakeNotices returns warnings, such as where the key of a new repository is.
func (s *Service) TakeNotices() []backup.Notice {
	return s.store.takeNotices()
}
