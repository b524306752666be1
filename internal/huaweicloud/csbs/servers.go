package csbs

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Servers lists servers by name, with what their points tell.
func (s *Service) Servers(ctx context.Context) iter.Seq2[backup.Server, error] {
	return func(yield func(backup.Server, error) bool) {
		list, err := s.servers(ctx)
		if err != nil {
			yield(backup.Server{}, err)
			return
		}
		for _, srv := range list {
			if !yield(srv, nil) {
				return
			}
		}
	}
}

func (s *Service) servers(ctx context.Context) ([]backup.Server, error) {
	policies, err := s.policies.Get(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]backup.Server, 0, len(policies.servers))
	at := make(map[string]int, len(policies.servers))
	for _, id := range policies.order {
		for _, r := range policies.byID[id].Resources {
			if _, twice := at[r.ID]; !twice {
				at[r.ID] = len(list)
				list = append(list, r.server(id))
			}
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	for p, err := range s.Points(ctx, backup.PointFilter{}) {
		if err != nil {
			return nil, err
		}
		if i, ok := at[p.ServerID]; ok {
			count(&list[i], p)
		}
	}
	slices.SortFunc(list, func(a, b backup.Server) int { return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID) })
	return list, nil
}

// count adds a point to what is known of a server.
func count(srv *backup.Server, p backup.Point) {
	if srv.PointCount == nil {
		srv.PointCount = new(int64)
	}
	*srv.PointCount++
	if p.CreatedAt.After(srv.LastPointAt) {
		srv.LastPointAt, srv.LastStatus = p.CreatedAt, p.Status
	}
	if p.Status == backup.StatusAvailable && p.CreatedAt.After(srv.LastSuccessAt) {
		srv.LastSuccessAt = p.CreatedAt
	}
}

// server is a resource of a policy as a server. A name that is its id was never known, see bound.
func (r resource) server(policyID string) backup.Server {
	srv := backup.Server{ID: r.ID, InstanceID: r.ID, Name: r.Name, PolicyID: policyID, Enabled: true}
	if srv.Name == srv.ID {
		srv.Name = ""
	}
	return srv
}

// bound is a server as a resource of a policy. The service wants a name and does not say what for; where
// none is known the id is one.
func bound(srv backup.Server) resource {
	return resource{ID: srv.InstanceID, Type: serverType, Name: first(srv.Name, srv.InstanceID)}
}

// Server returns one server, without what its points tell: that would be a request for each server. One
// that a kept listing does not have may be new.
func (s *Service) Server(ctx context.Context, id string) (backup.Server, error) {
	_, kept := s.policies.Kept()
	for {
		list, err := s.policies.Get(ctx)
		if err != nil {
			return backup.Server{}, err
		}
		if policyID, ok := list.servers[id]; ok {
			i := slices.IndexFunc(list.byID[policyID].Resources, func(r resource) bool { return r.ID == id })
			return list.byID[policyID].Resources[i].server(policyID), nil
		}
		if !kept {
			return backup.Server{}, notFound("server", id)
		}
		s.policies.Drop()
		kept = false
	}
}

// CreateServer binds an instance to a policy.
func (s *Service) CreateServer(ctx context.Context, srv backup.Server) (backup.Server, error) {
	if err := refuse(s.CheckServer(ctx, srv, nil)); err != nil {
		return srv, err
	}
	if srv.InstanceID == "" || srv.PolicyID == "" {
		return srv, backup.Errorf(nil, "instance_id, policy_id: A server of csbs is an instance with a policy.")
	}
	list, err := s.policies.Get(ctx)
	if err != nil {
		return srv, err
	}
	if other, ok := list.servers[srv.InstanceID]; ok {
		return srv, alreadyBound(srv.InstanceID, list.byID[other])
	}
	if err := s.bind(ctx, srv.PolicyID, &change{server: bound(srv)}); err != nil {
		return srv, err
	}
	return bound(srv).server(srv.PolicyID), nil
}

// UpdateServer gives a server another policy. The service refuses a second one, so that the server is
// without a policy in between; if the new one refuses it, it gets the old one back.
func (s *Service) UpdateServer(ctx context.Context, srv backup.Server) (backup.Server, error) {
	prior, err := s.Server(ctx, srv.ID)
	if err != nil {
		return srv, err
	}
	if err := refuse(s.CheckServer(ctx, srv, &prior)); err != nil {
		return srv, err
	}
	if srv.PolicyID == prior.PolicyID {
		return prior, nil
	}
	next, err := s.showPolicy(ctx, srv.PolicyID)
	if err != nil {
		return srv, err
	}
	if len(next.Resources) >= maxPolicyServers {
		return srv, backup.Errorf(backup.ErrQuota, "The policy %q has %d servers, the most that a policy of csbs can have. Make another policy.", next.Name, maxPolicyServers)
	}
	if err := s.bind(ctx, prior.PolicyID, &change{server: bound(prior), remove: true}); err != nil {
		return srv, err
	}
	if err := s.bind(ctx, srv.PolicyID, &change{server: bound(prior)}); err != nil {
		ctx, cancel := settleContext(ctx)
		defer cancel()
		if back := s.bind(ctx, prior.PolicyID, &change{server: bound(prior)}); back != nil && !errors.Is(back, backup.ErrConflict) {
			return srv, errors.Join(err, backup.Errorf(nil, "The server %s has no policy now, so that nothing backs it up: its old policy %s refuses it too: %v", srv.ID, prior.PolicyID, back))
		}
		return srv, err
	}
	return bound(prior).server(srv.PolicyID), nil
}

// DeleteServer takes a server off its policy. Its points stay in any case, so that they can be kept, or be a
// reason to fail, but not go with it.
func (s *Service) DeleteServer(ctx context.Context, id string, fate backup.PointsOnDestroy) error {
	srv, err := s.Server(ctx, id)
	if err != nil {
		return err
	}
	switch fate {
	case backup.PointsKeep:
	case backup.PointsFail:
		for p, err := range s.Points(ctx, backup.PointFilter{ServerID: id}) {
			if err != nil {
				return err
			}
			return backup.Errorf(backup.ErrConflict, "The server %s still has points, such as %s. On csbs they stay when a server is taken off its policy.", id, p.ID)
		}
	default:
		return backup.Errorf(backup.ErrUnsupported, "points_on_destroy: csbs keeps the points of a server that is taken off its policy. Write keep, and delete the points that should go.")
	}
	return s.bind(ctx, srv.PolicyID, &change{server: bound(srv), remove: true})
}
