package cbr

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

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

// exchangePolicy takes a policy from a vault and gives it another one; its caller reads back what came of
// it. If that fails it gives the first one back: a vault must not lose its backups because it could not get
// better ones.
func (s *Service) exchangePolicy(ctx context.Context, vault, old, next string) error {
	defer s.changed()
	associate := func(ctx context.Context, policy string) error {
		return s.client.Do(ctx, huaweicloud.Post(map[string]string{"policy_id": policy}, "vaults", vault, "associatepolicy"), nil)
	}
	if old != "" {
		err := s.client.Do(ctx, huaweicloud.Post(map[string]string{"policy_id": old}, "vaults", vault, "dissociatepolicy"), nil)
		if err != nil && !errors.Is(err, backup.ErrNotFound) && !uncertain(err) {
			return err
		}
	}
	if next == "" {
		return nil
	}
	err := associate(ctx, next)
	if err == nil || (old == "" && !uncertain(err)) {
		return err
	}
	undoCtx, cancel := detached(ctx)
	defer cancel()
	s.changed()
	if inv, lookErr := s.inventory.Get(undoCtx); lookErr == nil && (inv.policyOf[vault] == next || inv.replicationOf[vault] == next) {
		return nil
	}
	if old == "" {
		return err
	}
	if undo := associate(undoCtx, old); undo != nil {
		return fmt.Errorf("%w\n\nThe location %s has no policy now, and nothing in it is backed up: its old policy %s could not be applied again either: %w", err, vault, old, undo)
	}
	return err
}
