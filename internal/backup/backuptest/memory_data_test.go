package backuptest_test

import (
	"context"
	"io"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// available returns a point that can be read.
func (m *memory) available(ctx context.Context, id string) (backup.Point, error) {
	p, err := m.Point(ctx, id, backup.Cached)
	if err == nil && p.Status != backup.StatusAvailable {
		err = backup.Errorf(backup.ErrConflict, "the point is in status %s", p.Status)
	}
	return p, err
}

func (m *memory) VerifyPoint(ctx context.Context, id string, progress func(done, total int64)) (backup.Verification, error) {
	p, err := m.available(ctx, id)
	if err != nil {
		return backup.Verification{}, err
	}
	v := backup.Verification{Files: 1, Bytes: *p.SizeBytes}
	if m.fault == "reads the first byte" {
		v.Bytes = 1
	}
	if progress != nil {
		progress(v.Bytes, *p.SizeBytes)
	}
	return v, nil
}

func (m *memory) ArchiveFormats() []string { return []string{"raw"} }

func (m *memory) CheckArchive(ctx context.Context, r backup.ArchiveRequest) []backup.Problem {
	var problems []backup.Problem
	complain := func(attribute string) {
		problems = append(problems, backup.Problem{Path: []string{attribute}, Summary: "Wrong", Detail: "Write another."})
	}
	if r.Format != "raw" {
		complain("format")
	}
	if _, err := m.available(ctx, r.PointID); err != nil {
		complain("point_id")
	}
	if r.VolumeID != "" && r.VolumeID != "volume" {
		complain("volume_id")
	}
	return problems
}

func (m *memory) Archive(ctx context.Context, r backup.ArchiveRequest, w io.Writer, progress func(done, total int64)) error {
	p, err := m.available(ctx, r.PointID)
	if err != nil {
		return err
	}
	if len(m.CheckArchive(ctx, r)) > 0 {
		return backup.Errorf(nil, "the request is wrong")
	}
	text := p.ID
	if m.fault == "dates archives" {
		text += time.Now().String()
	}
	n, err := io.WriteString(w, text)
	if progress != nil {
		progress(int64(n), 0)
	}
	return err
}

func (m *memory) CheckRestore(ctx context.Context, r backup.RestoreRequest) []backup.Problem {
	if r.PointID == "" || m.fault == "restores broken points" {
		return nil
	}
	if _, err := m.available(ctx, r.PointID); err != nil {
		return []backup.Problem{{Path: []string{"point_id"}, Summary: "Wrong", Detail: err.Error()}}
	}
	return nil
}

func (m *memory) StartRestore(ctx context.Context, r backup.RestoreRequest) (backup.Restore, error) {
	p, err := m.available(ctx, r.PointID)
	if err != nil {
		return backup.Restore{}, err
	}
	if err := m.enter(ctx); err != nil {
		return backup.Restore{}, err
	}
	defer m.mu.Unlock()
	restore := backup.Restore{ID: m.nextID("restore"), PointID: p.ID, Status: backup.HistoryRunning, StartedAt: m.now, RestoredID: "somewhere"}
	if m.fault == "restores nowhere" {
		restore.RestoredID = ""
	}
	m.restores[restore.ID] = restore
	if m.fault != "forgets restores" {
		m.entries[restore.ID] = backup.HistoryEntry{
			ID: restore.ID, Kind: backup.KindRestore, Status: backup.HistorySucceeded, PointID: p.ID, ServerID: p.ServerID, StartedAt: m.now,
		}
	}
	return restore, nil
}

func (m *memory) Restore(ctx context.Context, id string) (backup.Restore, error) {
	if err := m.enter(ctx); err != nil {
		return backup.Restore{}, err
	}
	defer m.mu.Unlock()
	restore, ok := m.restores[id]
	if !ok {
		return restore, notFound("restore", id)
	}
	restore.Status, restore.FinishedAt = backup.HistorySucceeded, m.now
	m.restores[id] = restore
	return restore, nil
}
