package cbr

import (
	"context"
	"net/url"
	"slices"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// inventory is everything but points: vaults with their servers, and policies with their vaults. Two lists
// answer for all of them.
type inventory struct {
	vaults   []vaultAnswer
	policies []policyAnswer
	// replications are the policies that replicate.
	replications []policyAnswer
	// vaultOf is the vault of a server.
	vaultOf map[string]*vaultAnswer
	byID    map[string]*vaultAnswer
	// policyOf is the backup policy of a vault, and replicationOf the other one.
	policyOf, replicationOf map[string]string
}

// States of vaults and of servers in them (§3.2).
const (
	stateDeleting = "deleting"
	stateRemoving = "removing"
	stateError    = "error"
)

func (s *Service) loadInventory(ctx context.Context) (*inventory, error) {
	inv := &inventory{
		vaultOf: map[string]*vaultAnswer{}, byID: map[string]*vaultAnswer{},
		policyOf: map[string]string{}, replicationOf: map[string]string{},
	}
	var policies manyPolicies
	if err := s.client.Do(ctx, huaweicloud.Get(nil, "policies"), &policies); err != nil {
		return nil, err
	}
	for _, p := range policies.Policies {
		of, list := inv.policyOf, &inv.policies
		if p.OperationType != backupOperation {
			of, list = inv.replicationOf, &inv.replications
		}
		*list = append(*list, p)
		for _, v := range p.Vaults {
			of[string(v.VaultID)] = string(p.ID)
		}
	}
	for v, err := range s.vaults(ctx) {
		if err != nil {
			return nil, err
		}
		if v.Billing.Status != stateDeleting {
			inv.vaults = append(inv.vaults, v)
		}
	}
	for i := range inv.vaults {
		v := &inv.vaults[i]
		inv.byID[string(v.ID)] = v
		// A server that is being taken out is gone for us.
		v.Resources = slices.DeleteFunc(v.Resources, func(r resourceAnswer) bool { return r.ProtectStatus == stateRemoving })
		for _, r := range v.Resources {
			inv.vaultOf[string(r.ID)] = v
		}
	}
	return inv, nil
}

func (s *Service) vaults(ctx context.Context) func(yield func(vaultAnswer, error) bool) {
	return listed(ctx, s, "vaults", url.Values{"object_type": {objectServer}},
		func(v vaultAnswer) string { return string(v.ID) },
		func(a *manyVaults) ([]vaultAnswer, huaweicloud.Number) { return a.Vaults, a.Count })
}

// find returns a server with its vault.
func (inv *inventory) find(server string) (*vaultAnswer, *resourceAnswer) {
	v := inv.vaultOf[server]
	if v == nil {
		return nil, nil
	}
	for i := range v.Resources {
		if string(v.Resources[i].ID) == server {
			return v, &v.Resources[i]
		}
	}
	return nil, nil
}

// backupPolicy returns a policy that makes points.
func (inv *inventory) backupPolicy(id string) (policyAnswer, bool) { return withID(inv.policies, id) }

func withID(list []policyAnswer, id string) (policyAnswer, bool) {
	i := slices.IndexFunc(list, func(p policyAnswer) bool { return string(p.ID) == id })
	if i < 0 {
		return policyAnswer{}, false
	}
	return list[i], true
}

// users are the servers of the vaults that a policy is applied to, sorted.
func (inv *inventory) users(policy policyAnswer) []string {
	var ids []string
	for _, applied := range policy.Vaults {
		if v := inv.byID[string(applied.VaultID)]; v != nil {
			for _, r := range v.Resources {
				ids = append(ids, string(r.ID))
			}
		}
	}
	slices.Sort(ids)
	return ids
}
