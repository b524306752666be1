package vngcloud

import (
	"context"
	"errors"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// errGone is what a look finds that finds nothing.
var errGone = backup.Errorf(backup.ErrNotFound, "gone")

// gone waits until something that the service was asked to delete is gone. look returns its status while it is
// there, and whether that is one of something that is being deleted. Which words the service has for that is not
// known [2.11]: what looks as if nothing happened to it for some minutes stays. lost is why the request may not have
// been taken, if so; then it is not looked for so long.
func (s *Service) gone(ctx context.Context, what string, lost error, look func() (status string, deleting bool, err error)) error {
	left := lookups * patience
	if lost != nil {
		left = lookups
	}
	for {
		status, deleting, err := look()
		switch {
		case isNotFound(err):
			return nil
		case err != nil:
			return errors.Join(lost, err)
		case !deleting:
			left--
		}
		if left <= 0 && lost != nil {
			return lost
		}
		if left <= 0 {
			return backup.Errorf(nil, "The service took the request to delete %s, but does not delete it: its status is %q. Look in the console, and apply again.", what, status)
		}
		if err := s.cfg.Sleep(ctx, s.cfg.PollInterval); err != nil {
			return errors.Join(lost, backup.Errorf(err, "It is not known yet whether %s was deleted; the service goes on with it. Apply again to see how it ended.", what))
		}
	}
}

func ignoreNotFound(err error) error {
	if isNotFound(err) {
		return nil
	}
	return err
}
