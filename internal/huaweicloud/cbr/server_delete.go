package cbr

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// DeleteServer takes a server out of its vault. The service deletes its points with that, so that they
// cannot be kept.
func (s *Service) DeleteServer(ctx context.Context, id string, points backup.PointsOnDestroy) error {
	if _, err := s.Server(ctx, id); err != nil {
		return err
	}
	s.inventory.Drop()
	srv, err := s.Server(ctx, id)
	if err != nil {
		return err
	}
	switch points {
	case backup.PointsDelete:
	case backup.PointsFail:
		if err := s.noPoints(ctx, url.Values{"resource_id": {id}}, fmt.Sprintf("The server %q", srv.Name),
			"The service deletes them when the server leaves its location. Set points_on_destroy = \"delete\" and apply that first if that is meant."); err != nil {
			return err
		}
	default:
		return backup.Errorf(backup.ErrUnsupported, "points_on_destroy: the service deletes the points of a server that leaves its location, so that they cannot be kept. "+
			"Write \"fail\" or \"delete\", or move the server to another location.")
	}
	return s.remove(ctx, srv.LocationID, id)
}

// noPoints fails with [backup.ErrConflict] while there are points of a query, and with [backup.ErrBusy]
// while the last of them are being deleted.
func (s *Service) noPoints(ctx context.Context, query url.Values, what, advice string) error {
	deleting := 0
	for b, err := range s.backups(ctx, query) {
		switch {
		case err != nil:
			return err
		case statusOf(string(b.Status)) == backup.StatusDeleting:
			deleting++
		default:
			return backup.Errorf(backup.ErrConflict, "%s still has points, such as %q (%s). %s", what, string(b.Name), string(b.ID), advice)
		}
	}
	if deleting > 0 {
		return backup.Errorf(backup.ErrBusy, "%s still has %d points, which are being deleted. %s", what, deleting, waitAdvice)
	}
	return nil
}

// remove takes a server out of a vault and waits until it is gone with its points, because that can fail.
func (s *Service) remove(ctx context.Context, vault, server string) error {
	err := s.client.Do(ctx, huaweicloud.Post(map[string]any{"resource_ids": []string{server}}, "vaults", vault, "removeresources"), nil)
	s.changed()
	if uncertain(err) {
		// The inventory leaves out what is being removed.
		if _, lookErr := s.Server(ctx, server); errors.Is(lookErr, backup.ErrNotFound) {
			err = nil
		}
	}
	if err != nil && !errors.Is(err, backup.ErrNotFound) {
		return err
	}
	return s.awaitRemoval(ctx, vault, server)
}

func (s *Service) awaitRemoval(ctx context.Context, vault, server string) error {
	defer s.changed()
	begun := false
	return s.until(ctx, func() (bool, error) {
		var answer oneVault
		err := s.client.Do(ctx, huaweicloud.Get(nil, "vaults", vault), &answer)
		if errors.Is(err, backup.ErrNotFound) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		i := slices.IndexFunc(answer.Vault.Resources, func(r resourceAnswer) bool { return string(r.ID) == server })
		if i < 0 {
			return true, nil
		}
		status := answer.Vault.Resources[i].ProtectStatus
		if status != stateRemoving && (begun || status == stateError) {
			return true, backup.Errorf(nil, "The service did not take the server %s out of the location %s: its status there is %q. Look at the vault's tasks in the console, and try again.",
				server, vault, string(status))
		}
		begun = begun || status == stateRemoving
		return false, nil
	})
}
