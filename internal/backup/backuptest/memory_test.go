package backuptest_test

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// memory is a backup service in memory: the shortest that keeps every promise.
type memory struct {
	*memoryStore
	// fault breaks one promise, see TestSuiteFindsFaults.
	fault string
}

// memoryStore is what several clients share.
type memoryStore struct {
	mu        sync.Mutex
	lastID    int
	now       time.Time
	policies  map[string]backup.Policy
	servers   map[string]backup.Server
	points    map[string]*memoryPoint
	entries   map[string]backup.HistoryEntry // by id; runs have the id of their point
	restores  map[string]backup.Restore
	locations map[string]backup.Location
	slow      map[string]bool // servers whose points do not proceed
	broken    map[string]bool // servers whose points fail
}

// memoryPoint proceeds with every fresh read.
type memoryPoint struct {
	backup.Point
	outcome backup.Status
}

func newMemory(fault string) *memory {
	return &memory{fault: fault, memoryStore: &memoryStore{
		now:      time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		policies: map[string]backup.Policy{}, servers: map[string]backup.Server{}, points: map[string]*memoryPoint{},
		entries: map[string]backup.HistoryEntry{}, restores: map[string]backup.Restore{}, locations: map[string]backup.Location{}, slow: map[string]bool{}, broken: map[string]bool{},
	}}
}

// enter locks the store, and returns false with a context that has ended.
func (m *memory) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil && m.fault != "ignores context" {
		return err
	}
	m.mu.Lock()
	return nil
}

func (m *memory) nextID(prefix string) string {
	m.lastID++
	m.now = m.now.Add(time.Second)
	return fmt.Sprintf("%s-%04d", prefix, m.lastID)
}

func notFound(what, id string) error {
	return backup.Errorf(backup.ErrNotFound, "there is no %s with id %q", what, id)
}

func (m *memory) Scope(context.Context) (backup.Scope, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.lastID == 0 {
		return backup.Scope{Service: "memory"}, nil
	}
	return backup.Scope{Service: "memory", ID: "store"}, nil
}

func (m *memory) CheckPolicy(_ context.Context, p backup.Policy) []backup.Problem {
	if m.fault == "checks nothing" {
		return nil
	}
	return backup.CheckPolicy(p)
}

func (m *memory) Policies(ctx context.Context) iter.Seq2[backup.Policy, error] {
	return list(ctx, m, func() []backup.Policy {
		all := slices.SortedFunc(maps.Values(m.policies), func(a, b backup.Policy) int { return cmpText(a.ID, b.ID) })
		for i := range all {
			all[i] = m.withServers(all[i])
		}
		return all
	})
}

func (m *memory) withServers(p backup.Policy) backup.Policy {
	p.ServerIDs = nil
	for id, s := range m.servers {
		if s.PolicyID == p.ID {
			p.ServerIDs = append(p.ServerIDs, id)
		}
	}
	slices.Sort(p.ServerIDs)
	return p
}

func (m *memory) Policy(ctx context.Context, id string) (backup.Policy, error) {
	if err := m.enter(ctx); err != nil {
		return backup.Policy{}, err
	}
	defer m.mu.Unlock()
	p, ok := m.policies[id]
	if !ok {
		return p, notFound("policy", id)
	}
	return m.withServers(p), nil
}

func (m *memory) CreatePolicy(ctx context.Context, p backup.Policy) (backup.Policy, error) {
	if err := m.enter(ctx); err != nil {
		return p, err
	}
	defer m.mu.Unlock()
	p.ID = m.nextID("policy")
	p.CreatedAt = m.now
	if m.fault == "forgets the description" {
		p.Description = ""
	}
	m.policies[p.ID] = p
	return p, nil
}

func (m *memory) UpdatePolicy(ctx context.Context, p backup.Policy) (backup.Policy, error) {
	if err := m.enter(ctx); err != nil {
		return p, err
	}
	defer m.mu.Unlock()
	if _, ok := m.policies[p.ID]; !ok {
		return p, notFound("policy", p.ID)
	}
	m.policies[p.ID] = p
	return m.withServers(p), nil
}

