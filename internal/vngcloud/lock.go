package vngcloud

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// nameLock says which lock refuses a deletion of points, and until when: the service only says that a
// vault manages them [4.2]. What cannot be found out is left out.
func (s *Service) nameLock(ctx context.Context, err error, what string, points ...backup.Point) error {
	if !errors.Is(err, backup.ErrLocked) {
		return err
	}
	message := what + " is held by the lock of its location, and cannot be deleted before its time."
	var until time.Time
	for _, p := range points {
		row, err := s.locationRow(ctx, p.LocationID)
		if err != nil {
			continue
		}
		l := locationOf(row)
		if l.Lock == nil || p.CreatedAt.IsZero() {
			continue
		}
		if end := p.CreatedAt.AddDate(0, 0, int(l.Lock.MinDays)); end.After(until) {
			until = end
			message = fmt.Sprintf("%s is held by the lock of the location %q until about %s: its lock.min_days is %d. It can be deleted after that.",
				what, l.Name, end.UTC().Format("2006-01-02 15:04 UTC"), l.Lock.MinDays)
		}
	}
	named := &backup.ServiceError{Kind: backup.ErrLocked, Err: err, Message: message}
	var refused *backup.ServiceError
	if errors.As(err, &refused) {
		named.HTTPStatus, named.Code, named.RequestID = refused.HTTPStatus, refused.Code, refused.RequestID
	}
	return named
}
