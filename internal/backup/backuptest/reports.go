package backuptest

import (
	"slices"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

func (s *suite) historian() backup.Historian {
	s.Helper()
	h, ok := s.svc.(backup.Historian)
	if !ok {
		s.Skip("the service is no Historian")
	}
	return h
}

// history wants runs and deletions to be told, also once the point is gone.
func history(s *suite) {
	h := s.historian()
	server := s.createServer("server")
	point := s.take(backup.PointRequest{ServerID: server.ID})

	run := func(filter backup.HistoryFilter) *backup.HistoryEntry {
		var found *backup.HistoryEntry
		for _, e := range collect(s, "history", h.History(s.ctx, filter)) {
			if e.PointID == point.ID && e.Kind == filter.Kinds[0] {
				if found != nil {
					s.Errorf("history has two entries of kind %s for point %s", e.Kind, point.ID)
				}
				found = &e
			}
		}
		return found
	}
	backups := backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindBackup}}
	entry := run(backups)
	if entry == nil {
		s.Fatalf("history has no entry for the run of point %s", point.ID)
	}
	const what = "history entry of a run"
	if entry.ID == "" || entry.StartedAt.IsZero() {
		s.Errorf("%s: no id or no start: %s", what, show(*entry))
	}
	s.utc(what, "StartedAt", entry.StartedAt)
	field(s, what, "Status", entry.Status, backup.HistorySucceeded)
	field(s, what, "ServerID", entry.ServerID, server.ID)
	if entry.Type != "" && point.Type != "" {
		field(s, what, "Type", entry.Type, point.Type)
	}
	if entry.ScheduleType != "" {
		field(s, what, "ScheduleType", entry.ScheduleType, backup.ScheduleManual)
	}
	if entry.DeletionStatus != "" {
		field(s, what, "DeletionStatus", entry.DeletionStatus, backup.DeletionPresent)
	}

	s.ok("DeletePoint", s.svc.DeletePoint(s.ctx, point.ID))
	s.gone(point.ID)
	if !s.h.HistoryForgets {
		left := run(backups)
		switch {
		case left == nil:
			s.Error("the run is gone from history with its point; an entry outlives its point")
		case left.DeletionStatus == backup.DeletionPresent:
			s.Error("history says that a deleted point is present")
		case left.Status != backup.HistorySucceeded || left.ID != entry.ID:
			s.Errorf("the run changed in history when its point was deleted: %s", show(*left))
		}
	}
	if !s.h.NoDeleteHistory && run(backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindDelete}}) == nil {
		s.Error("history has no entry for the deletion")
	}
}

// historyFilters wants filters and order to mean what they mean for points.
func historyFilters(s *suite) {
	h := s.historian()
	alpha, beta := s.createServer("alpha"), s.createServer("beta")
	for _, server := range []backup.Server{alpha, beta, alpha} {
		s.take(backup.PointRequest{ServerID: server.ID})
	}
	all := collect(s, "history", h.History(s.ctx, backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindBackup}}))
	if len(all) != 3 {
		s.Fatalf("history has %d runs, want 3", len(all))
	}
	if !slices.IsSortedFunc(all, func(a, b backup.HistoryEntry) int { return b.StartedAt.Compare(a.StartedAt) }) {
		s.Error("history is not listed newest first")
	}
	newest, oldest := all[0].StartedAt, all[2].StartedAt
	for _, tc := range []struct {
		name   string
		filter backup.HistoryFilter
		want   func(e backup.HistoryEntry) bool
	}{
		{"server", backup.HistoryFilter{ServerID: alpha.ID}, func(e backup.HistoryEntry) bool { return e.ServerID == alpha.ID }},
		{"unknown server", backup.HistoryFilter{ServerID: "no-such-id"}, neither},
		{"unknown instance", backup.HistoryFilter{InstanceID: "no-such-id"}, neither},
		{"unknown location", backup.HistoryFilter{LocationID: "no-such-id"}, neither},
		{"status", backup.HistoryFilter{Status: []backup.HistoryStatus{backup.HistorySucceeded}}, func(backup.HistoryEntry) bool { return true }},
		{"other status", backup.HistoryFilter{Status: []backup.HistoryStatus{backup.HistoryFailed, backup.HistoryRunning}}, neither},
		{"from the oldest", backup.HistoryFilter{From: oldest}, func(backup.HistoryEntry) bool { return true }},
		{"until the oldest", backup.HistoryFilter{To: oldest}, neither},
		{"until the newest", backup.HistoryFilter{To: newest}, func(e backup.HistoryEntry) bool { return e.StartedAt.Before(newest) }},
		{"after the newest", backup.HistoryFilter{From: newest.Add(1)}, neither},
	} {
		tc.filter.Kinds = []backup.HistoryKind{backup.KindBackup}
		var got, want []string
		for _, e := range all {
			if tc.want(e) {
				want = append(want, e.ID)
			}
		}
		for _, e := range collect(s, "history by "+tc.name, h.History(s.ctx, tc.filter)) {
			got = append(got, e.ID)
		}
		if !slices.Equal(got, want) {
			s.Errorf("history by %s: entries %q, want %q", tc.name, got, want)
		}
	}
}

