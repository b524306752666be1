package vngcloud

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud/client"
)

// product is the half of Backup Center that backs servers up; vDB is the other.
const product = "vServer"

// policyRows are the policies for servers.
func (s *Service) policyRows(ctx context.Context) ([]client.Policy, error) {
	return cached(ctx, s, &s.policies, func(ctx context.Context) ([]client.Policy, error) {
		rows, err := s.api.Policies(ctx)
		return slices.DeleteFunc(rows, func(p client.Policy) bool { return p.Product != "" && p.Product != product }), err
	})
}

// policyRow finds a policy in the listing, and asks for it alone if it is not there.
func (s *Service) policyRow(ctx context.Context, id string) (client.Policy, error) {
	rows, err := s.policyRows(ctx)
	if err != nil {
		return client.Policy{}, err
	}
	if i := slices.IndexFunc(rows, func(p client.Policy) bool { return p.ID == id }); i >= 0 {
		return rows[i], nil
	}
	p, err := s.api.Policy(ctx, id)
	return p, named(err, "backup policy", id)
}

// limits are the bounds of the region.
func (s *Service) limits(ctx context.Context) (limits, error) {
	c, err := constant(ctx, s, &s.configurations, s.api.Configurations)
	return limitsOf(c), err
}

// CheckPolicy reports what Backup Center cannot do with a policy.
func (s *Service) CheckPolicy(ctx context.Context, p backup.Policy) []backup.Problem {
	problems := backup.CheckPolicy(p)
	if p.Description != "" {
		problems = append(problems, unsupported("description", "Say it in the name."))
	}
	if !p.Enabled {
		problems = append(problems, unsupported("enabled", "To stop the schedule set enabled = false on the servers that use the policy."))
	}
	if len(p.Tags) > 0 {
		problems = append(problems, unsupported("tags", "Its points carry none; leave it out."))
	}
	if len(p.Schedules) == 0 {
		problems = append(problems, problem([]string{"schedules"}, "Missing Schedule",
			"A policy of this service has at least one schedule. To stop it set enabled = false on the servers that use it."))
	}
	if r := p.Retention; r != nil {
		for name, n := range map[string]*int64{"latest": r.Latest, "yearly": r.Yearly, "days": r.Days} {
			if n != nil {
				problems = append(problems, problem([]string{"retention", name}, "Retention Not Supported",
					"The vngcloud service does not support retention."+name+". It keeps a number of full points for each schedule: write retention.hourly, daily, weekly or monthly."))
			}
		}
	}
	l, err := s.limits(ctx)
	if err != nil {
		l = documented() // the error shows again when the policy is written
	}
	var old *client.PolicyConfig
	if p.ID != "" {
		if row, err := s.policyRow(ctx, p.ID); err == nil {
			old = &row.Config
			if row.IsDefault && p.Default != nil && !*p.Default {
				problems = append(problems, problem([]string{"default"}, "Default Policy Needed", otherDefault))
			}
		}
	}
	_, more := configOf(p, l, old)
	slices.SortStableFunc(problems, func(a, b backup.Problem) int {
		return cmp.Compare(strings.Join(a.Path, "."), strings.Join(b.Path, "."))
	})
	return append(problems, more...)
}

const otherDefault = "There is one default policy at any time. Set default = true on another one instead: that takes it from this one."

// StoredPolicy returns how the service shows a policy that is written as p: with one spelling of each
// schedule, and every option set.
func (s *Service) StoredPolicy(p backup.Policy) backup.Policy {
	l := documented()
	if c, ok := s.configurations.kept(s.cfg.Now()); ok {
		l = limitsOf(c)
	}
	config, problems := configOf(p, l, nil)
	for _, wrong := range problems {
		// An hour that new policies cannot have may be that of an old one.
		if wrong.Summary != hourDisabled {
			return p
		}
	}
	shown := policyOf(client.Policy{ID: p.ID, Name: p.Name, Config: config, CreatedAt: client.Time{Time: p.CreatedAt}}, p.ServerIDs)
	shown.Default, shown.Description, shown.Enabled, shown.Tags = p.Default, p.Description, p.Enabled, p.Tags
	return shown
}

