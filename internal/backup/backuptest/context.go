package backuptest

import (
	"context"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// canceledContext wants every call with a canceled context to fail with its error, and to write
// nothing.
func canceledContext(s *suite) {
	policy, server := s.createPolicy("policy"), s.createServer("server")
	point := s.take(backup.PointRequest{ServerID: server.ID})
	spec := s.h.Server(s.T, s.svc, "never")
	policies := len(collect(s, "policies", s.svc.Policies(s.ctx)))
	changed := policy
	changed.Name = "changed"

	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	for _, call := range []struct {
		name string
		call func() error
	}{
		{"Policies", func() error { return firstError(s.svc.Policies(ctx)) }},
		{"Policy", func() error { _, err := s.svc.Policy(ctx, policy.ID); return err }},
		{"CreatePolicy", func() error { _, err := s.svc.CreatePolicy(ctx, s.h.Policy("never")); return err }},
		{"UpdatePolicy", func() error { _, err := s.svc.UpdatePolicy(ctx, changed); return err }},
		{"DeletePolicy", func() error { return s.svc.DeletePolicy(ctx, policy.ID) }},
		{"Servers", func() error { return firstError(s.svc.Servers(ctx)) }},
		{"Server", func() error { _, err := s.svc.Server(ctx, server.ID); return err }},
		{"CreateServer", func() error { _, err := s.svc.CreateServer(ctx, spec); return err }},
		{"UpdateServer", func() error { _, err := s.svc.UpdateServer(ctx, server); return err }},
		{"DeleteServer", func() error { return s.svc.DeleteServer(ctx, server.ID, s.h.PointsOnDestroy[0]) }},
		{"Points", func() error { return firstError(s.svc.Points(ctx, backup.PointFilter{})) }},
		{"Point", func() error { _, err := s.svc.Point(ctx, point.ID, backup.Fresh); return err }},
		{"StartPoint", func() error { _, err := s.svc.StartPoint(ctx, backup.PointRequest{ServerID: server.ID}); return err }},
		{"UpdatePoint", func() error { _, err := s.svc.UpdatePoint(ctx, point.ID, backup.PointUpdate{}); return err }},
		{"DeletePoint", func() error { return s.svc.DeletePoint(ctx, point.ID) }},
		{"History", func() error {
			if h, ok := s.svc.(backup.Historian); ok {
				return firstError(h.History(ctx, backup.HistoryFilter{}))
			}
			return context.Canceled
		}},
		{"SpaceUsage", func() error {
			if u, ok := s.svc.(backup.UsageReporter); ok {
				_, err := u.SpaceUsage(ctx, backup.UsageFilter{})
				return err
			}
			return context.Canceled
		}},
	} {
		s.wantIs(call.name+" with a canceled context", call.call(), context.Canceled)
	}

	s.samePolicy("after calls with a canceled context", must(s.svc.Policy(s.ctx, policy.ID))(s, "Policy"), policy)
	s.sameServer("after calls with a canceled context", must(s.svc.Server(s.ctx, server.ID))(s, "Server"), server)
	s.samePoint("after calls with a canceled context", must(s.svc.Point(s.ctx, point.ID, backup.Fresh))(s, "Point"), point)
	if n := len(collect(s, "policies", s.svc.Policies(s.ctx))); n != policies {
		s.Errorf("%d policies are listed, %d before the calls with a canceled context", n, policies)
	}
	if n := len(collect(s, "servers", s.svc.Servers(s.ctx))); n != 1 {
		s.Errorf("%d servers are listed, 1 before the calls with a canceled context", n)
	}
	if n := len(collect(s, "points", s.svc.Points(s.ctx, backup.PointFilter{}))); n != 1 {
		s.Errorf("%d points are listed, 1 before the calls with a canceled context", n)
	}
}
