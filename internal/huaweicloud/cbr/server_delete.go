package cbr

import (
	"context"
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
	return s.takeOut(ctx, srv.LocationID, id)
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

// takeOut takes a server out of a vault and waits until it is gone with its points, because that can fail.
func (s *Service) takeOut(ctx context.Context, vault, server string) error {
	return s.remove(ctx, removal{
		act: fmt.Sprintf("take the server %s out of the location %s", server, vault),
		send: func() error {
			return s.client.Do(ctx, huaweicloud.Post(map[string]any{"resource_ids": []string{server}}, "vaults", vault, "removeresources"), nil)
		},
		look: func() (string, bool, error) {
			v, err := s.vault(ctx, vault)
			if err != nil {
				return "", false, err
			}
			i := slices.IndexFunc(v.Resources, func(r resourceAnswer) bool { return string(r.ID) == server })
			if i < 0 {
				return "", false, notFound("server", server)
			}
			status := string(v.Resources[i].ProtectStatus)
			return status, status == stateRemoving, nil
		},
		tasks: url.Values{"operation_type": {wireRemove}, "vault_id": {vault}},
		// The server may be among the resources of the task only.
		isTask: func(l logAnswer) bool {
			return l.Extra.Value.Resource.ID == "" || string(l.Extra.Value.Resource.ID) == server
		},
	})
}

// vault reads one vault as it is now.
func (s *Service) vault(ctx context.Context, id string) (vaultAnswer, error) {
	var answer oneVault
	err := s.client.Do(ctx, huaweicloud.Get(nil, "vaults", id), &answer)
	return answer.Vault, err
}
