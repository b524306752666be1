package provider

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// fakeCloud is a fakeService that has policies and servers, and what local has not: a default policy
// and a default location, names that come from the machine.
type fakeCloud struct {
	*fakeService
	policies map[string]backup.Policy
	servers  map[string]backup.Server
	writes   int
	// unidentified makes Scope fail once something was written.
	unidentified bool
}

func newFakeCloud() *fakeCloud {
	return &fakeCloud{fakeService: newFakeService(), policies: map[string]backup.Policy{}, servers: map[string]backup.Server{}}
}

func (f *fakeCloud) Scope(ctx context.Context) (backup.Scope, error) {
	f.mu.Lock()
	fail := f.unidentified && f.writes > 0
	f.mu.Unlock()
	if fail {
		return backup.Scope{}, backup.Errorf(backup.ErrDenied, "the token is stale")
	}
	return f.fakeService.Scope(ctx)
}

func (f *fakeCloud) CheckPolicy(context.Context, backup.Policy) []backup.Problem { return nil }

func (f *fakeCloud) CheckServer(_ context.Context, s backup.Server, prior *backup.Server) []backup.Problem {
	if prior == nil {
		return []backup.Problem{{Path: []string{"instance_id"}, Summary: "New Server", Detail: "Backup of " + s.InstanceID + " costs money.", Warning: true}}
	}
	return nil
}

func (f *fakeCloud) Policies(context.Context) iter.Seq2[backup.Policy, error] {
	return func(yield func(backup.Policy, error) bool) {
		f.mu.Lock()
		rows := slices.Collect(maps.Values(f.policies))
		f.mu.Unlock()
		for _, p := range rows {
			if !yield(p, nil) {
				return
			}
		}
	}
}

func (f *fakeCloud) Policy(_ context.Context, id string) (backup.Policy, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, ok := f.policies[id]
	if !ok {
		return p, backup.Errorf(backup.ErrNotFound, "no policy %s", id)
	}
	return p, nil
}

func (f *fakeCloud) CreatePolicy(_ context.Context, p backup.Policy) (backup.Policy, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p.ID = fmt.Sprintf("policy-%d", len(f.policies))
	return f.putPolicy(p), nil
}

func (f *fakeCloud) UpdatePolicy(_ context.Context, p backup.Policy) (backup.Policy, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.putPolicy(p), nil
}

// putPolicy leaves at most one default.
func (f *fakeCloud) putPolicy(p backup.Policy) backup.Policy {
	f.writes++
	if p.Default == nil {
		p.Default = f.policies[p.ID].Default
	}
	isDefault := p.Default != nil && *p.Default
	p.Default = &isDefault
	if isDefault {
		for id, other := range f.policies {
			other.Default = new(bool)
			f.policies[id] = other
		}
	}
	f.policies[p.ID] = p
	return p
}

func (f *fakeCloud) DeletePolicy(_ context.Context, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.policies, id)
	return nil
}

func (f *fakeCloud) Servers(context.Context) iter.Seq2[backup.Server, error] {
	return func(yield func(backup.Server, error) bool) {
		f.mu.Lock()
		rows := slices.Collect(maps.Values(f.servers))
		f.mu.Unlock()
		for _, s := range rows {
			if !yield(s, nil) {
				return
			}
		}
	}
}

func (f *fakeCloud) Server(_ context.Context, id string) (backup.Server, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.servers[id]
	if !ok {
		return s, backup.Errorf(backup.ErrNotFound, "no server %s", id)
	}
	return s, nil
}

func (f *fakeCloud) CreateServer(_ context.Context, s backup.Server) (backup.Server, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s.ID = "server-of-" + s.InstanceID
	return f.putServer(s), nil
}

func (f *fakeCloud) UpdateServer(_ context.Context, s backup.Server) (backup.Server, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.putServer(s), nil
}

func (f *fakeCloud) putServer(s backup.Server) backup.Server {
	f.writes++
	s.Name = "vm " + s.InstanceID
	if s.PolicyID == "" {
		s.PolicyID = "policy-default"
	}
	if s.LocationID == "" {
		s.LocationID = "location-default"
	}
	f.servers[s.ID] = s
	return s
}

func (f *fakeCloud) DeleteServer(_ context.Context, id string, _ backup.PointsOnDestroy) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.servers, id)
	return nil
}
