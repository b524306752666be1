package backuptest

import (
	"errors"
	"slices"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// serverLifecycle wants servers to survive create, read, list and changes in place.
func serverLifecycle(s *suite) {
	spec := s.h.Server(s.T, s.svc, "server-1")
	created := must(s.svc.CreateServer(s.ctx, spec))(s, "CreateServer")
	s.sameServer("created", created, spec)
	read := must(s.svc.Server(s.ctx, created.ID))(s, "Server")
	s.sameServer("read", read, spec)
	if read.PointCount != nil && *read.PointCount != 0 {
		s.Errorf("a new server has %d points", *read.PointCount)
	}
	second := s.createServer("server-2")
	if second.ID == created.ID {
		s.Fatalf("two servers have the id %q", second.ID)
	}

	for _, change := range []struct {
		attribute string
		apply     func(server *backup.Server)
	}{
		{"policy_id", func(server *backup.Server) { server.PolicyID = s.createPolicy("one").ID }},
		{"policy_id", func(server *backup.Server) { server.PolicyID = s.createPolicy("other").ID }},
		{"enabled", func(server *backup.Server) { server.Enabled = !server.Enabled }},
		{"", func(server *backup.Server) {
			if s.h.ChangeServer != nil {
				*server = s.h.ChangeServer(*server)
			}
		}},
	} {
		next := read
		change.apply(&next)
		if complains(s.svc.CheckServer(s.ctx, next, &read), change.attribute) {
			continue // This service cannot change it.
		}
		updated := must(s.svc.UpdateServer(s.ctx, next))(s, "UpdateServer of "+change.attribute)
		s.sameServer("updated "+change.attribute, updated, next)
		field(s, "updated "+change.attribute, "ID", updated.ID, created.ID)
		read = must(s.svc.Server(s.ctx, created.ID))(s, "Server")
		s.sameServer("read after updating "+change.attribute, read, next)
		s.usesPolicy(read)
	}

	listed := map[string]backup.Server{}
	for _, server := range collect(s, "servers", s.svc.Servers(s.ctx)) {
		if _, twice := listed[server.ID]; twice {
			s.Errorf("server %q is listed twice", server.ID)
		}
		listed[server.ID] = server
	}
	if len(listed) != 2 {
		s.Errorf("%d servers are listed, want 2", len(listed))
	}
	s.sameServer("listed", listed[created.ID], read)
	s.sameServer("listed, second", listed[second.ID], second)

	point := s.take(backup.PointRequest{ServerID: created.ID})
	read = must(s.svc.Server(s.ctx, created.ID))(s, "Server")
	if read.PointCount != nil && *read.PointCount != 1 {
		s.Errorf("a server with one point counts %d", *read.PointCount)
	}
	if !read.LastSuccessAt.IsZero() {
		s.utc("server with a point", "LastSuccessAt", read.LastSuccessAt)
		if read.LastSuccessAt.Before(point.CreatedAt) {
			s.Errorf("the last success of a server is %s, before its point of %s", read.LastSuccessAt, point.CreatedAt)
		}
	}
}

// usesPolicy wants exactly the policy of a server to list it.
func (s *suite) usesPolicy(server backup.Server) {
	s.Helper()
	for _, p := range collect(s, "policies", s.svc.Policies(s.ctx)) {
		if got, want := slices.Contains(p.ServerIDs, server.ID), p.ID == server.PolicyID; got != want {
			s.Errorf("the server uses policy %q, but policy %q (%s) lists servers %q", server.PolicyID, p.ID, p.Name, p.ServerIDs)
		}
	}
}

// destroyFail wants a server with points to stay.
func destroyFail(s *suite) {
	server, point, again := s.destroy(backup.PointsFail)
	if !again {
		return
	}
	s.wantIs("DeleteServer with points_on_destroy fail of a server with points",
		s.svc.DeleteServer(s.ctx, server.ID, backup.PointsFail), backup.ErrConflict)
	must(s.svc.Server(s.ctx, server.ID))(s, "Server after a refused DeleteServer")
	must(s.svc.Point(s.ctx, point.ID, backup.Fresh))(s, "Point after a refused DeleteServer")

	s.ok("DeletePoint", s.svc.DeletePoint(s.ctx, point.ID))
	s.gone(point.ID)
	s.ok("DeleteServer once its points are gone", s.svc.DeleteServer(s.ctx, server.ID, backup.PointsFail))
	s.serverGone(server.ID)
}

// destroyKeep wants the points of a deleted server to stay readable.
func destroyKeep(s *suite) {
	server, point, again := s.destroy(backup.PointsKeep)
	if !again {
		return
	}
	s.ok("DeleteServer with points_on_destroy keep", s.svc.DeleteServer(s.ctx, server.ID, backup.PointsKeep))
	// Some services can only pause a server that has points.
	if left, err := s.svc.Server(s.ctx, server.ID); err == nil && left.Enabled {
		s.Error("a deleted server is still there and enabled")
	} else if err != nil && !errors.Is(err, backup.ErrNotFound) {
		s.Errorf("Server of a deleted server fails with %q, want ErrNotFound", err)
	}
	kept := must(s.svc.Point(s.ctx, point.ID, backup.Fresh))(s, "Point of a deleted server")
	s.samePoint("a point of a deleted server", kept, point)
	listed := collect(s, "points", s.svc.Points(s.ctx, backup.PointFilter{ServerID: server.ID}))
	if !slices.Equal(ids(listed), []string{point.ID}) {
		s.Errorf("the points of the deleted server are %q, want the kept one, %q", ids(listed), point.ID)
	}
	s.ok("DeletePoint of a deleted server", s.svc.DeletePoint(s.ctx, point.ID))
	s.gone(point.ID)
}

// destroyDelete wants the points to go with their server, and no others.
func destroyDelete(s *suite) {
	server, point, again := s.destroy(backup.PointsDelete)
	if !again {
		return
	}
	other := s.createServer("bystander")
	spared := s.take(backup.PointRequest{ServerID: other.ID})
	s.ok("DeleteServer with points_on_destroy delete", s.svc.DeleteServer(s.ctx, server.ID, backup.PointsDelete))
	s.serverGone(server.ID)
	s.gone(point.ID)
	must(s.svc.Server(s.ctx, other.ID))(s, "Server of another server")
	must(s.svc.Point(s.ctx, spared.ID, backup.Fresh))(s, "Point of another server")
}

// destroy returns a server with a point, or false if the service does not support the fate; then it
// has to say so.
func (s *suite) destroy(fate backup.PointsOnDestroy) (backup.Server, backup.Point, bool) {
	s.Helper()
	server := s.createServer("doomed")
	point := s.take(backup.PointRequest{ServerID: server.ID})
	if slices.Contains(s.h.PointsOnDestroy, fate) {
		return server, point, true
	}
	s.wantIs("DeleteServer with points_on_destroy "+string(fate), s.svc.DeleteServer(s.ctx, server.ID, fate), backup.ErrUnsupported)
	must(s.svc.Point(s.ctx, point.ID, backup.Fresh))(s, "Point after a refused DeleteServer")
	return server, point, false
}

func (s *suite) serverGone(id string) {
	s.Helper()
	_, err := s.svc.Server(s.ctx, id)
	s.wantIs("Server of a deleted server", err, backup.ErrNotFound)
	for _, server := range collect(s, "servers", s.svc.Servers(s.ctx)) {
		if server.ID == id {
			s.Error("a deleted server is still listed")
		}
	}
}
