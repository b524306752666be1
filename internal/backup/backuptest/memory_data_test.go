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