// Policies lists policies by name.
func (s *Service) Policies(ctx context.Context) iter.Seq2[backup.Policy, error] {
	return collect(func() ([]backup.Policy, error) {
		rows, err := s.policyRows(ctx)
		if err != nil {
			return nil, err
		}
		users, err := s.policyUsers(ctx)
		if err != nil {
			return nil, err
		}
		list := make([]backup.Policy, len(rows))
		for i, row := range rows {
			list[i] = policyOf(row, users[row.ID])
		}
		slices.SortFunc(list, func(a, b backup.Policy) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
		return list, nil
	})
}

// policyUsers are the servers of each policy.
func (s *Service) policyUsers(ctx context.Context) (map[string][]string, error) {
	rows, err := s.serverRows(ctx)
	users := map[string][]string{}
	for _, row := range rows {
		users[policyIDOf(row)] = append(users[policyIDOf(row)], row.ID)
	}
	return users, err
}

// Policy returns one policy.
func (s *Service) Policy(ctx context.Context, id string) (backup.Policy, error) {
	row, err := s.policyRow(ctx, id)
	if err != nil {
		return backup.Policy{}, err
	}
	users, err := s.policyUsers(ctx)
	return policyOf(row, users[id]), err
}

// CreatePolicy makes a policy.
func (s *Service) CreatePolicy(ctx context.Context, p backup.Policy) (backup.Policy, error) {
	p.ID = ""
	w, err := s.policyWrite(ctx, p, nil)
	if err != nil {
		return p, err
	}
	defer s.policies.drop()
	row, err := s.api.CreatePolicy(ctx, w)
	switch {
	case errors.Is(err, client.ErrAmbiguous):
		if row, err = s.madePolicy(ctx, w, err); err != nil {
			return p, err
		}
	case err != nil:
		return p, err
	case row.ID == "":
		if row, err = s.madePolicy(ctx, w, backup.Errorf(nil, "The service did not say what it made.")); err != nil {
			return p, err
		}
	}
	s.policies.drop()
	if p.Default != nil && *p.Default {
		if err := s.api.SwitchDefaultPolicy(ctx, row.ID); err != nil {
			s.notice("Policy Is Not the Default", fmt.Sprintf(
				"The policy %q (%s) was made, but could not become the default: %v The next plan shows the difference.", w.Name, row.ID, err))
		}
		s.policies.drop()
	}
	return s.readPolicy(ctx, row.ID)
}

// madePolicy looks for the policy of a request whose answer was lost.
func (s *Service) madePolicy(ctx context.Context, w client.PolicyWrite, lost error) (made client.Policy, err error) {
	ctx = context.WithoutCancel(ctx)
	found, err := s.poll(ctx, 3, func() (bool, error) {
		rows, err := s.api.Policies(ctx)
		for _, row := range rows {
			if row.Name == w.Name && s.madeLately(row.CreatedAt.Time) && reflect.DeepEqual(policyOf(row, nil).Schedules, policyOf(client.Policy{Config: w.Config}, nil).Schedules) {
				made = row
				return true, nil
			}
		}
		return false, err
	})
	if err != nil || !found {
		return made, errors.Join(lost, err)
	}
	return made, nil
}

// readPolicy returns a policy as the service shows it now.
func (s *Service) readPolicy(ctx context.Context, id string) (backup.Policy, error) {
	row, err := s.api.Policy(ctx, id)
	if err != nil {
		return backup.Policy{}, named(err, "backup policy", id)
	}
	users, err := s.policyUsers(ctx)
	return policyOf(row, users[id]), err
}

// UpdatePolicy replaces a policy.
func (s *Service) UpdatePolicy(ctx context.Context, p backup.Policy) (backup.Policy, error) {
	old, err := s.api.Policy(ctx, p.ID)
	if err != nil {
		return p, named(err, "backup policy", p.ID)
	}
	if old.IsDefault && p.Default != nil && !*p.Default {
		return p, backup.Errorf(backup.ErrConflict, "The policy %q is the default. %s", old.Name, otherDefault)
	}
	w, err := s.policyWrite(ctx, p, &old.Config)
	if err != nil {
		return p, err
	}
	defer s.policies.drop()
	if err := s.api.ReplacePolicy(ctx, p.ID, w); err != nil {
		return p, named(err, "backup policy", p.ID)
	}
	s.policies.drop()
	if p.Default != nil && *p.Default && !old.IsDefault {
		if err := s.api.SwitchDefaultPolicy(ctx, p.ID); err != nil {
			return p, err
		}
		s.policies.drop()
	}
	return s.readPolicy(ctx, p.ID)
}

// policyWrite is what the service is sent for a policy.
func (s *Service) policyWrite(ctx context.Context, p backup.Policy, old *client.PolicyConfig) (client.PolicyWrite, error) {
	if err := refuse(s.CheckPolicy(ctx, p)); err != nil {
		return client.PolicyWrite{}, err
	}
	for attribute, value := range map[string]string{"name": p.Name, "timezone": p.Timezone} {
		if value == "" {
			return client.PolicyWrite{}, backup.Errorf(nil, "%s must not be empty.", attribute)
		}
	}
	l, err := s.limits(ctx)
	if err != nil {
		return client.PolicyWrite{}, err
	}
	h, err := s.where(ctx)
	if err != nil {
		return client.PolicyWrite{}, err
	}
	config, problems := configOf(p, l, old)
	return client.PolicyWrite{BackendID: h.backend, ProjectID: h.project, Name: p.Name, Config: config}, refuse(problems)
}

// DeletePolicy deletes a policy that no server uses.
func (s *Service) DeletePolicy(ctx context.Context, id string) error {
	defer s.policies.drop()
	err := s.api.DeletePolicy(ctx, id)
	var refused *backup.ServiceError
	if errors.Is(err, backup.ErrConflict) && errors.As(err, &refused) {
		refused.Message += " Servers that use the policy need another one first; the default policy cannot be deleted at all."
	}
	return named(err, "backup policy", id)
}
