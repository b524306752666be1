package local

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Policies lists policies by name.
func (s *Service) Policies(ctx context.Context) iter.Seq2[backup.Policy, error] {
	return collect(func() (list []backup.Policy, err error) {
		err = s.view(ctx, backup.Cached, func(ix *index) error {
			for _, r := range ix.policies.rows {
				list = append(list, ix.policy(r.value))
			}
			return nil
		})
		slices.SortFunc(list, func(a, b backup.Policy) int {
			return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID)
		})
		return list, err
	})
}

// Policy returns one policy.
func (s *Service) Policy(ctx context.Context, id string) (p backup.Policy, err error) {
	err = s.view(ctx, backup.Cached, func(ix *index) error {
		rec, ok := ix.policies.get(id)
		if !ok {
			return notFound("policy", id)
		}
		p = ix.policy(rec)
		return nil
	})
	return p, err
}

// CreatePolicy makes a policy.
func (s *Service) CreatePolicy(ctx context.Context, p backup.Policy) (backup.Policy, error) {
	p.ID = uuid.NewString()
	p.CreatedAt = s.cfg.Now().UTC()
	return s.putPolicy(ctx, p)
}

// UpdatePolicy changes a policy in place.
func (s *Service) UpdatePolicy(ctx context.Context, p backup.Policy) (backup.Policy, error) {
	old, err := s.Policy(ctx, p.ID)
	if err != nil {
		return p, err
	}
	p.CreatedAt = old.CreatedAt
	return s.putPolicy(ctx, p)
}

func (s *Service) putPolicy(ctx context.Context, p backup.Policy) (out backup.Policy, err error) {
	if err := refuse(s.CheckPolicy(ctx, p)); err != nil {
		return p, err
	}
	rec := policyRecord{
		ID: p.ID, Name: p.Name, Description: p.Description,
		Schedules: p.Schedules, Timezone: p.Timezone, Enabled: p.Enabled,
		Retention: p.Retention, IncrementalsPerFull: p.IncrementalsPerFull,
		CreatedAt: p.CreatedAt,
	}
	err = s.change(ctx, "policy", func(ctx context.Context, t *tx) error {
		if old, ok := t.index.policies.get(rec.ID); ok {
			rec.ScheduledAt = old.rescheduledAt(rec, s.cfg.Now())
		}
		if err := s.reschedule(ctx, t, rec); err != nil {
			return err
		}
		out = t.index.policy(rec)
		return put(ctx, t, t.index.policies, rec.ID, rec)
	})
	return out, err
}

// DeletePolicy removes a policy that no server uses.
func (s *Service) DeletePolicy(ctx context.Context, id string) error {
	if _, err := s.Policy(ctx, id); err != nil {
		return err
	}
	return s.change(ctx, "delete policy", func(ctx context.Context, t *tx) error {
		rec, ok := t.index.policies.get(id)
		if !ok {
			return notFound("policy", id)
		}
		if users := t.index.policy(rec).ServerIDs; len(users) > 0 {
			return backup.Errorf(backup.ErrConflict, "The policy %q is used by %d servers, such as %s. Give them another policy first.", rec.Name, len(users), users[0])
		}
		return remove(ctx, t, t.index.policies, id)
	})
}

func (ix *index) policy(r policyRecord) backup.Policy {
	p := backup.Policy{
		ID: r.ID, Name: r.Name, Description: r.Description,
		Schedules: slices.Clone(r.Schedules), Timezone: r.Timezone, Enabled: r.Enabled,
		Retention: r.Retention, IncrementalsPerFull: r.IncrementalsPerFull,
		CreatedAt: r.CreatedAt,
	}
	for _, srv := range ix.servers.rows {
		if srv.value.PolicyID == r.ID {
			p.ServerIDs = append(p.ServerIDs, srv.value.ID)
		}
	}
	slices.Sort(p.ServerIDs)
	return p
}

// collect makes an iterator of a list that is made when the iteration starts.
func collect[T any](list func() ([]T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		rows, err := list()
		if err != nil {
			var none T
			yield(none, err)
			return
		}
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func notFound(kind, id string) error {
	return backup.Errorf(backup.ErrNotFound, "There is no %s with the id %q.", kind, id)
}
