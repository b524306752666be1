package vngcloud

import (
	"context"
	"errors"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud/client"
)

// DeleteServer deletes a backup server, which on this service takes every point of it along. To keep
// them it is paused and stays.
func (s *Service) DeleteServer(ctx context.Context, id string, fate backup.PointsOnDestroy) error {
	row, err := s.api.Server(ctx, id)
	if err != nil {
		return named(err, "backup server", id)
	}
	defer s.dropServers()
	switch fate {
	case backup.PointsKeep:
		if !row.BackupEnabled {
			return nil
		}
		return s.api.EnableServer(ctx, id, false)
	case backup.PointsDelete:
	case backup.PointsFail:
		if err := s.pauseEmpty(ctx, id, row.BackupEnabled); err != nil {
			return err
		}
	default:
		return backup.Errorf(backup.ErrUnsupported, "points_on_destroy is %q; this service knows fail, keep and delete.", fate)
	}
	err = s.takeAway(ctx, id)
	if err != nil && fate == backup.PointsFail && row.BackupEnabled {
		// It was paused for this, and stays: nothing would back it up any more.
		err = errors.Join(err, ignoreNotFound(s.api.EnableServer(context.WithoutCancel(ctx), id, true)))
	}
	return err
}

// takeAway deletes a backup server and waits until it is gone.
func (s *Service) takeAway(ctx context.Context, id string) error {
	err := s.api.DeleteServer(ctx, id)
	switch {
	case errors.Is(err, backup.ErrLocked):
		points, _ := s.pointsOf(ctx, id, backup.Cached)
		return s.nameLock(ctx, err, "A point of the backup server "+id, points...)
	case err != nil && !isNotFound(err) && !errors.Is(err, client.ErrAmbiguous):
		return err
	}
	s.dropServers()
	defer s.dropPoints(id)
	return s.gone(ctx, "the backup server "+id, ignoreNotFound(err), func() (string, bool, error) {
		row, err := s.api.Server(ctx, id)
		return string(row.Status), statusOf(row.Status, "") == backup.StatusDeleting, err
	})
}

// pauseEmpty makes sure that nothing is lost with a backup server: it has no point, and gets none while
// it is deleted.
func (s *Service) pauseEmpty(ctx context.Context, id string, enabled bool) error {
	if err := s.empty(ctx, id); err != nil || !enabled {
		return err
	}
	if err := s.api.EnableServer(ctx, id, false); err != nil {
		return err
	}
	err := s.empty(ctx, id)
	if err == nil {
		return nil
	}
	// A run came in between.
	return errors.Join(err, s.api.EnableServer(context.WithoutCancel(ctx), id, true))
}

func (s *Service) empty(ctx context.Context, id string) error {
	points, err := s.pointsOf(ctx, id, backup.Fresh)
	if err != nil {
		return err
	}
	left := 0
	for _, p := range points {
		if p.DeletionStatus == backup.DeletionPresent && p.Status != backup.StatusDeleting {
			left++
		}
	}
	if left > 0 {
		return backup.Errorf(backup.ErrConflict, "The backup server %s still has %d points.", id, left)
	}
	return nil
}
