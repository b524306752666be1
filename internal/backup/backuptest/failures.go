package backuptest

import (
	"context"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// pointFailure wants a failed backup to be a point in error that says why, and no error of the call.
func pointFailure(s *suite) {
	if s.h.Break == nil {
		s.Skip("the harness has no Break")
	}
	server := s.createServer("broken")
	good := s.take(backup.PointRequest{ServerID: server.ID})
	s.h.Break(s.T, s.svc, server)
	bad := s.finish(must(s.svc.StartPoint(s.ctx, backup.PointRequest{ServerID: server.ID}))(s, "StartPoint"))
	s.failed("broken", bad)
	s.samePoint("the good point", must(s.svc.Point(s.ctx, good.ID, backup.Fresh))(s, "Point"), good)
	s.ok("DeletePoint of a failed point", s.svc.DeletePoint(s.ctx, bad.ID))
	s.gone(bad.ID)
}

// failed wants a point in error, in every view of it, and in history.
func (s *suite) failed(what string, p backup.Point) {
	s.Helper()
	if p.Status != backup.StatusError {
		s.Fatalf("%s: the point has status %q, want error", what, p.Status)
	}
	if p.Error == "" {
		s.Errorf("%s: Error is empty; it must say why", what)
	}
	read := must(s.svc.Point(s.ctx, p.ID, backup.Fresh))(s, "Point in error")
	field(s, what+", read", "Status", read.Status, backup.StatusError)
	filter := backup.PointFilter{Status: []backup.Status{backup.StatusError}}
	if got := ids(collect(s, "points in error", s.svc.Points(s.ctx, filter))); len(got) != 1 || got[0] != p.ID {
		s.Errorf("%s: points in error are %q, want %q", what, got, p.ID)
	}
	if h, ok := s.svc.(backup.Historian); ok {
		filter := backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindBackup}, Status: []backup.HistoryStatus{backup.HistoryFailed}}
		entries := collect(s, "failed runs", h.History(s.ctx, filter))
		if len(entries) != 1 || entries[0].PointID != p.ID || entries[0].Error == "" {
			s.Errorf("%s: failed runs in history are %+v, want one of point %q that says why", what, entries, p.ID)
		}
	}
}

// pointCancel wants a run to stop on request.
func pointCancel(s *suite) {
	canceler, server := s.slow()
	running := must(s.svc.StartPoint(s.ctx, backup.PointRequest{ServerID: server.ID}))(s, "StartPoint")
	if running.Status.Stable() {
		s.Fatalf("a slow point has status %q right after StartPoint, which must not wait for it", running.Status)
	}
	canceled := must(canceler.CancelPoint(s.ctx, running.ID))(s, "CancelPoint")
	field(s, "canceled point", "ID", canceled.ID, running.ID)
	s.failed("canceled", canceled)
	s.ok("DeletePoint of a canceled point", s.svc.DeletePoint(s.ctx, running.ID))
	s.gone(running.ID)

	other := s.createServer("quick")
	done := s.take(backup.PointRequest{ServerID: other.ID})
	if p, err := canceler.CancelPoint(s.ctx, done.ID); err == nil {
		field(s, "CancelPoint of an available point", "Status", p.Status, backup.StatusAvailable)
	}
	s.samePoint("a point that was available when it was canceled",
		must(s.svc.Point(s.ctx, done.ID, backup.Fresh))(s, "Point"), done)
}

// runOutlivesContext wants a run to go on when the context of StartPoint ends: what has an id is
// stopped by its id.
func runOutlivesContext(s *suite) {
	canceler, server := s.slow()
	ctx, cancel := context.WithCancel(s.ctx)
	running, err := s.svc.StartPoint(ctx, backup.PointRequest{ServerID: server.ID})
	cancel()
	s.ok("StartPoint", err)
	for range 5 {
		s.pause()
		p := must(s.svc.Point(s.ctx, running.ID, backup.Fresh))(s, "Point")
		if p.Status == backup.StatusError {
			s.Fatalf("the run ended with the context of StartPoint: %s", p.Error)
		}
	}
	must(canceler.CancelPoint(s.ctx, running.ID))(s, "CancelPoint")
}

func (s *suite) slow() (backup.Canceler, backup.Server) {
	s.Helper()
	canceler, ok := s.svc.(backup.Canceler)
	if !ok || s.h.Slow == nil {
		s.Skip("the service is no Canceler, or the harness has no Slow")
	}
	server := s.createServer("slow")
	s.h.Slow(s.T, s.svc, server)
	return canceler, server
}
