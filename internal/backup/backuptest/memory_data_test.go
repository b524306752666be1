package backuptest_test

import (
	"context"

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
