package local

import (
	"context"
	"fmt"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var _ backup.Verifier = (*Service)(nil)

// VerifyPoint reads a point back through a connection of its own: one that is open already knows the
// repository's indexes, and would not notice that they are damaged.
func (s *Service) VerifyPoint(ctx context.Context, id string, progress func(done, total int64)) (backup.Verification, error) {
	p, err := s.Point(ctx, id, backup.Fresh)
	if err != nil {
		return backup.Verification{}, err
	}
	if err := whole(p); err != nil {
		return backup.Verification{}, err
	}
	st, err := s.storeOf(ctx, p.LocationID)
	if err != nil {
		return backup.Verification{}, err
	}
	repo, err := st.uncached(ctx)
	if err != nil {
		return backup.Verification{}, err
	}
	defer repo.Close(context.WithoutCancel(ctx)) //nolint:errcheck // only read
	v, err := repo.Verify(ctx, id, progress)
	if err != nil {
		return backup.Verification{}, st.explain("read", err)
	}
	result := backup.Verification{Files: v.Files, Bytes: v.Bytes, Damages: v.Damages}
	if len(v.Damages) == 0 && p.SizeBytes != nil && v.Bytes != *p.SizeBytes {
		result.Damages = []string{fmt.Sprintf("the point was taken with %d bytes and reads back as %d", *p.SizeBytes, v.Bytes)}
	}
	return result, nil
}

// whole says why a point is not whole, if it is not.
func whole(p backup.Point) error {
	switch {
	case p.DeletionStatus == backup.DeletionSoftDeleted:
		return backup.Errorf(backup.ErrConflict, "The point %s was deleted and is in the bin until %s. Recover it first, with the action serverbackup_recover_point or the command agent recover.", p.ID, p.RecoverUntil.Format(time.RFC3339))
	case p.Status == backup.StatusAvailable:
		return nil
	case p.Status == backup.StatusCreating:
		return backup.Errorf(backup.ErrBusy, "The point %s is still being taken.", p.ID)
	default:
		return backup.Errorf(backup.ErrConflict, "The point %s is in status %s and not available: %s", p.ID, p.Status, p.Error)
	}
}
