package local

import (
	"context"
	"errors"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// index is all records of the repository in memory.
type index struct {
	loaded    time.Time
	servers   *table[serverRecord]
	policies  *table[policyRecord]
	runs      *table[runRecord]
	restores  *table[restoreRecord]
	locations *table[locationRecord]
	chunks    *table[chunkRecord]
	snapshots snapshots
}

func newIndex() *index {
	return &index{
		loaded:    time.Now(),
		servers:   newTable[serverRecord]("serverbackup-server"),
		policies:  newTable[policyRecord]("serverbackup-policy"),
		runs:      newTable[runRecord]("serverbackup-run"),
		restores:  newTable[restoreRecord]("serverbackup-restore"),
		locations: newTable[locationRecord]("serverbackup-location"),
		chunks:    newTable[chunkRecord]("serverbackup-history"),
		snapshots: snapshots{sets: make(map[string]map[string]map[string]bool)},
	}
}

// table is the records of one kind by id.
type table[T any] struct {
	kind string
	rows map[string]row[T]
}

type row[T any] struct {
	version string
	value   T
}

func newTable[T any](kind string) *table[T] {
	return &table[T]{kind: kind, rows: make(map[string]row[T])}
}

func (t *table[T]) get(id string) (T, bool) {
	r, ok := t.rows[id]
	return r.value, ok
}

func (t *table[T]) load(ctx context.Context, listing *engine.Listing) error {
	records, err := engine.Records[T](ctx, listing, t.kind)
	for _, rec := range records {
		t.rows[rec.ID] = row[T]{rec.Version, rec.Value}
	}
	return err
}

// maxListTries bounds how often a listing starts again because records changed under it.
const maxListTries = 100

// loadIndex reads all records from one listing, so that they belong together.
func (s *Service) loadIndex(ctx context.Context, repo *engine.Repo, age time.Duration) (ix *index, err error) {
	for range maxListTries {
		listing, err := repo.List(ctx)
		if err != nil {
			return nil, err
		}
		ix = newIndex()
		err = ix.load(ctx, listing)
		if err == nil {
			return ix, s.loadSnapshots(ctx, ix, listing, age)
		}
		if !errors.Is(err, engine.ErrChanged) {
			return nil, err
		}
	}
	return nil, engine.ErrChanged
}

func (ix *index) load(ctx context.Context, listing *engine.Listing) error {
	for _, t := range []interface {
		load(ctx context.Context, listing *engine.Listing) error
	}{ix.servers, ix.policies, ix.runs, ix.restores, ix.chunks, ix.locations} {
		if err := t.load(ctx, listing); err != nil {
			return err
		}
	}
	return nil
}

// view runs f on the index, which is at most Config.ReadCache old, or new if it must be fresh. f
// must not keep it.
func (s *Service) view(ctx context.Context, fresh backup.Freshness, f func(*index) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index == nil || fresh == backup.Fresh || time.Since(s.index.loaded) > s.cfg.ReadCache {
		repo, err := s.store.read(ctx)
		if err != nil {
			return err
		}
		age := s.cfg.ReadCache
		if fresh == backup.Fresh {
			age = 0
		}
		if err := s.reload(ctx, repo, age); err != nil {
			return err
		}
	}
	return f(s.index)
}

// reload reads the records anew, as they were at most age ago: a repository that was just opened needs no
// second look. No repository holds none.
func (s *Service) reload(ctx context.Context, repo *engine.Repo, age time.Duration) error {
	if repo == nil {
		s.index = newIndex()
		return nil
	}
	seen, err := s.store.refresh(ctx, repo, age)
	if err != nil {
		return err
	}
	ix, err := s.loadIndex(ctx, repo, age)
	if err != nil {
		return s.store.explain("read", err)
	}
	ix.loaded = seen
	s.index = ix
	return nil
}

// tx is a change of records: all of it becomes durable, or nothing.
type tx struct {
	*engine.Writer
	index *index
	// after brings the index up to date once the change is durable.
	after []func()
}

// change runs f in a write session. It creates the repository if there is none.
func (s *Service) change(ctx context.Context, purpose string, f func(context.Context, *tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	repo, err := s.store.write(ctx)
	if err != nil {
		return err
	}
	if s.index == nil || time.Since(s.index.loaded) > s.cfg.ReadCache {
		if err := s.reload(ctx, repo, 0); err != nil {
			return err
		}
	}
	t := &tx{index: s.index}
	err = repo.Write(ctx, purpose, false, nil, func(ctx context.Context, w *engine.Writer) error {
		t.Writer = w
		return f(ctx, t)
	})
	if err != nil {
		return s.writeError(err)
	}
	for _, done := range t.after {
		done()
	}
	return nil
}

// writeError leaves our own errors alone and explains those of the repository.
func (s *Service) writeError(err error) error {
	if isServiceError(err) {
		return err
	}
	return s.store.explain("write to", err)
}

func put[T any](ctx context.Context, t *tx, rows *table[T], id string, value T) error {
	version, err := t.Put(ctx, rows.kind, id, rows.rows[id].version, value)
	if err != nil {
		return err
	}
	t.after = append(t.after, func() { rows.rows[id] = row[T]{version, value} })
	return nil
}

func remove[T any](ctx context.Context, t *tx, rows *table[T], id string) error {
	if err := t.Delete(ctx, rows.rows[id].version); err != nil {
		return err
	}
	t.after = append(t.after, func() { delete(rows.rows, id) })
	return nil
}
