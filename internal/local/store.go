package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// store opens the repository when it is needed. Nothing is written before the first call of write, so
// that plans and refreshes cannot change anything.
type store struct {
	cfg Config
	// location is the name of the location, empty for the main one.
	location string

	mu   sync.Mutex
	repo *engine.Repo
	// seen is when repo last saw what other processes wrote.
	seen  time.Time
	notes []backup.Notice
}

// read returns the open repository, nil if there is none yet.
func (s *store) read(ctx context.Context) (*engine.Repo, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.opened(ctx)
	if errors.Is(err, engine.ErrAbsent) {
		return nil, nil //nolint:nilnil // no repository is no error
	}
	return s.repo, err
}

// existing is read for a repository that must be there.
func (s *store) existing(ctx context.Context) (*engine.Repo, error) {
	repo, err := s.read(ctx)
	if err == nil && repo == nil {
		err = s.gone()
	}
	return repo, err
}

// write returns the repository for writing, and creates it if there is none.
func (s *store) write(ctx context.Context) (*engine.Repo, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.opened(ctx)
	if errors.Is(err, engine.ErrAbsent) {
		if err = s.create(ctx); err == nil {
			err = s.opened(ctx)
		}
	}
	if err != nil {
		return nil, err
	}
	s.repo.AllowWrites()
	return s.repo, nil
}

// opened opens the repository unless it is open. The caller holds the lock.
func (s *store) opened(ctx context.Context) (err error) {
	if s.repo == nil {
		s.seen = time.Now()
		s.repo, err = s.open(ctx)
	}
	return err
}

func (s *store) open(ctx context.Context) (*engine.Repo, error) {
	storage, err := s.storage()
	if err != nil {
		return nil, err
	}
	if err := engine.Probe(ctx, storage); err != nil {
		return nil, s.explain("open", err)
	}
	password, err := s.cfg.password()
	if err != nil {
		return nil, err
	}
	repo, err := engine.Open(context.WithoutCancel(ctx), s.engineOptions(storage, password))
	return repo, s.explain("open", err)
}

// uncached opens a connection of its own that no cache answers for. The caller closes it.
func (s *store) uncached(ctx context.Context) (*engine.Repo, error) {
	cfg := s.cfg
	cfg.CacheDirectory = ""
	return (&store{cfg: cfg, location: s.location}).open(ctx)
}

// reading returns a connection for reading much data once, which would only push other content out of a
// cache. The caller calls release.
func (s *store) reading(ctx context.Context) (repo *engine.Repo, release func(), err error) {
	if s.cfg.CacheDirectory != "" {
		repo, err = s.uncached(ctx)
		return repo, func() { _ = repo.Close(context.WithoutCancel(ctx)) }, err
	}
	repo, err = s.existing(ctx)
	return repo, func() {}, err
}

func (s *store) engineOptions(storage engine.Storage, password string) engine.Options {
	return engine.Options{
		Storage:        storage,
		Password:       password,
		CacheDirectory: s.cfg.CacheDirectory,
		Host:           s.cfg.Host,
		User:           s.cfg.User,
		ObjectLock:     s.cfg.ObjectLock.engine(),
		Now:            s.cfg.Now,
		StorageNow:     s.cfg.StorageNow,
	}
}

// create makes the repository, one process of the machine at a time.
func (s *store) create(ctx context.Context) error {
	dir, err := privateDir()
	if err != nil {
		return err
	}
	lock := flock.New(filepath.Join(dir, "create.lock"))
	if err := lock.Lock(); err != nil {
		return fmt.Errorf("lock %s: %w", lock.Path(), err)
	}
	defer lock.Unlock() //nolint:errcheck // closing releases it
	storage, err := s.storage()
	if err != nil {
		return err
	}
	if err := engine.Probe(ctx, storage); !errors.Is(err, engine.ErrAbsent) {
		return s.explain("create", err)
	}
	password, notice, err := s.cfg.newPassword()
	if err != nil {
		return err
	}
	if err := engine.Create(ctx, s.engineOptions(storage, password)); err != nil {
		return s.explain("create", err)
	}
	if notice != nil {
		s.notes = append(s.notes, *notice)
	}
	return nil
}

// explain says what to do about the errors that a user can mend.
func (s *store) explain(verb string, err error) error {
	message := fmt.Sprintf("cannot %s the repository %s: %v.", verb, s.cfg.Repository, err)
	var kind error
	switch {
	case err == nil || errors.Is(err, engine.ErrAbsent):
		return err
	case errors.Is(err, engine.ErrPassword):
		kind = backup.ErrDenied
		message = fmt.Sprintf("The password does not open the repository %s. Check %s; nothing was read or changed.", s.cfg.Repository, s.attribute("password"))
	case onS3(s.cfg.Repository):
		return s.explainS3(verb, err)
	case errors.Is(err, engine.ErrNotRepository):
		kind = backup.ErrConflict
		message += " Set " + s.attribute("repository") + " to a new or empty directory, or to an existing repository."
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		kind = backup.ErrDenied
		message += " This user must be able to read and write that directory."
	case errors.Is(err, syscall.ENOSPC):
		kind = backup.ErrQuota
		message = fmt.Sprintf("cannot %s the repository %s: there is no space left on the device. Free some space there or set %s to a larger disk.", verb, s.cfg.Repository, s.attribute("repository"))
	}
	return &backup.ServiceError{Kind: kind, Message: message, Err: err}
}

// attribute is how messages name an attribute of the provider or of the location.
func (s *store) attribute(name string) string {
	switch {
	case s.location != "" && name == "password":
		return fmt.Sprintf("local.password_wo of the location %q", s.location)
	case s.location != "":
		return fmt.Sprintf("local.%s of the location %q", name, s.location)
	case name == "password":
		return "local.password or local.password_file"
	}
	return "local." + name
}

func (s *store) takeNotices() []backup.Notice {
	s.mu.Lock()
	defer s.mu.Unlock()
	notes := s.notes
	s.notes = nil
	return notes
}

func (s *store) close(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	repo := s.repo
	s.repo = nil
	if repo == nil {
		return nil
	}
	return repo.Close(ctx)
}

// privateDir is for locks: per user, never for data.
func privateDir() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		base = os.TempDir()
	}
	dir := filepath.Join(base, "serverbackup")
	return dir, os.MkdirAll(dir, 0o700)
}
