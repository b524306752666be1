package cbr

import (
	"context"
	"fmt"
	"maps"

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
		vaultUpdate: vaultUpdate{
			Name: l.Name, AutoExpand: &o.AutoExpand,
			Billing: &billingRequest{
				ConsistentLevel: o.ConsistentLevel, ChargingMode: o.ChargingMode, ObjectType: objectServer, ProtectType: protectBackup,
				Size: *l.QuotaBytes / gigabyte,
			},
		},
		Resources: []resourceEntry{}, Tags: tagList(o.Tags),
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
	found := uncertain(err)
	if found {
		answer.Vault, err = s.findVault(ctx, before, l.Name, err)
	}
	if err != nil {
		return l, err
	}
	id := string(answer.Vault.ID)
	if err := s.applyPolicies(ctx, id, o); err != nil {
		return l, s.undoLocation(ctx, id, !found, err)
	}
	return s.Location(ctx, id)
}

// undoLocation deletes a vault that was just made and is empty, because nobody would know of it. One that
// was found by its name is left: it might be somebody else's.
func (s *Service) undoLocation(ctx context.Context, id string, ours bool, cause error) error {
	const stays = "%w\n\nThe location %s was created all the same, and is paid for; import it, or delete it in the console"
	if !ours {
		return fmt.Errorf(stays, cause, id)
	}
	ctx, cancel := detached(ctx)
	defer cancel()
	defer s.changed()
	if undo := s.client.Do(ctx, huaweicloud.Delete(nil, "vaults", id), nil); undo != nil {
		return fmt.Errorf(stays+"; it could not be deleted again: %w", cause, id, undo)
	}
	return cause
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
	if request := vaultChange(prior, l); request != (vaultUpdate{}) {
		err = s.client.Do(ctx, huaweicloud.Put(map[string]any{"vault": request}, "vaults", l.ID), nil)
		s.changed()
		if err != nil {
			return l, named(err, "location (vault)", l.ID)
		}
	}
	if err := s.changeTags(ctx, l.ID, old.Tags, o.Tags); err != nil {
		return l, err
	}
	if err := s.applyPolicies(ctx, l.ID, o); err != nil {
		return l, err
	}
	return s.Location(ctx, l.ID)
}

// vaultChange is what has to be written to change a vault: what stays is left out, so that nothing is asked
// for that a cloud may not know.
func vaultChange(prior, l backup.Location) vaultUpdate {
	o, old := locationOptions(l), locationOptions(prior)
	var request vaultUpdate
	if l.Name != prior.Name {
		request.Name = l.Name
	}
	if prior.QuotaBytes == nil || *prior.QuotaBytes != *l.QuotaBytes {
		request.Billing = &billingRequest{Size: *l.QuotaBytes / gigabyte}
	}
	if o.AutoExpand != old.AutoExpand {
		request.AutoExpand = &o.AutoExpand
	}
	if o.Locked && !old.Locked {
		request.Locked = new(true)
	}
	switch {
	case o.AutoBindTags != nil && (old.AutoBindTags == nil || !maps.Equal(o.AutoBindTags, old.AutoBindTags)):
		request.AutoBind, request.BindRules = new(true), &bindRules{tagList(o.AutoBindTags)}
	case o.AutoBindTags == nil && old.AutoBindTags != nil:
		request.AutoBind = new(false)
	}
	return request
}
