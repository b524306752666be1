package backuptest_test

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

func (m *memory) CheckPoint(_ context.Context, r backup.PointRequest) []backup.Problem {
	return backup.CheckName([]string{"name"}, r.Name)
}

// pointsOf returns the points of a server (all if empty) oldest first.
func (m *memory) pointsOf(server string) []*memoryPoint {
	var points []*memoryPoint
	for _, p := range m.points {
		if server == "" || p.ServerID == server {
			points = append(points, p)
		}
	}
	slices.SortFunc(points, func(a, b *memoryPoint) int { return cmpText(a.ID, b.ID) })
	return points
}

// livePointsOf leaves out what is in the bin.
func (m *memory) livePointsOf(server string) []*memoryPoint {
	return slices.DeleteFunc(m.pointsOf(server), func(p *memoryPoint) bool { return p.DeletionStatus == backup.DeletionSoftDeleted })
}

func (m *memory) Points(ctx context.Context, f backup.PointFilter) iter.Seq2[backup.Point, error] {
	return list(ctx, m, func() []backup.Point {
		var points []backup.Point
		for _, p := range m.pointsOf("") {
			if f.Match(p.Point) || m.fault == "ignores filters" {
				points = append(points, p.Point)
			}
		}
		if m.fault != "lists oldest first" {
			slices.Reverse(points)
		}
		return points
	})
}

func (m *memory) Point(ctx context.Context, id string, fresh backup.Freshness) (backup.Point, error) {
	if err := m.enter(ctx); err != nil {
		return backup.Point{}, err
	}
	defer m.mu.Unlock()
	p, ok := m.points[id]
	if !ok {
		return backup.Point{}, notFound("point", id)
	}
	if fresh == backup.Fresh && !p.Status.Stable() && !m.slow[p.ServerID] {
		m.proceed(p)
	}
	return p.Point, nil
}

func (m *memory) proceed(p *memoryPoint) {
	progress := *p.Progress + 50
	p.Progress = &progress
	if progress < 100 {
		return
	}
	if p.outcome == backup.StatusError {
		m.fail(p, "the disk is broken")
		return
	}
	p.Status, p.Progress, p.FinishedAt = backup.StatusAvailable, nil, m.now
	m.entries[p.ID] = entryOf(p, backup.HistorySucceeded)
}

func (m *memory) fail(p *memoryPoint, why string) {
	p.Status, p.Progress, p.Error = backup.StatusError, nil, why
	if m.fault == "fails without a reason" {
		p.Error = ""
	}
	m.entries[p.ID] = entryOf(p, backup.HistoryFailed)
}

func entryOf(p *memoryPoint, status backup.HistoryStatus) backup.HistoryEntry {
	return backup.HistoryEntry{
		ID: p.ID, Kind: backup.KindBackup, Status: status, PointID: p.ID, ServerID: p.ServerID, Type: p.Type,
		ScheduleType: p.ScheduleType, StartedAt: p.CreatedAt, FinishedAt: p.FinishedAt, Error: p.Error,
		DeletionStatus: backup.DeletionPresent,
	}
}

func (m *memory) StartPoint(ctx context.Context, r backup.PointRequest) (backup.Point, error) {
	if err := m.enter(ctx); err != nil {
		return backup.Point{}, err
	}
	defer m.mu.Unlock()
	server, ok := m.servers[r.ServerID]
	if !ok {
		return backup.Point{}, notFound("server", r.ServerID)
	}
	if earlier := m.pointsOf(r.ServerID); m.fault == "reuses points" && len(earlier) > 0 {
		return earlier[0].Point, nil
	}
	p := &memoryPoint{outcome: backup.StatusAvailable, Point: backup.Point{
		ID: m.nextID("point"), ServerID: server.ID, ServerName: server.Name, Name: r.Name, Description: r.Description, Tags: r.Tags,
		Status: backup.StatusCreating, Progress: new(int64(0)), Type: backup.TypeFull, ScheduleType: backup.ScheduleManual,
		LocationID: server.LocationID, DeletionStatus: backup.DeletionPresent,
		CreatedAt: m.now, SizeBytes: new(int64(1000 + m.lastID)),
		Volumes: []backup.VolumePoint{{ID: "volume", SourceID: "disk"}},
	}}
	if m.fault == "local times" {
		p.CreatedAt = p.CreatedAt.Local()
	}
	if m.fault == "trims names" {
		p.Name = strings.TrimSpace(p.Name)
	}
	if len(m.pointsOf(server.ID)) > 0 && (r.Full == nil || !*r.Full || m.fault == "never full") {
		p.Type = backup.TypeIncremental
	}
	if m.broken[server.ID] {
		p.outcome = backup.StatusError
	}
	if m.fault == "runs end with the context" {
		context.AfterFunc(ctx, func() {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.fail(p, "canceled")
		})
	}
	m.points[p.ID] = p
	m.entries[p.ID] = entryOf(p, backup.HistoryRunning)
	return p.Point, nil
}

