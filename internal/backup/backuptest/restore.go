package backuptest

import (
	"context"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// restores wants a restore to have an id at once, to end, and to be told of in history.
func restores(s *suite) {
	restorer := s.restorer()
	server := s.createServer("server")
	point := s.take(backup.PointRequest{ServerID: server.ID})
	request := s.h.Restore(s.T, s.svc, point)
	s.noProblems("a valid restore", restorer.CheckRestore(s.ctx, request))

	ctx, cancel := context.WithCancel(s.ctx)
	started, err := restorer.StartRestore(ctx, request)
	// Like a point, it goes on.
	cancel()
	s.ok("StartRestore", err)
	if started.ID == "" || started.Status == "" {
		s.Fatalf("StartRestore returns id %q and status %q; both must be known", started.ID, started.Status)
	}
	field(s, "started restore", "PointID", started.PointID, point.ID)
	done := must(backup.WaitRestore(s.ctx, restorer, started, s.h.Wait.Interval, func(r backup.Restore) {
		if r.Progress != nil && (*r.Progress < 0 || *r.Progress > 100) {
			s.Errorf("progress is %d; it is a percentage", *r.Progress)
		}
	}))(s, "waiting for the restore")

	const what = "finished restore"
	field(s, what, "ID", done.ID, started.ID)
	field(s, what, "Status", done.Status, backup.HistorySucceeded)
	field(s, what, "Error", done.Error, "")
	field(s, what, "PointID", done.PointID, point.ID)
	if done.RestoredID == "" {
		s.Errorf("%s: RestoredID is empty; it is what the data is in now", what)
	}
	if done.StartedAt.IsZero() {
		s.Errorf("%s: StartedAt is not known", what)
	}
	s.utc(what, "StartedAt", done.StartedAt)
	if !done.FinishedAt.IsZero() {
		s.utc(what, "FinishedAt", done.FinishedAt)
		if done.FinishedAt.Before(done.StartedAt) {
			s.Errorf("%s: finished at %s, before it was started at %s", what, done.FinishedAt, done.StartedAt)
		}
	}
	s.restoreInHistory(done, server)
	if c, ok := s.svc.(backup.RestoreCanceler); ok {
		late := must(c.CancelRestore(s.ctx, done.ID))(s, "CancelRestore of a finished restore")
		field(s, "a restore that was canceled when it was finished", "Status", late.Status, backup.HistorySucceeded)
	}
	s.samePoint("the point after its restore", must(s.svc.Point(s.ctx, point.ID, backup.Fresh))(s, "Point"), point)
}

func (s *suite) restorer() backup.Restorer {
	s.Helper()
	r, ok := s.svc.(backup.Restorer)
	if !ok || s.h.Restore == nil {
		s.Skip("the service is no Restorer, or the harness has no Restore")
	}
	return r
}

// restoreInHistory wants one entry of a restore, and none among those of backups.
func (s *suite) restoreInHistory(r backup.Restore, server backup.Server) {
	s.Helper()
	h, ok := s.svc.(backup.Historian)
	if !ok {
		return
	}
	filter := backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindRestore}, ServerID: server.ID}
	entries := collect(s, "restores in history", h.History(s.ctx, filter))
	if s.h.NoRestoreHistory {
		if len(entries) > 0 {
			s.Errorf("restores in history are %s, want none", show(entries))
		}
		return
	}
	if len(entries) != 1 || entries[0].PointID != r.PointID || entries[0].Status != r.Status || entries[0].Kind != backup.KindRestore {
		s.Errorf("restores in history are %s, want one of %s", show(entries), show(r))
		return
	}
	id := r.ID
	if s.h.RestoreHistoryIDs {
		id = entries[0].ID
	}
	field(s, "a restore in history", "ID", entries[0].ID, id)
	filter.Status = []backup.HistoryStatus{backup.HistoryRunning, backup.HistorySkipped}
	if entries := collect(s, "running restores in history", h.History(s.ctx, filter)); len(entries) > 0 {
		s.Errorf("running restores in history are %s, want none", show(entries))
	}
	filter = backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindBackup}}
	for _, e := range collect(s, "backups in history", h.History(s.ctx, filter)) {
		if e.ID == id {
			s.Errorf("the restore %s is listed among the backups", id)
		}
	}
}

// restoreMistakes wants what cannot be restored to be found before anything is started.
func restoreMistakes(s *suite) {
	restorer := s.restorer()
	server := s.createServer("server")
	point := s.take(backup.PointRequest{ServerID: server.ID})
	request := s.h.Restore(s.T, s.svc, point)

	_, err := restorer.Restore(s.ctx, "no-such-id")
	s.wantIs("Restore of an unknown id", err, backup.ErrNotFound)
	if c, ok := s.svc.(backup.RestoreCanceler); ok {
		_, err := c.CancelRestore(s.ctx, "no-such-id")
		s.wantIs("CancelRestore of an unknown id", err, backup.ErrNotFound)
	}
	unknown := request
	unknown.PointID = "no-such-id"
	s.wantProblem("CheckRestore of an unknown point", []string{"point_id"}, restorer.CheckRestore(s.ctx, unknown))
	_, err = restorer.StartRestore(s.ctx, unknown)
	s.wantIs("StartRestore of an unknown point", err, backup.ErrNotFound)

	later := request
	later.PointID = ""
	s.noProblems("a restore of a point that is not known yet", restorer.CheckRestore(s.ctx, later))
	for _, p := range restorer.CheckRestore(s.ctx, backup.RestoreRequest{}) {
		if len(p.Path) == 0 {
			s.Errorf("with nothing set, CheckRestore complains without naming an attribute: %+v", p)
		}
	}

	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	_, err = restorer.StartRestore(ctx, request)
	s.wantIs("StartRestore with a canceled context", err, context.Canceled)
	_, err = restorer.Restore(ctx, "no-such-id")
	s.wantIs("Restore with a canceled context", err, context.Canceled)

	if s.h.Break != nil {
		s.h.Break(s.T, s.svc, server)
		request.PointID = s.finish(must(s.svc.StartPoint(s.ctx, backup.PointRequest{ServerID: server.ID}))(s, "StartPoint")).ID
		s.wantProblem("CheckRestore of a point in error", []string{"point_id"}, restorer.CheckRestore(s.ctx, request))
		if _, err := restorer.StartRestore(s.ctx, request); err == nil {
			s.Error("StartRestore of a point in error succeeds")
		}
	}
	if h, ok := s.svc.(backup.Historian); ok {
		filter := backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindRestore}}
		if entries := collect(s, "restores in history", h.History(s.ctx, filter)); len(entries) > 0 {
			s.Errorf("restores that were refused are in history: %s", show(entries))
		}
	}
}