func (m *memory) DeletePolicy(ctx context.Context, id string) error {
	if err := m.enter(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	p, ok := m.policies[id]
	switch {
	case !ok:
		return notFound("policy", id)
	case len(m.withServers(p).ServerIDs) > 0 && m.fault != "deletes policies in use":
		return backup.Errorf(backup.ErrConflict, "servers use the policy")
	}
	delete(m.policies, id)
	return nil
}

func (m *memory) CheckServer(_ context.Context, s backup.Server, _ *backup.Server) []backup.Problem {
	problems := backup.CheckName([]string{"name"}, s.Name)
	if s.Options == "bad" {
		problems = append(problems, backup.Problem{Path: []string{"memory"}, Summary: "Bad Options", Detail: "Write good ones."})
	}
	return problems
}

func (m *memory) Servers(ctx context.Context) iter.Seq2[backup.Server, error] {
	return list(ctx, m, func() []backup.Server {
		return slices.SortedFunc(maps.Values(m.servers), func(a, b backup.Server) int { return cmpText(a.ID, b.ID) })
	})
}

func (m *memory) Server(ctx context.Context, id string) (backup.Server, error) {
	if err := m.enter(ctx); err != nil {
		return backup.Server{}, err
	}
	defer m.mu.Unlock()
	s, ok := m.servers[id]
	if !ok {
		return s, notFound("server", id)
	}
	n := int64(len(m.livePointsOf(id)))
	s.PointCount = &n
	return s, nil
}

func (m *memory) CreateServer(ctx context.Context, s backup.Server) (backup.Server, error) {
	return m.putServer(ctx, s, true)
}

func (m *memory) UpdateServer(ctx context.Context, s backup.Server) (backup.Server, error) {
	return m.putServer(ctx, s, false)
}

func (m *memory) putServer(ctx context.Context, s backup.Server, create bool) (backup.Server, error) {
	if err := m.enter(ctx); err != nil {
		return s, err
	}
	defer m.mu.Unlock()
	if _, known := m.servers[s.ID]; !create && !known {
		return s, notFound("server", s.ID)
	}
	if _, known := m.policies[s.PolicyID]; !known && s.PolicyID != "" {
		return s, notFound("policy", s.PolicyID)
	}
	if create {
		s.ID = m.nextID("server")
		s.CreatedAt = m.now
	}
	m.servers[s.ID] = s
	return s, nil
}

func (m *memory) DeleteServer(ctx context.Context, id string, fate backup.PointsOnDestroy) error {
	if err := m.enter(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	if _, ok := m.servers[id]; !ok {
		return notFound("server", id)
	}
	points := m.livePointsOf(id)
	for _, p := range points {
		if fate == backup.PointsDelete && m.held(p) {
			return backup.Errorf(backup.ErrLocked, "a point is locked")
		}
	}
	if fate == backup.PointsFail && len(points) > 0 {
		return backup.Errorf(backup.ErrConflict, "the server has %d points", len(points))
	}
	if fate == backup.PointsDelete || m.fault == "keeps no points" {
		for _, p := range points {
			m.remove(p.ID)
		}
	}
	delete(m.servers, id)
	return nil
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// list takes a snapshot when it is ranged over, and holds no lock while it yields.
func list[V any](ctx context.Context, m *memory, snapshot func() []V) iter.Seq2[V, error] {
	return func(yield func(V, error) bool) {
		var none V
		if err := m.enter(ctx); err != nil {
			yield(none, err)
			return
		}
		all := snapshot()
		m.mu.Unlock()
		if m.fault == "leaks goroutines" {
			go func() { <-ctx.Done() }()
		}
		for _, v := range all {
			if !yield(v, nil) {
				return
			}
		}
	}
}
