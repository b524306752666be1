package cbr

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// CreateLocation makes a vault. If it is not known whether the service took it, it is looked for by its
// name among those that were not there before: a second one would be paid for.
func (s *Service) CreateLocation(ctx context.Context, l backup.Location) (backup.Location, error) {
	if err := refuse(s.CheckLocation(ctx, l, nil)); err != nil {
		return l, err
	}
	before, err := s.inventory.Get(ctx)
	if err != nil {
		return l, err
	}
	o := locationOptions(l)
	request := vaultRequest{
		Name: l.Name, Resources: &[]resourceEntry{}, AutoExpand: &o.AutoExpand, Tags: tagList(o.Tags),
		Billing: &billingRequest{
			ConsistentLevel: o.ConsistentLevel, ChargingMode: o.ChargingMode, ObjectType: objectServer, ProtectType: protectBackup,
			Size: *l.QuotaBytes / gigabyte,
		},
	}
	if o.AutoBindTags != nil {
		request.AutoBind, request.BindRules = new(true), &bindRules{tagList(o.AutoBindTags)}
	}
	if o.Locked {
		request.Locked = new(true)
	}
	var answer oneVault
	err = s.client.Do(ctx, huaweicloud.Post(map[string]any{"vault": request}, "vaults"), &answer)
	s.changed()
	if uncertain(err) {
		answer.Vault, err = s.findVault(ctx, before, l.Name, err)
	}
	if err != nil {
		return l, err
	}
	id := string(answer.Vault.ID)
	if err := s.applyPolicies(ctx, id, o); err != nil {
		// The vault is new and empty, and nobody would know of it.
		if undo := s.client.Do(ctx, huaweicloud.Delete(nil, "vaults", id), nil); undo != nil {
			return l, fmt.Errorf("%w\n\nThe location %s was created all the same and could not be deleted again; it is paid for until somebody does: %w", err, id, undo)
		}
		return l, err
	}
	return s.Location(ctx, id)
}

// findVault looks for a vault of a name that was not there before.
func (s *Service) findVault(ctx context.Context, before *inventory, name string, cause error) (vaultAnswer, error) {
	ctx, cancel := detached(ctx)
	defer cancel()
	after, err := s.inventory.Get(ctx)
	if err != nil {
		return vaultAnswer{}, cause
	}
	var found []vaultAnswer
	for _, v := range after.vaults {
		if before.byID[string(v.ID)] == nil && string(v.Name) == name {
			found = append(found, v)
		}
	}
	if len(found) != 1 {
		return vaultAnswer{}, cause
	}
	return found[0], nil
}

// UpdateLocation changes a vault in place.
func (s *Service) UpdateLocation(ctx context.Context, l backup.Location) (backup.Location, error) {
	prior, err := s.Location(ctx, l.ID)
	if err != nil {
		return l, err
	}
	if err := refuse(s.CheckLocation(ctx, l, &prior)); err != nil {
		return l, err
	}
	o, old := locationOptions(l), locationOptions(prior)
	request := vaultRequest{Name: l.Name, AutoExpand: &o.AutoExpand, AutoBind: new(o.AutoBindTags != nil), BindRules: &bindRules{tagList(o.AutoBindTags)}}
	if prior.QuotaBytes == nil || *prior.QuotaBytes != *l.QuotaBytes {
		request.Billing = &billingRequest{Size: *l.QuotaBytes / gigabyte}
	}
	if o.Locked && !old.Locked {
		request.Locked = new(true)
	}
	err = s.client.Do(ctx, huaweicloud.Put(map[string]any{"vault": request}, "vaults", l.ID), nil)
	s.changed()
	if err != nil {
		return l, named(err, "location (vault)", l.ID)
	}
	if err := s.changeTags(ctx, l.ID, old.Tags, o.Tags); err != nil {
		return l, err
	}
	if err := s.applyPolicies(ctx, l.ID, o); err != nil {
		return l, err
	}
	return s.Location(ctx, l.ID)
}

// changeTags makes the tags of a vault those that are wanted (§3.8).
func (s *Service) changeTags(ctx context.Context, id string, old, want map[string]string) error {
	defer s.changed()
	gone := maps.Clone(old)
	maps.DeleteFunc(gone, func(key, _ string) bool { _, stays := want[key]; return stays })
	set := maps.Clone(want)
	maps.DeleteFunc(set, func(key, value string) bool { had, ok := old[key]; return ok && had == value })
	for _, change := range []struct {
		action string
		tags   map[string]string
	}{{"delete", gone}, {"create", set}} {
		if len(change.tags) == 0 {
			continue
		}
		body := map[string]any{"action": change.action, "tags": tagList(change.tags)}
		err := s.client.Do(ctx, huaweicloud.Post(body, "vault", id, "tags", "action"), nil)
		if errors.Is(err, backup.ErrUnsupported) {
			return fmt.Errorf("cbr.tags: this cloud has no calls for the tags of a vault; they can be set at creation only: %w", err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// applyPolicies gives a vault the policies that are wanted, and reads back whether it has them: the service
// is known to say yes and do nothing.
func (s *Service) applyPolicies(ctx context.Context, id string, o LocationOptions) error {
	inv, err := s.inventory.Get(ctx)
	if err != nil {
		return err
	}
	for _, change := range []struct{ had, want string }{
		{inv.policyOf[id], o.PolicyID},
		{inv.replicationOf[id], o.ReplicationPolicyID},
	} {
		if change.had == change.want {
			continue
		}
		if err := s.exchangePolicy(ctx, id, change.had, change.want); err != nil {
			return err
		}
	}
	s.changed()
	if inv, err = s.inventory.Get(ctx); err != nil {
		return err
	}
	if inv.policyOf[id] != o.PolicyID || inv.replicationOf[id] != o.ReplicationPolicyID {
		return backup.Errorf(nil, "The service accepted the policies of the location %s but does not show them: cbr.policy_id is %q, not %q; cbr.replication_policy_id is %q, not %q. "+
			"Look at the vault in the console.", id, inv.policyOf[id], o.PolicyID, inv.replicationOf[id], o.ReplicationPolicyID)
	}
	return nil
}

// exchangePolicy takes a policy from a vault and gives it another one. If that fails it gives the first one
// back: a vault must not lose its backups because it could not get better ones.
func (s *Service) exchangePolicy(ctx context.Context, vault, old, next string) error {
	defer s.changed()
	associate := func(ctx context.Context, policy string) error {
		return s.client.Do(ctx, huaweicloud.Post(map[string]string{"policy_id": policy}, "vaults", vault, "associatepolicy"), nil)
	}
	if old != "" {
		err := s.client.Do(ctx, huaweicloud.Post(map[string]string{"policy_id": old}, "vaults", vault, "dissociatepolicy"), nil)
		if err != nil && !errors.Is(err, backup.ErrNotFound) {
			return err
		}
	}
	if next == "" {
		return nil
	}
	err := associate(ctx, next)
	if err == nil || old == "" {
		return err
	}
	undoCtx, cancel := detached(ctx)
	defer cancel()
	if undo := associate(undoCtx, old); undo != nil {
		return fmt.Errorf("%w\n\nThe location %s has no policy now, and nothing in it is backed up: its old policy %s could not be applied again either: %w", err, vault, old, undo)
	}
	return err
}

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
	err = s.client.Do(ctx, huaweicloud.Delete(nil, "vaults", id), nil)
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
