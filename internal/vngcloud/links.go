package vngcloud

import (
	"context"
	"fmt"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Links returns links to the data of a point. When they end the service does not say.
func (s *Service) Links(ctx context.Context, pointID, volumeID string) ([]backup.VolumeLinks, error) {
	volumes, err := s.api.Links(ctx, pointID)
	if err != nil {
		return nil, named(err, "backup point", pointID)
	}
	var list []backup.VolumeLinks
	for _, v := range volumes {
		if volumeID != "" && volumeID != v.ID && volumeID != v.VolumeID {
			continue
		}
		if len(v.URLs) == 0 {
			return nil, backup.Errorf(backup.ErrBusy, "The data of volume %s of the point %s is not ready.", v.ID, pointID)
		}
		list = append(list, backup.VolumeLinks{VolumeID: v.ID, URLs: v.URLs})
	}
	if len(list) == 0 && volumeID != "" {
		return nil, backup.Errorf(backup.ErrNotFound, "The point %s has no volume %q.", pointID, volumeID)
	}
	if len(list) == 0 {
		return nil, backup.Errorf(backup.ErrBusy, "The data of the point %s is not ready.", pointID)
	}
	return list, nil
}

// available returns a point that has data, or says why it has none.
func (s *Service) available(ctx context.Context, id string) (backup.Point, error) {
	p, err := s.Point(ctx, id, backup.Cached)
	if err == nil && (p.Status != backup.StatusAvailable || p.DeletionStatus == backup.DeletionSoftDeleted) {
		why := fmt.Sprintf("its status is %s", p.Status)
		if p.DeletionStatus == backup.DeletionSoftDeleted {
			why = "it is in the bin"
		}
		err = backup.Errorf(backup.ErrConflict, "The point %s is not available: %s.", id, why)
	}
	return p, err
}