func neither(backup.HistoryEntry) bool { return false }

// spaceUsage wants the figures of a server to be those of its points.
func spaceUsage(s *suite) {
	reporter, ok := s.svc.(backup.UsageReporter)
	if !ok {
		s.Skip("the service is no UsageReporter")
	}
	beta, alpha := s.createServer("beta"), s.createServer("alpha")
	points, sizes := map[string]int64{}, map[string]int64{}
	var first backup.Point
	for _, server := range []backup.Server{alpha, beta, alpha} {
		p := s.take(backup.PointRequest{ServerID: server.ID})
		if first.ID == "" {
			first = p
		}
		points[server.ID]++
		if p.SizeBytes != nil {
			sizes[server.ID] += *p.SizeBytes
		}
		s.change(server)
	}
	s.wantUsage(reporter, backup.UsageFilter{}, points, sizes, alpha.ID, beta.ID)
	s.wantUsage(reporter, backup.UsageFilter{ServerIDs: []string{beta.ID, "no-such-id"}}, points, sizes, beta.ID)
	s.wantUsage(reporter, backup.UsageFilter{ServerIDs: []string{"no-such-id"}}, points, sizes)
	s.wantUsage(reporter, backup.UsageFilter{LocationID: "no-such-id"}, points, sizes)

	s.ok("DeletePoint", s.svc.DeletePoint(s.ctx, first.ID))
	s.gone(first.ID)
	points[alpha.ID]--
	if first.SizeBytes != nil {
		sizes[alpha.ID] -= *first.SizeBytes
	}
	s.wantUsage(reporter, backup.UsageFilter{}, points, sizes, alpha.ID, beta.ID)
}

// wantUsage wants exactly these servers, in the order of their names.
func (s *suite) wantUsage(reporter backup.UsageReporter, f backup.UsageFilter, points, sizes map[string]int64, servers ...string) {
	s.Helper()
	usage := must(reporter.SpaceUsage(s.ctx, f))(s, "SpaceUsage")
	var got []string
	var total int64
	for _, u := range usage.Servers {
		got = append(got, u.ServerID)
		field(s, "usage of "+u.ServerName, "Points", u.Points, points[u.ServerID])
		if s.h.NoPointSizes {
			sizes[u.ServerID] = max(u.SizeBytes, 0)
		}
		field(s, "usage of "+u.ServerName, "SizeBytes", u.SizeBytes, sizes[u.ServerID])
		total += sizes[u.ServerID]
	}
	if !slices.Equal(got, servers) {
		s.Errorf("usage by %s is of servers %q, want %q, sorted by name", show(f), got, servers)
	}
	field(s, "usage", "TotalBytes", usage.TotalBytes(), total)
	if usage.StoredBytes != nil && *usage.StoredBytes < 0 {
		s.Errorf("stored bytes are %d", *usage.StoredBytes)
	}
}
