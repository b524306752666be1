package backuptest_test

import (
	"context"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// advance moves the clock, and lets the bin lapse.
func (m *memory) advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
	for id, p := range m.points {
		if p.DeletionStatus == backup.DeletionSoftDeleted && !m.now.Before(p.RecoverUntil) && m.fault != "never empties the bin" {
			m.purge(id)
		}
	}
}

// held says whether a lock holds a point.
func (m *memory) held(p *memoryPoint) bool {
	lock := m.locations[p.LocationID].Lock
	return lock != nil && m.fault != "ignores locks" && m.now.Before(p.CreatedAt.Add(time.Duration(lock.MinDays)*24*time.Hour))
}

func (m *memory) Regions(context.Context) iter.Seq2[backup.Region, error] {
	return func(yield func(backup.Region, error) bool) { yield(backup.Region{ID: "region", Name: "here"}, nil) }
}

func (m *memory) CheckLocation(_ context.Context, l backup.Location, _ *backup.Location) []backup.Problem {
	problems := backup.CheckName([]string{"name"}, l.Name)
	complain := func(attribute string) {
		problems = append(problems, backup.Problem{Path: []string{attribute}, Summary: "Wrong", Detail: "Write another."})
	}
	if l.QuotaBytes != nil && *l.QuotaBytes < 1 {
		complain("quota_gb")
	}
	if l.SoftDelete != nil && l.SoftDelete.RetentionDays < 1 {
		complain("soft_delete")
	}
	if l.Lock != nil && l.Lock.MinDays < 1 {
		complain("lock")
	}
	return problems
}

func (m *memory) Locations(ctx context.Context) iter.Seq2[backup.Location, error] {
	return list(ctx, m, func() []backup.Location {
		return slices.SortedFunc(maps.Values(m.locations), func(a, b backup.Location) int { return cmpText(a.ID, b.ID) })
	})
}

func (m *memory) Location(ctx context.Context, id string) (backup.Location, error) {
	if err := m.enter(ctx); err != nil {
		return backup.Location{}, err
	}
	defer m.mu.Unlock()
	l, ok := m.locations[id]
	if !ok {
		return l, notFound("location", id)
	}
	return l, nil
}

func (m *memory) CreateLocation(ctx context.Context, l backup.Location) (backup.Location, error) {
	if err := m.enter(ctx); err != nil {
		return l, err
	}
	defer m.mu.Unlock()
	l.ID = m.nextID("location")
	m.locations[l.ID] = l
	return l, nil
}

func (m *memory) UpdateLocation(ctx context.Context, l backup.Location) (backup.Location, error) {
	if err := m.enter(ctx); err != nil {
		return l, err
	}
	defer m.mu.Unlock()
	if _, ok := m.locations[l.ID]; !ok {
		return l, notFound("location", l.ID)
	}
	if m.fault == "forgets the quota" {
		l.QuotaBytes = nil
	}
	m.locations[l.ID] = l
	return l, nil
}

func (m *memory) DeleteLocation(ctx context.Context, id string, force bool) error {
	if err := m.enter(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	if _, ok := m.locations[id]; !ok {
		return notFound("location", id)
	}
	for _, s := range m.servers {
		if s.LocationID == id && m.fault != "deletes locations in use" {
			return backup.Errorf(backup.ErrConflict, "a server uses the location")
		}
	}
	for _, p := range m.pointsOf("") {
		switch {
		case p.LocationID != id:
		case !force && m.fault != "forces everything":
			return backup.Errorf(backup.ErrConflict, "the location holds points")
		case m.held(p):
			return backup.Errorf(backup.ErrLocked, "a point is locked")
		}
	}
	for _, p := range m.pointsOf("") {
		if p.LocationID == id {
			m.purge(p.ID)
		}
	}
	delete(m.locations, id)
	return nil
}

func (m *memory) RecoverPoint(ctx context.Context, id string) (backup.Point, error) {
	if err := m.enter(ctx); err != nil {
		return backup.Point{}, err
	}
	defer m.mu.Unlock()
	p, ok := m.points[id]
	if !ok {
		return backup.Point{}, notFound("point", id)
	}
	if m.fault != "recovers nothing" {
		m.mark(p, backup.DeletionPresent)
	}
	return p.Point, nil
}

// mark notes whether a point is in the bin.
func (m *memory) mark(p *memoryPoint, status backup.DeletionStatus) {
	p.DeletionStatus = status
	entry := m.entries[p.ID]
	entry.DeletionStatus = status
	m.entries[p.ID] = entry
}
