package csbs

import (
	"context"
	"errors"
	"iter"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// pageSize is the largest page of a list (§2.7).
const pageSize = 1000

// policyList is a listing of all policies.
type policyList struct {
	byID map[string]policy
	// servers says which policy a server is bound to.
	servers map[string]string
	// order are the ids, by name.
	order []string
}

func (s *Service) loadPolicies(ctx context.Context) (*policyList, error) {
	list := &policyList{byID: map[string]policy{}, servers: map[string]string{}}
	query := url.Values{"limit": {strconv.Itoa(pageSize)}}
	for {
		var page struct {
			Policies []policy `json:"policies"`
		}
		if err := s.client.Do(ctx, huaweicloud.Get(query, "policies"), &page); err != nil {
			return nil, err
		}
		before := len(list.byID)
		for _, p := range page.Policies {
			list.byID[p.ID] = p
			for _, r := range p.Resources {
				list.servers[r.ID] = p.ID
			}
		}
		if len(page.Policies) < pageSize || len(list.byID) == before {
			break
		}
		query.Set("marker", page.Policies[len(page.Policies)-1].ID)
	}
	list.order = slices.SortedFunc(maps.Keys(list.byID), func(a, b string) int {
		return strings.Compare(list.byID[a].Name+"\x00"+a, list.byID[b].Name+"\x00"+b)
	})
	return list, nil
}

// Policies lists policies by name.
func (s *Service) Policies(ctx context.Context) iter.Seq2[backup.Policy, error] {
	return func(yield func(backup.Policy, error) bool) {
		list, err := s.policies.Get(ctx)
		if err != nil {
			yield(backup.Policy{}, err)
			return
		}
		for _, id := range list.order {
			if !yield(list.byID[id].domain(), nil) {
				return
			}
		}
	}
}

// Policy returns one policy. One that a listing does not have is asked for: it may be new.
func (s *Service) Policy(ctx context.Context, id string) (backup.Policy, error) {
	list, err := s.policies.Get(ctx)
	if err != nil {
		return backup.Policy{}, err
	}
	if p, ok := list.byID[id]; ok {
		return p.domain(), nil
	}
	p, err := s.showPolicy(ctx, id)
	return p.domain(), err
}

func (s *Service) showPolicy(ctx context.Context, id string) (policy, error) {
	if ctx.Err() != nil {
		return policy{}, context.Cause(ctx)
	}
	if !huaweicloud.ValidID(id) {
		return policy{}, notFound("policy", id)
	}
	var body struct {
		Policy policy `json:"policy"`
	}
	err := s.client.Do(ctx, huaweicloud.Get(nil, "policies", id), &body)
	if err == nil && body.Policy.ID == "" {
		err = notFound("policy", id)
	}
	return body.Policy, err
}

// CreatePolicy makes a policy.
func (s *Service) CreatePolicy(ctx context.Context, p backup.Policy) (backup.Policy, error) {
	if err := refuse(s.CheckPolicy(ctx, p)); err != nil {
		return p, err
	}
	op, err := s.operationOf(p)
	if err != nil {
		return p, err
	}
	request := policyRequest{
		Name: &p.Name, Description: &p.Description, ProviderID: providerID, Parameters: map[string]any{"common": map[string]any{}},
		Resources: &[]resource{}, Operations: []operationRequest{op}, Tags: tagList(p.Tags),
	}
	var body struct {
		Policy policy `json:"policy"`
	}
	defer s.policies.Drop()
	err = s.client.Do(ctx, huaweicloud.Post(map[string]any{"policy": request}, "policies"), &body)
	if errors.Is(err, huaweicloud.ErrUncertain) {
		return s.lostPolicy(ctx, p, err)
	}
	if err != nil {
		return p, err
	}
	created, err := s.showPolicy(ctx, body.Policy.ID)
	return created.domain(), err
}

// lostPolicy looks for a policy whose creation was not answered. Names are unique (§2.12), so the one that
// has this name, is used by nobody and is as it was asked for, is it.
func (s *Service) lostPolicy(ctx context.Context, p backup.Policy, lost error) (backup.Policy, error) {
	ctx, cancel := settleContext(ctx)
	defer cancel()
	s.policies.Drop()
	list, err := s.policies.Get(ctx)
	if err != nil {
		return p, lost
	}
	want := s.StoredPolicy(p)
	for _, found := range list.byID {
		got := found.domain()
		if got.Name == p.Name && len(got.ServerIDs) == 0 && got.Enabled == want.Enabled && got.Description == want.Description &&
			backup.SchedulesEqual(got.Schedules, want.Schedules) && maps.Equal(got.Tags, want.Tags) {
			return got, nil
		}
	}
	return p, lost
}

// UpdatePolicy changes a policy. Its servers are not sent: a change of them at the same time must not be lost.
func (s *Service) UpdatePolicy(ctx context.Context, p backup.Policy) (backup.Policy, error) {
	if err := refuse(s.CheckPolicy(ctx, p)); err != nil {
		return p, errors.Join(s.exists(ctx, p.ID), err)
	}
	op, err := s.operationOf(p)
	if err != nil {
		return p, err
	}
	defer s.policies.Drop()
	release, err := s.binder.lock(ctx, p.ID)
	if err != nil {
		return p, err
	}
	defer release()
	now, err := s.showPolicy(ctx, p.ID)
	if err != nil {
		return p, err
	}
	op.ID = now.operation().ID
	op.Definition = op.Definition.withoutLongTerm(huaweicloud.FormatOffset(s.offset(p)))
	request := policyRequest{Name: &p.Name, Description: &p.Description, Operations: []operationRequest{op}}
	if err := s.client.Do(ctx, huaweicloud.Put(map[string]any{"policy": request}, "policies", p.ID), nil); err != nil {
		return p, err
	}
	if err := s.setTags(ctx, policyTagsPath, p.ID, tagMap(now.Tags), p.Tags); err != nil {
		return p, err
	}
	updated, err := s.showPolicy(ctx, p.ID)
	return updated.domain(), err
}

func (s *Service) exists(ctx context.Context, policyID string) error {
	_, err := s.Policy(ctx, policyID)
	return err
}

// DeletePolicy removes a policy that no server uses. The service itself would unbind the servers.
func (s *Service) DeletePolicy(ctx context.Context, id string) error {
	release, err := s.binder.lock(ctx, id)
	if err != nil {
		return err
	}
	defer release()
	p, err := s.showPolicy(ctx, id)
	if err != nil {
		return err
	}
	if n := len(p.Resources); n > 0 {
		return backup.Errorf(backup.ErrConflict, "The policy %q is used by %d servers, such as %s. Give them another policy first.", p.Name, n, p.Resources[0].ID)
	}
	defer s.policies.Drop()
	err = s.client.Do(ctx, huaweicloud.Delete(nil, "policies", id), nil)
	if err != nil && !errors.Is(err, huaweicloud.ErrUncertain) {
		return err
	}
	// It may take a moment, in which its name is not free; and whether a lost request was taken shows here.
	ctx, cancel := settleContext(ctx)
	defer cancel()
	for range goneLooks {
		if _, gone := s.showPolicy(ctx, id); errors.Is(gone, backup.ErrNotFound) {
			return nil
		}
		if s.pause(ctx, lostPause) != nil {
			break
		}
	}
	if err == nil {
		err = backup.Errorf(nil, "The service took the request to delete the policy %q (%s), but still shows it. Apply again.", p.Name, id)
	}
	return err
}