func (m *memory) CancelPoint(ctx context.Context, id string) (backup.Point, error) {
	if err := m.enter(ctx); err != nil {
		return backup.Point{}, err
	}
	defer m.mu.Unlock()
	p, ok := m.points[id]
	if !ok {
		return backup.Point{}, notFound("point", id)
	}
	if !p.Status.Stable() {
		m.fail(p, "canceled")
	}
	return p.Point, nil
}

func (m *memory) UpdatePoint(ctx context.Context, id string, u backup.PointUpdate) (backup.Point, error) {
	if err := m.enter(ctx); err != nil {
		return backup.Point{}, err
	}
	defer m.mu.Unlock()
	p, ok := m.points[id]
	if !ok {
		return backup.Point{}, notFound("point", id)
	}
	if u.Tags != nil && m.fault != "ignores tags" {
		p.Tags = *u.Tags
	}
	return p.Point, nil
}

func (m *memory) DeletePoint(ctx context.Context, id string) error {
	if err := m.enter(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	p, ok := m.points[id]
	if !ok && m.fault == "deletes once" {
		return notFound("point", id)
	}
	if ok && m.held(p) {
		return backup.Errorf(backup.ErrLocked, "the point is locked")
	}
	m.remove(id)
	return nil
}

// remove puts a point into the bin of its location, or deletes it if there is none.
func (m *memory) remove(id string) {
	p, ok := m.points[id]
	bin := ok && m.locations[p.LocationID].SoftDelete != nil && m.fault != "has no bin"
	switch {
	case !ok || m.fault == "deletes nothing" || p.DeletionStatus == backup.DeletionSoftDeleted:
	case bin:
		p.RecoverUntil = m.now.Add(time.Duration(m.locations[p.LocationID].SoftDelete.RetentionDays) * 24 * time.Hour)
		m.mark(p, backup.DeletionSoftDeleted)
	default:
		m.purge(id)
	}
}

func (m *memory) purge(id string) {
	p := m.points[id]
	delete(m.points, id)
	entry := m.entries[id]
	entry.DeletionStatus = backup.DeletionDeleted
	m.entries[id] = entry
	if m.fault == "forgets history" {
		delete(m.entries, id)
	}
	deletion := m.nextID("deletion")
	m.entries[deletion] = backup.HistoryEntry{
		ID: deletion, Kind: backup.KindDelete, Status: backup.HistorySucceeded, PointID: id, ServerID: p.ServerID, StartedAt: m.now,
	}
}

func (m *memory) History(ctx context.Context, f backup.HistoryFilter) iter.Seq2[backup.HistoryEntry, error] {
	return list(ctx, m, func() []backup.HistoryEntry {
		var entries []backup.HistoryEntry
		for _, e := range m.entries {
			if f.Match(e) {
				entries = append(entries, e)
			}
		}
		slices.SortFunc(entries, func(a, b backup.HistoryEntry) int { return b.StartedAt.Compare(a.StartedAt) })
		return entries
	})
}

func (m *memory) SpaceUsage(ctx context.Context, f backup.UsageFilter) (backup.SpaceUsage, error) {
	if err := m.enter(ctx); err != nil {
		return backup.SpaceUsage{}, err
	}
	defer m.mu.Unlock()
	var usage backup.SpaceUsage
	for id, server := range m.servers {
		if f.LocationID != "" || (len(f.ServerIDs) > 0 && !slices.Contains(f.ServerIDs, id)) {
			continue
		}
		u := backup.ServerUsage{ServerID: id, ServerName: server.Name}
		for _, p := range m.livePointsOf(id) {
			u.Points++
			u.SizeBytes += *p.SizeBytes
		}
		if m.fault == "counts double" {
			u.Points *= 2
		}
		usage.Servers = append(usage.Servers, u)
	}
	slices.SortFunc(usage.Servers, func(a, b backup.ServerUsage) int { return cmpText(a.ServerName, b.ServerName) })
	return usage, nil
}
