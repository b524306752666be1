package cbr

import (
	"context"
	"errors"
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
	remove := func() error { return s.client.Do(ctx, huaweicloud.Delete(nil, "vaults", id), nil) }
	err = remove()
	if uncertain(err) {
		// Deleting is the same twice: it is gone, or it is being deleted.
		if err = remove(); errors.Is(err, backup.ErrNotFound) || errors.Is(err, backup.ErrConflict) {
			err = nil
		}
	}
	s.changed()
	if err != nil {
		return named(err, "location (vault)", id)
	}
	begun := false
	return s.until(ctx, func() (bool, error) {
		var answer oneVault
		err := s.client.Do(ctx, huaweicloud.Get(nil, "vaults", id), &answer)
		if errors.Is(err, backup.ErrNotFound) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		status := answer.Vault.Billing.Status
		if status != stateDeleting && (begun || status == stateError) {
			return true, backup.Errorf(nil, "The service could not delete the location %q (%s): its status is %q. Look at the vault's tasks in the console, and try again.",
				l.Name, id, string(status))
		}
		begun = begun || status == stateDeleting
		return false, nil
	})
}
