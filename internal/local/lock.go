package local

import (
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// locked is an error while the lock of its location holds a point. A point in error is no backup, and
// is not held.
func (s *Service) locked(ix *index, rec runRecord) error {
	location, ok := ix.location(rec.LocationID)
	if !ok || location.LockMinDays == nil || rec.State != runComplete {
		return nil
	}
	until := rec.StartedAt.Add(time.Duration(*location.LockMinDays) * day)
	if !s.cfg.Now().Before(until) {
		return nil
	}
	return backup.Errorf(backup.ErrLocked, "The point %s is locked until %s: lock.min_days of the location %q is %d. It can be deleted after that.",
		rec.ID, until.Format(time.RFC3339), location.Name, *location.LockMinDays)
}
