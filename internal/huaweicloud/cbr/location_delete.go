package cbr

import (
	"context"
	"fmt"
	"net/url"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// DeleteLocation deletes a vault. The service would take every server and backup with it; here servers
// have to be gone, and points unless force is given. It waits for the end, because a deletion can fail.
func (s *Service) DeleteLocation(ctx context.Context, id string, force bool) error {
	if _, err := s.Location(ctx, id); err != nil {
		return err
	}
	s.inventory.Drop()
	l, err := s.Location(ctx, id)
	if err != nil {
		return err
	}
	if n := *l.ServerCount; n > 0 {
		return backup.Errorf(backup.ErrConflict, "The location %q still has %d servers. Take them out first: deleting it would delete all of their points.", l.Name, n)
	}
	if !force {
		if err := s.noPoints(ctx, url.Values{"vault_id": {id}}, fmt.Sprintf("The location %q", l.Name),
			"Set force_destroy = true and apply that first if they are to go with it."); err != nil {
			return err
		}
	}
	err = s.remove(ctx, removal{
		act:  fmt.Sprintf("delete the location %q (%s)", l.Name, id),
		send: func() error { return s.client.Do(ctx, huaweicloud.Delete(nil, "vaults", id), nil) },
		look: func() (string, bool, error) {
			v, err := s.vault(ctx, id)
			return string(v.Billing.Status), v.Billing.Status == stateDeleting, err
		},
		tasks:  url.Values{"operation_type": {wireVaultDelete}, "vault_id": {id}},
		isTask: func(logAnswer) bool { return true },
	})
	return named(err, "location (vault)", id)
}
