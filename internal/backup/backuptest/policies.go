package backuptest

import (
	"slices"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// policyLifecycle wants every settable member to survive create, read, update and list.
func policyLifecycle(s *suite) {
	spec := s.h.Policy("policy-1")
	created := must(s.svc.CreatePolicy(s.ctx, spec))(s, "CreatePolicy")
	s.samePolicy("created", created, spec)
	s.samePolicy("read", must(s.svc.Policy(s.ctx, created.ID))(s, "Policy"), spec)
	if len(created.ServerIDs) != 0 {
		s.Errorf("a new policy is used by servers %q", created.ServerIDs)
	}

	second := s.createPolicy("policy-2")
	if second.ID == created.ID {
		s.Fatalf("two policies have the id %q", second.ID)
	}

	changed := created
	if s.h.ChangePolicy != nil {
		changed = s.h.ChangePolicy(changed)
	} else {
		changed.Name += "-changed"
	}
	s.noProblems("a changed policy", s.svc.CheckPolicy(s.ctx, changed))
	updated := must(s.svc.UpdatePolicy(s.ctx, changed))(s, "UpdatePolicy")
	s.samePolicy("updated", updated, changed)
	field(s, "updated", "ID", updated.ID, created.ID)
	s.samePolicy("read after the update", must(s.svc.Policy(s.ctx, created.ID))(s, "Policy"), changed)

	again := must(s.svc.UpdatePolicy(s.ctx, withID(spec, created.ID)))(s, "UpdatePolicy back")
	s.samePolicy("updated back", again, spec)

	listed := map[string]backup.Policy{}
	for _, p := range collect(s, "policies", s.svc.Policies(s.ctx)) {
		if _, twice := listed[p.ID]; twice {
			s.Errorf("policy %q is listed twice", p.ID)
		}
		listed[p.ID] = p
	}
	s.samePolicy("listed", listed[created.ID], spec)
	s.samePolicy("listed, second", listed[second.ID], second)

	s.ok("DeletePolicy", s.svc.DeletePolicy(s.ctx, created.ID))
	_, err := s.svc.Policy(s.ctx, created.ID)
	s.wantIs("Policy of a deleted policy", err, backup.ErrNotFound)
	s.wantIs("DeletePolicy of a deleted policy", s.svc.DeletePolicy(s.ctx, created.ID), backup.ErrNotFound)
	for _, p := range collect(s, "policies", s.svc.Policies(s.ctx)) {
		if p.ID == created.ID {
			s.Error("a deleted policy is still listed")
		}
	}
	s.samePolicy("the other policy", must(s.svc.Policy(s.ctx, second.ID))(s, "Policy"), second)
}

// policyInUse wants a policy to know its servers, and to stay while it has any.
func policyInUse(s *suite) {
	policy := s.createPolicy("in-use")
	spec := s.h.Server(s.T, s.svc, "user")
	spec.PolicyID = policy.ID
	if complains(s.svc.CheckServer(s.ctx, spec, nil), "policy_id") {
		s.Skip("servers of this service name no policy")
	}
	server := must(s.svc.CreateServer(s.ctx, spec))(s, "CreateServer")
	used := must(s.svc.Policy(s.ctx, policy.ID))(s, "Policy")
	if !slices.Equal(used.ServerIDs, []string{server.ID}) {
		s.Errorf("Policy.ServerIDs is %q, want the server that uses it, %q", used.ServerIDs, server.ID)
	}
	s.wantIs("DeletePolicy of a policy in use", s.svc.DeletePolicy(s.ctx, policy.ID), backup.ErrConflict)
	must(s.svc.Policy(s.ctx, policy.ID))(s, "Policy after a refused DeletePolicy")

	s.ok("DeleteServer without points", s.svc.DeleteServer(s.ctx, server.ID, s.h.PointsOnDestroy[0]))
	s.ok("DeletePolicy of a policy that is no longer used", s.svc.DeletePolicy(s.ctx, policy.ID))

	spec = s.h.Server(s.T, s.svc, "stray")
	spec.PolicyID = "no-such-policy"
	if _, err := s.svc.CreateServer(s.ctx, spec); err == nil {
		s.Error("CreateServer with an unknown policy succeeds; the server would never run")
	}
}

func withID(p backup.Policy, id string) backup.Policy {
	p.ID = id
	return p
}
