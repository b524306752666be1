package backuptest

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"runtime/pprof"
	"sync"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// iterators wants lists that stop early to leave nothing behind, and callers to be free to write
// while they list.
func iterators(s *suite) {
	for i := range 3 {
		s.createPolicy(fmt.Sprint("policy-", i))
		s.take(backup.PointRequest{ServerID: s.createServer(fmt.Sprint("server-", i)).ID})
	}
	stopEarly(s, "policies", s.svc.Policies)
	stopEarly(s, "servers", s.svc.Servers)
	stopEarly(s, "points", func(ctx context.Context) iter.Seq2[backup.Point, error] {
		return s.svc.Points(ctx, backup.PointFilter{})
	})
	if h, ok := s.svc.(backup.Historian); ok {
		stopEarly(s, "history", func(ctx context.Context) iter.Seq2[backup.HistoryEntry, error] {
			return h.History(ctx, backup.HistoryFilter{})
		})
	}
	for p, err := range s.svc.Points(s.ctx, backup.PointFilter{}) {
		s.ok("listing points", err)
		s.ok("DeletePoint while points are listed", s.svc.DeletePoint(s.ctx, p.ID))
		s.gone(p.ID)
	}
}

// stopEarly counts goroutines by a label, which those that a list starts inherit, so that other
// tests do not disturb it. A few may stay, such as those of kept connections.
func stopEarly[V any](s *suite, what string, list func(ctx context.Context) iter.Seq2[V, error]) {
	s.Helper()
	const stops, allowed = 40, 20
	label := fmt.Sprintf("%s %s", s.Name(), what)
	pprof.Do(s.ctx, pprof.Labels("backuptest", label), func(ctx context.Context) {
		for range stops {
			seen := 0
			for _, err := range list(ctx) {
				s.ok("listing "+what, err)
				seen++
				break
			}
			if seen != 1 {
				s.Fatalf("the list of %s is empty", what)
			}
		}
	})
	for range 100 {
		if labelled(label) <= allowed {
			return
		}
		s.pause()
	}
	s.Errorf("%d lists of %s that stopped early left %d goroutines behind", stops, what, labelled(label))
}

// labelled counts goroutines with a label. The profile has a line "N @ addresses" for each stack,
// and its labels in the next.
func labelled(label string) int {
	var profile bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&profile, 1); err != nil {
		return 0
	}
	total, last := 0, 0
	for line := range bytes.Lines(profile.Bytes()) {
		var n int
		if _, err := fmt.Sscanf(string(line), "%d @", &n); err == nil {
			last = n
		}
		if bytes.HasPrefix(line, []byte("# labels:")) && bytes.Contains(line, fmt.Appendf(nil, "%q", label)) {
			total += last
		}
	}
	return total
}

// concurrency does what Terraform does: ten resources at once.
func concurrency(s *suite) {
	const workers = 10
	specs := make([]backup.Server, workers)
	for i := range specs {
		specs[i] = s.h.Server(s.T, s.svc, fmt.Sprint("server-", i))
	}
	servers, points, errs := make([]backup.Server, workers), make([]backup.Point, workers), make([]error, workers)
	var group sync.WaitGroup
	for i := range workers {
		group.Go(func() {
			if _, errs[i] = s.svc.CreatePolicy(s.ctx, s.h.Policy(fmt.Sprint("policy-", i))); errs[i] != nil {
				return
			}
			if servers[i], errs[i] = s.svc.CreateServer(s.ctx, specs[i]); errs[i] != nil {
				return
			}
			if points[i], errs[i] = s.svc.StartPoint(s.ctx, backup.PointRequest{ServerID: servers[i].ID}); errs[i] != nil {
				return
			}
			points[i], errs[i] = backup.WaitPoint(s.ctx, s.svc, points[i], s.h.Wait)
		})
	}
	group.Wait()
	seen := map[string]bool{}
	for i, err := range errs {
		s.ok(fmt.Sprintf("policy, server and point %d of %d at once", i, workers), err)
		field(s, "a point among others", "Status", points[i].Status, backup.StatusAvailable)
		field(s, "a point among others", "ServerID", points[i].ServerID, servers[i].ID)
		seen[servers[i].ID], seen[points[i].ID] = true, true
	}
	if len(seen) != 2*workers {
		s.Errorf("%d servers and points have %d ids", 2*workers, len(seen))
	}
	if n := len(collect(s, "servers", s.svc.Servers(s.ctx))); n != workers {
		s.Errorf("%d servers are listed, want %d; concurrent writes were lost", n, workers)
	}
	if n := len(collect(s, "points", s.svc.Points(s.ctx, backup.PointFilter{}))); n != workers {
		s.Errorf("%d points are listed, want %d; concurrent writes were lost", n, workers)
	}
	names := map[string]bool{}
	for _, p := range collect(s, "policies", s.svc.Policies(s.ctx)) {
		names[p.Name] = true
	}
	for i := range workers {
		if name := fmt.Sprint("policy-", i); !names[name] {
			s.Errorf("%s is not listed; concurrent writes were lost", name)
		}
	}
}
