package backuptest

import (
	"context"
	"errors"
	"slices"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// emptyStore wants reads of a store that may not exist yet to be empty rather than errors.
func emptyStore(s *suite) {
	before := must(s.svc.Scope(s.ctx))(s, "Scope of an empty store")
	if before.Service == "" {
		s.Error("Scope.Service is empty; it is the service's configuration word")
	}
	for _, p := range collect(s, "policies", s.svc.Policies(s.ctx)) {
		if p.Default == nil || !*p.Default {
			s.Errorf("an empty store lists policy %q, which is not the service's default", p.Name)
		}
	}
	if servers := collect(s, "servers", s.svc.Servers(s.ctx)); len(servers) != 0 {
		s.Errorf("an empty store lists %d servers", len(servers))
	}
	if points := collect(s, "points", s.svc.Points(s.ctx, backup.PointFilter{IncludeDeleted: true})); len(points) != 0 {
		s.Errorf("an empty store lists %d points", len(points))
	}
	if h, ok := s.svc.(backup.Historian); ok {
		if entries := collect(s, "history", h.History(s.ctx, backup.HistoryFilter{})); len(entries) != 0 {
			s.Errorf("an empty store lists %d history entries", len(entries))
		}
	}
	if u, ok := s.svc.(backup.UsageReporter); ok {
		usage := must(u.SpaceUsage(s.ctx, backup.UsageFilter{}))(s, "SpaceUsage of an empty store")
		if len(usage.Servers) != 0 || usage.TotalBytes() != 0 {
			s.Errorf("an empty store has usage %s", show(usage))
		}
	}
	after := must(s.svc.Scope(s.ctx))(s, "Scope")
	if after != before {
		s.Errorf("reads changed the scope from %+v to %+v; only writes may create a store", before, after)
	}

	s.createPolicy("first")
	written := must(s.svc.Scope(s.ctx))(s, "Scope")
	if written.ID == "" {
		s.Error("Scope.ID is empty after the first write")
	}
	if before.ID != "" && written.ID != before.ID {
		s.Errorf("the first write changed Scope.ID from %q to %q", before.ID, written.ID)
	}
}

// unknownIDs wants ErrNotFound for what is not there, also once the store exists.
func unknownIDs(s *suite) {
	s.missing("no-such-id")
	s.createPolicy("exists")
	for _, id := range []string{"no-such-id", "00000000-0000-4000-8000-000000000000", "../no/such id"} {
		s.missing(id)
	}
}

func (s *suite) missing(id string) {
	s.Helper()
	policy, server := s.h.Policy("missing"), s.h.Server(s.T, s.svc, "missing")
	policy.ID, server.ID = id, id
	for _, call := range []struct {
		name string
		call func(ctx context.Context) error
	}{
		{"Policy", func(ctx context.Context) error { _, err := s.svc.Policy(ctx, id); return err }},
		{"UpdatePolicy", func(ctx context.Context) error { _, err := s.svc.UpdatePolicy(ctx, policy); return err }},
		{"DeletePolicy", func(ctx context.Context) error { return s.svc.DeletePolicy(ctx, id) }},
		{"Server", func(ctx context.Context) error { _, err := s.svc.Server(ctx, id); return err }},
		{"UpdateServer", func(ctx context.Context) error { _, err := s.svc.UpdateServer(ctx, server); return err }},
		{"DeleteServer", func(ctx context.Context) error {
			return s.svc.DeleteServer(ctx, id, s.h.PointsOnDestroy[0])
		}},
		{"Point, cached,", func(ctx context.Context) error { _, err := s.svc.Point(ctx, id, backup.Cached); return err }},
		{"Point, fresh,", func(ctx context.Context) error { _, err := s.svc.Point(ctx, id, backup.Fresh); return err }},
		{"UpdatePoint", func(ctx context.Context) error {
			_, err := s.svc.UpdatePoint(ctx, id, backup.PointUpdate{})
			return err
		}},
		{"StartPoint", func(ctx context.Context) error {
			_, err := s.svc.StartPoint(ctx, backup.PointRequest{ServerID: id})
			return err
		}},
	} {
		s.wantIs(call.name+" of unknown id "+id, call.call(s.ctx), backup.ErrNotFound)
	}
	if err := s.svc.DeletePoint(s.ctx, id); err != nil {
		s.Errorf("DeletePoint of unknown id %s fails with %q; a point that is already gone is a success", id, err)
	}
	if c, ok := s.svc.(backup.Canceler); ok {
		_, err := c.CancelPoint(s.ctx, id)
		s.wantIs("CancelPoint of unknown id "+id, err, backup.ErrNotFound)
	}
}

// reopen wants a second client to see what the first wrote, and the other way round.
func reopen(s *suite) {
	if s.h.Reopen == nil {
		s.Skip("the harness has no Reopen")
	}
	policy, server := s.createPolicy("shared"), s.createServer("shared")
	point := s.take(backup.PointRequest{ServerID: server.ID})
	other := s.h.Reopen(s.T, s.svc)

	mine := must(s.svc.Scope(s.ctx))(s, "Scope")
	if theirs := must(other.Scope(s.ctx))(s, "Scope of the second client"); theirs != mine {
		s.Errorf("the second client has scope %+v, the first %+v", theirs, mine)
	}
	const what = "seen by the second client"
	s.samePolicy(what, must(other.Policy(s.ctx, policy.ID))(s, "Policy "+what), policy)
	s.sameServer(what, must(other.Server(s.ctx, server.ID))(s, "Server "+what), server)
	s.samePoint(what, must(other.Point(s.ctx, point.ID, backup.Fresh))(s, "Point "+what), point)
	if got := ids(collect(s, "points "+what, other.Points(s.ctx, backup.PointFilter{}))); !slices.Equal(got, []string{point.ID}) {
		s.Errorf("the second client lists points %q, want only %q", got, point.ID)
	}

	s.ok("DeletePoint by the second client", other.DeletePoint(s.ctx, point.ID))
	if p, err := s.svc.Point(s.ctx, point.ID, backup.Fresh); err == nil && p.Status == backup.StatusAvailable && p.DeletionStatus != backup.DeletionSoftDeleted {
		s.Error("a fresh read still shows a point as available that the second client deleted")
	} else if err != nil && !errors.Is(err, backup.ErrNotFound) {
		s.Errorf("reading a point that the second client deleted: %v; want ErrNotFound", err)
	}
}
