package local

import (
	"context"
	"fmt"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// withinQuota refuses a point that would start above the quota of its location. It is checked, not
// reserved: points that are taken at the same time can pass the quota together, and one that starts
// below it can end above.
func (s *Service) withinQuota(ctx context.Context, id string) error {
	var location locationRecord
	err := s.view(ctx, backup.Cached, func(ix *index) error {
		location, _ = ix.location(id)
		return nil
	})
	if err != nil || location.QuotaBytes == nil {
		return err
	}
	stored, err := s.storedBytes(ctx, id)
	if err != nil || stored < *location.QuotaBytes {
		return err
	}
	return backup.Errorf(backup.ErrQuota, "The location %q holds %s, and its quota is %s. Raise quota_gb, or delete points: maintenance then gives their space back.",
		location.Name, gigabytes(stored), gigabytes(*location.QuotaBytes))
}

func gigabytes(n int64) string { return fmt.Sprintf("%.3f GB", float64(n)/(1<<30)) }

// storedBytes measures the repository of a location.
func (s *Service) storedBytes(ctx context.Context, location string) (int64, error) {
	st, err := s.storeOf(ctx, location)
	if err != nil {
		return 0, err
	}
	repo, err := st.read(ctx)
	if err != nil || repo == nil {
		return 0, err
	}
	stored, err := repo.StoredBytes(ctx)
	return stored, st.explain("measure", err)
}
