package cbr

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// Policies lists the policies that make points, by name.
func (s *Service) Policies(ctx context.Context) iter.Seq2[backup.Policy, error] {
	return each(func() ([]backup.Policy, error) {
		inv, err := s.inventory.Get(ctx)
		if err != nil {
			return nil, err
		}
		list := make([]backup.Policy, 0, len(inv.policies))
		for _, p := range inv.policies {
			list = append(list, inv.policy(p))
		}
		slices.SortFunc(list, func(a, b backup.Policy) int {
			return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID)
		})
		return list, nil
	})
}

func (inv *inventory) policy(a policyAnswer) backup.Policy {
	p := a.domain()
	p.ServerIDs = inv.users(a)
	return p
}

// Policy returns one policy.
func (s *Service) Policy(ctx context.Context, id string) (backup.Policy, error) {
	inv, err := s.inventory.Get(ctx)
	if err != nil {
		return backup.Policy{}, err
	}
	a, ok := inv.backupPolicy(id)
	if !ok {
		return backup.Policy{}, notFound("backup policy", id)
	}
	return inv.policy(a), nil
}

// CreatePolicy makes a policy. If it is not known whether the service took it, it is looked for by its
// name among those that were not there before.
func (s *Service) CreatePolicy(ctx context.Context, p backup.Policy) (backup.Policy, error) {
	if err := refuse(s.CheckPolicy(ctx, p)); err != nil {
		return p, err
	}
	request, err := s.request(p)
	if err != nil {
		return p, err
	}
	before, err := s.inventory.Get(ctx)
	if err != nil {
		return p, err
	}
	request.OperationType = backupOperation
	var answer onePolicy
	err = s.client.Do(ctx, huaweicloud.Post(map[string]any{"policy": request}, "policies"), &answer)
	s.changed()
	found := uncertain(err)
	if found {
		answer.Policy, err = s.findPolicy(ctx, before, p.Name, err)
	}
	if err != nil {
		return p, err
	}
	if err := s.ignored(p, answer.Policy); err != nil {
		return p, s.undoPolicy(ctx, string(answer.Policy.ID), !found, err)
	}
	return answer.Policy.domain(), nil
}

// undoPolicy deletes a policy that was just made. One that was found by its name is left: it might be
// somebody else's.
func (s *Service) undoPolicy(ctx context.Context, id string, ours bool, cause error) error {
	const stays = "%w\n\nThe policy %s was created all the same; import it, or delete it in the console"
	if !ours {
		return fmt.Errorf(stays, cause, id)
	}
	ctx, cancel := detached(ctx)
	defer cancel()
	defer s.changed()
	if undo := s.client.Do(ctx, huaweicloud.Delete(nil, "policies", id), nil); undo != nil {
		return fmt.Errorf(stays+"; it could not be deleted again: %w", cause, id, undo)
	}
	return cause
}

// findPolicy looks for a policy of a name that was not there before.
func (s *Service) findPolicy(ctx context.Context, before *inventory, name string, cause error) (policyAnswer, error) {
	ctx, cancel := detached(ctx)
	defer cancel()
	after, err := s.inventory.Get(ctx)
	if err != nil {
		return policyAnswer{}, cause
	}
	var found []policyAnswer
	for _, p := range after.policies {
		if _, old := before.backupPolicy(string(p.ID)); !old && string(p.Name) == name {
			found = append(found, p)
		}
	}
	if len(found) != 1 {
		return policyAnswer{}, cause
	}
	return found[0], nil
}

// ignored says whether the service left something out without a word.
func (s *Service) ignored(p backup.Policy, got policyAnswer) error {
	if want := p.IncrementalsPerFull; want != nil {
		if n := got.Definition.FullBackupInterval.Int(); n == nil || *n != *want {
			return backup.Errorf(backup.ErrUnsupported, "incrementals_per_full: the service ignores it. %s Leave it out.", onlyHuawei)
		}
	}
	return nil
}

// UpdatePolicy changes a policy in place.
func (s *Service) UpdatePolicy(ctx context.Context, p backup.Policy) (backup.Policy, error) {
	old, err := s.Policy(ctx, p.ID)
	if err != nil {
		return p, err
	}
	if err := refuse(s.CheckPolicy(ctx, p)); err != nil {
		return p, err
	}
	request, err := s.request(p)
	if err != nil {
		return p, err
	}
	if old.IncrementalsPerFull != nil && p.IncrementalsPerFull == nil {
		request.Definition.FullBackupInterval = new(int64(unlimited))
	}
	var answer onePolicy
	err = s.client.Do(ctx, huaweicloud.Put(map[string]any{"policy": request}, "policies", p.ID), &answer)
	s.changed()
	if err != nil {
		return p, named(err, "backup policy", p.ID)
	}
	if err := s.ignored(p, answer.Policy); err != nil {
		return p, err
	}
	return s.Policy(ctx, p.ID)
}

// DeletePolicy deletes a policy that no vault has: the service might take it from its vaults without
// a word, and they would not be backed up any more.
func (s *Service) DeletePolicy(ctx context.Context, id string) error {
	if _, err := s.Policy(ctx, id); err != nil {
		return err
	}
	s.inventory.Drop()
	inv, err := s.inventory.Get(ctx)
	if err != nil {
		return err
	}
	a, ok := inv.backupPolicy(id)
	if !ok {
		return notFound("backup policy", id)
	}
	for _, applied := range a.Vaults {
		if v := inv.byID[string(applied.VaultID)]; v != nil {
			return backup.Errorf(backup.ErrConflict, "The policy %q is applied to %d locations, such as %q (%s). Take it out of their cbr.policy_id first.",
				string(a.Name), len(a.Vaults), string(v.Name), string(v.ID))
		}
	}
	err = s.client.Do(ctx, huaweicloud.Delete(nil, "policies", id), nil)
	s.changed()
	return named(err, "backup policy", id)
}
