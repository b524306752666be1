package cbr

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// Servers lists the servers of all vaults by name.
func (s *Service) Servers(ctx context.Context) iter.Seq2[backup.Server, error] {
	return each(func() ([]backup.Server, error) {
		inv, err := s.inventory.Get(ctx)
		if err != nil {
			return nil, err
		}
		var list []backup.Server
		for i := range inv.vaults {
			for _, r := range inv.vaults[i].Resources {
				list = append(list, inv.server(&inv.vaults[i], r))
			}
		}
		slices.SortFunc(list, func(a, b backup.Server) int {
			return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID)
		})
		return list, nil
	})
}

// Server returns one server.
func (s *Service) Server(ctx context.Context, id string) (backup.Server, error) {
	inv, err := s.inventory.Get(ctx)
	if err != nil {
		return backup.Server{}, err
	}
	v, r := inv.find(id)
	if r == nil {
		return backup.Server{}, notFound("server", id)
	}
	return inv.server(v, *r), nil
}

func (inv *inventory) server(v *vaultAnswer, r resourceAnswer) backup.Server {
	excluded := slices.Clone(r.ExtraInfo.Value.ExcludeVolumes)
	slices.Sort(excluded)
	if len(excluded) == 0 {
		excluded = nil
	}
	return backup.Server{
		ID:               string(r.ID),
		Name:             string(r.Name),
		InstanceID:       string(r.ID),
		PolicyID:         inv.policyOf[string(v.ID)],
		LocationID:       string(v.ID),
		Enabled:          !r.AutoProtect.Known || r.AutoProtect.Value,
		ExcludeVolumeIDs: excluded,
		PointCount:       r.BackupCount.Int(),
	}
}

// CreateServer brings an instance into a vault.
func (s *Service) CreateServer(ctx context.Context, srv backup.Server) (backup.Server, error) {
	if err := refuse(s.CheckServer(ctx, srv, nil)); err != nil {
		return srv, err
	}
	before, err := s.inventory.Get(ctx)
	if err != nil {
		return srv, err
	}
	if v := before.vaultOf[srv.InstanceID]; v != nil {
		return srv, backup.Errorf(backup.ErrConflict, "The server %s is already in the location %q (%s). Import it as a resource, or take it out there; that deletes its points.",
			srv.InstanceID, string(v.Name), string(v.ID))
	}
	entry := resourceEntry{ID: srv.InstanceID, Type: serverType}
	if len(srv.ExcludeVolumeIDs) > 0 {
		entry.ExtraInfo = &exclusions{srv.ExcludeVolumeIDs}
	}
	err = s.client.Do(ctx, huaweicloud.Post(map[string]any{"resources": []resourceEntry{entry}}, "vaults", srv.LocationID, "addresources"), nil)
	s.changed()
	if uncertain(err) {
		lookCtx, cancel := detached(ctx)
		defer cancel()
		// It was in no vault before.
		if added, lookErr := s.Server(lookCtx, srv.InstanceID); lookErr == nil && added.LocationID == srv.LocationID {
			err = nil
		}
	}
	if err != nil {
		return srv, err
	}
	if !srv.Enabled {
		if err := s.suspend(ctx, srv.LocationID, srv.InstanceID, true); err != nil {
			return srv, s.undoCreate(ctx, srv, err)
		}
	}
	return s.Server(ctx, srv.InstanceID)
}

// undoCreate takes a server that was just added out again, unless a backup of it has begun meanwhile.
func (s *Service) undoCreate(ctx context.Context, srv backup.Server, cause error) error {
	ctx, cancel := detached(ctx)
	defer cancel()
	err := s.noPoints(ctx, url.Values{"resource_id": {srv.InstanceID}}, "The server", "")
	if err == nil {
		err = s.remove(ctx, srv.LocationID, srv.InstanceID)
	}
	if err != nil {
		return fmt.Errorf("%w\n\nThe server %s is in the location %s all the same, with automatic backup, and could not be taken out again: %w",
			cause, srv.InstanceID, srv.LocationID, err)
	}
	return cause
}

// UpdateServer moves a server to another vault, points included, and turns its automatic backup on and off.
func (s *Service) UpdateServer(ctx context.Context, srv backup.Server) (backup.Server, error) {
	prior, err := s.Server(ctx, srv.ID)
	if err != nil {
		return srv, err
	}
	if err := refuse(s.CheckServer(ctx, srv, &prior)); err != nil {
		return srv, err
	}
	defer s.changed()
	if srv.LocationID != prior.LocationID {
		if err := s.migrate(ctx, prior, srv.LocationID); err != nil {
			return srv, err
		}
	}
	if srv.Enabled != prior.Enabled {
		if err := s.suspend(ctx, srv.LocationID, srv.ID, !srv.Enabled); err != nil {
			return srv, err
		}
	}
	s.changed()
	return s.Server(ctx, srv.ID)
}

// migrate moves a server and its points, and reads back where it is.
func (s *Service) migrate(ctx context.Context, srv backup.Server, destination string) error {
	body := map[string]any{"destination_vault_id": destination, "resource_ids": []string{srv.ID}}
	err := s.client.Do(ctx, huaweicloud.Post(body, "vaults", srv.LocationID, "migrateresources"), nil)
	s.changed()
	if err != nil && !uncertain(err) {
		return err
	}
	lookCtx, cancel := detached(ctx)
	defer cancel()
	moved, lookErr := s.Server(lookCtx, srv.ID)
	switch {
	case lookErr == nil && moved.LocationID == destination:
		return nil
	case err != nil:
		return err
	case lookErr != nil:
		return lookErr
	}
	return backup.Errorf(nil, "The service accepted to move the server %s to the location %s, but shows it in %s. Look at the vault in the console.", srv.ID, destination, moved.LocationID)
}

// suspend turns the automatic backup of one server of a vault off or on, on Huawei Cloud.
func (s *Service) suspend(ctx context.Context, vault, server string, off bool) error {
	action := "unsuspend"
	if off {
		action = "suspend"
	}
	body := map[string]any{"resource_ids": []string{server}, "action": action}
	err := s.client.Do(ctx, huaweicloud.Put(body, "vaults", vault, "set-resources"), nil)
	s.changed()
	if errors.Is(err, backup.ErrUnsupported) {
		return fmt.Errorf("enabled: this cloud cannot suspend the automatic backup of one server. %s Move the server to a location without a policy instead: %w", onlyHuawei, err)
	}
	return err
}

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
