package vngcloud

import (
	"context"
	"errors"
	"fmt"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
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
	if err := s.api.DeleteServer(ctx, id); err != nil && !isNotFound(err) {
		if errors.Is(err, backup.ErrLocked) {
			points, _ := s.pointsOf(ctx, id, backup.Cached)
			return s.nameLock(ctx, err, "A point of the backup server "+id, points...)
		}
		return err
	}
	s.dropServers()
	defer s.dropPoints(id)
	return s.vanished(ctx, id)
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

// vanished waits until a deleted backup server is no longer shown.
func (s *Service) vanished(ctx context.Context, id string) error {
	for {
		_, err := s.api.Server(ctx, id)
		if isNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.cfg.Sleep(ctx, s.cfg.PollInterval); err != nil {
			return fmt.Errorf("the backup server %s is being deleted, but is still shown: %w", id, err)
		}
	}
}
