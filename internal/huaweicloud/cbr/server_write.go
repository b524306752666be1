package cbr

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

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
		err = s.takeOut(ctx, srv.LocationID, srv.InstanceID)
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
