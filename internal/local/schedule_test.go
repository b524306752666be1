package local_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// movedClock is a clock that tests move.
type movedClock struct {
	mu sync.Mutex
	at time.Time
}

func newMovedClock(at time.Time) *movedClock { return &movedClock{at: at} }

func (c *movedClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	// Time passes, so that no two records are written at the same time.
	c.at = c.at.Add(time.Microsecond)
	return c.at
}

func (c *movedClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// set moves the clock to a time, to the microsecond.
func (c *movedClock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// day0 is a Thursday.
var day0 = time.Date(2026, 1, 1, 0, 30, 0, 0, time.UTC)

// clocked returns a service whose clock, and that of its storage, is moved by the test.
func clocked(t *testing.T, edit func(*local.Config)) (*local.Service, *movedClock) {
	t.Helper()
	c := newMovedClock(day0)
	return newService(t, func(cfg *local.Config) {
		cfg.Now, cfg.StorageNow = c.Now, c.Now
		if edit != nil {
			edit(cfg)
		}
	}), c
}

// follow gives a server a policy.
func follow(t *testing.T, svc *local.Service, srv backup.Server, p backup.Policy) (backup.Server, backup.Policy) {
	t.Helper()
	if p.Name == "" {
		p.Name = "policy of " + srv.Name
	}
	if p.Timezone == "" {
		p.Timezone = "UTC"
	}
	p.Enabled = true
	p, err := svc.CreatePolicy(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	srv.PolicyID = p.ID
	srv, err = svc.UpdateServer(t.Context(), srv)
	if err != nil {
		t.Fatal(err)
	}
	return srv, p
}

var hourly = []string{"FREQ=HOURLY;BYMINUTE=0"}

// runDue starts what is due and waits for it.
func runDue(t *testing.T, svc *local.Service) []backup.Point {
	t.Helper()
	started, err := svc.StartDue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var points []backup.Point
	for _, p := range started {
		p, err := svc.Await(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, p)
	}
	return points
}

func history(t *testing.T, svc *local.Service, f backup.HistoryFilter) []backup.HistoryEntry {
	t.Helper()
	var list []backup.HistoryEntry
	for e, err := range svc.History(t.Context(), f) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	return list
}

func pointIDs(t *testing.T, svc *local.Service, f backup.PointFilter) []string {
	t.Helper()
	var ids []string
	for p, err := range svc.Points(t.Context(), f) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, p.ID)
	}
	slices.Sort(ids)
	return ids
}

// TestDue: a policy runs when it is due, once, and what was missed is one run and one entry of history.
func TestDue(t *testing.T) {
	t.Parallel()
	svc, c := clocked(t, nil)
	srv, p := follow(t, svc, protect(t, svc, "web", tree(t, map[string]string{"a": "one"})), backup.Policy{Schedules: hourly})
	if points := runDue(t, svc); len(points) != 0 {
		t.Fatalf("before its time: %+v", points)
	}
	c.advance(30 * time.Minute)
	points := runDue(t, svc)
	if len(points) != 1 || points[0].Status != backup.StatusAvailable || points[0].ScheduleType != backup.SchedulePolicy || points[0].PolicyID != p.ID {
		t.Fatalf("at its time: %+v", points)
	}
	if again := runDue(t, svc); len(again) != 0 {
		t.Errorf("a second time: %+v", again)
	}

	c.advance(20*time.Hour + 10*time.Minute)
	if points = runDue(t, svc); len(points) != 1 {
		t.Fatalf("after the agent was down: %+v", points)
	}
	if again := runDue(t, svc); len(again) != 0 {
		t.Errorf("more than one run makes up for those that were missed: %+v", again)
	}
	skipped := history(t, svc, backup.HistoryFilter{ServerID: srv.ID, Status: []backup.HistoryStatus{backup.HistorySkipped}})
	if len(skipped) != 1 || !strings.Contains(skipped[0].Error, "19 runs") || skipped[0].PointID != "" || skipped[0].PolicyID != p.ID {
		t.Errorf("history of what was missed: %+v", skipped)
	}
	if all := history(t, svc, backup.HistoryFilter{}); len(all) != 3 {
		t.Errorf("history: %+v", all)
	}
}

// TestNotDue: what is switched off does not run, and is not made up for when it is switched on again.
func TestNotDue(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(srv *backup.Server, p *backup.Policy, on bool){
		"server": func(srv *backup.Server, _ *backup.Policy, on bool) { srv.Enabled = on },
		"policy": func(_ *backup.Server, p *backup.Policy, on bool) { p.Enabled = on },
		"runner": func(srv *backup.Server, _ *backup.Policy, on bool) {
			o, _ := srv.Options.(local.ServerOptions)
			o.Runner = map[bool]local.Runner{true: local.RunnerAgent, false: local.RunnerNone}[on]
			srv.Options = o
		},
		"schedules": func(_ *backup.Server, p *backup.Policy, on bool) {
			p.Schedules = map[bool][]string{true: hourly, false: {}}[on]
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			svc, c := clocked(t, nil)
			srv, p := follow(t, svc, protect(t, svc, "web", tree(t, map[string]string{"a": "one"})), backup.Policy{Schedules: hourly})
			update := func(on bool) {
				t.Helper()
				set(&srv, &p, on)
				if _, err := svc.UpdatePolicy(t.Context(), p); err != nil {
					t.Fatal(err)
				}
				if _, err := svc.UpdateServer(t.Context(), srv); err != nil {
					t.Fatal(err)
				}
			}
			update(false)
			c.advance(10 * time.Hour)
			if points := runDue(t, svc); len(points) != 0 {
				t.Fatalf("switched off: %+v", points)
			}
			update(true)
			if points := runDue(t, svc); len(points) != 0 {
				t.Errorf("switched on again: %+v", points)
			}
			c.advance(time.Hour)
			if points := runDue(t, svc); len(points) != 1 {
				t.Errorf("an hour later: %+v", points)
			}
			if all := history(t, svc, backup.HistoryFilter{}); len(all) != 1 {
				t.Errorf("history: %+v", all)
			}
		})
	}
}

// TestWrongClock: a clock that was wrong for a while does not hold up the runs until that time comes.
func TestWrongClock(t *testing.T) {
	t.Parallel()
	svc, c := clocked(t, nil)
	follow(t, svc, protect(t, svc, "web", tree(t, map[string]string{"a": "one"})), backup.Policy{Schedules: hourly})
	c.set(day0.AddDate(5, 0, 0))
	if points := runDue(t, svc); len(points) != 1 {
		t.Fatalf("in five years: %+v", points)
	}
	c.set(day0.Add(time.Hour))
	if points := runDue(t, svc); len(points) != 1 {
		t.Errorf("after the clock was put right: %+v", points)
	}
	if points := runDue(t, svc); len(points) != 0 {
		t.Errorf("again: %+v", points)
	}
}

func TestIncrementalsPerFull(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		per  *int64
		want string
	}{
		"every point is full":          {pointer[int64](0), "full full full full full full"},
		"full after two incrementals":  {pointer[int64](2), "full incremental incremental full incremental incremental"},
		"the service's own way":        {nil, "full incremental incremental incremental incremental incremental"},
		"full after every incremental": {pointer[int64](1), "full incremental full incremental full incremental"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			svc, c := clocked(t, nil)
			follow(t, svc, protect(t, svc, "web", tree(t, map[string]string{"a": "one"})), backup.Policy{Schedules: hourly, IncrementalsPerFull: test.per})
			var types []string
			for range 6 {
				c.advance(time.Hour)
				for _, p := range runDue(t, svc) {
					types = append(types, string(p.Type))
				}
			}
			if got := strings.Join(types, " "); got != test.want {
				t.Errorf("points are %s, want %s", got, test.want)
			}
		})
	}
}

// TestFailedRuns are in history, and no more than the last one is a point that holds nothing.
func TestFailedRuns(t *testing.T) {
	t.Parallel()
	svc, c := clocked(t, nil)
	dir := filepath.Join(t.TempDir(), "source")
	write(t, filepath.Join(dir, "a"), "one")
	srv, _ := follow(t, svc, protect(t, svc, "web", dir), backup.Policy{Schedules: hourly})
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		c.advance(time.Hour)
		if points := runDue(t, svc); len(points) != 1 || points[0].Status != backup.StatusError {
			t.Fatalf("without a source: %+v", points)
		}
		if _, err := svc.ApplyRetention(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if ids := pointIDs(t, svc, backup.PointFilter{}); len(ids) != 1 {
		t.Errorf("%d points hold nothing", len(ids))
	}
	failed := history(t, svc, backup.HistoryFilter{ServerID: srv.ID, Kinds: []backup.HistoryKind{backup.KindBackup}, Status: []backup.HistoryStatus{backup.HistoryFailed}})
	if len(failed) != 3 || !strings.Contains(failed[0].Error, dir) {
		t.Errorf("history: %+v", failed)
	}
}

// TestQuotaOfDue: a run that its location has no room for is in history.
func TestQuotaOfDue(t *testing.T) {
	t.Parallel()
	svc, c := clocked(t, nil)
	srv, _ := follow(t, svc, protect(t, svc, "web", tree(t, map[string]string{"a": "one"})), backup.Policy{Schedules: hourly})
	l, err := svc.Location(t.Context(), srv.LocationID)
	if err != nil {
		t.Fatal(err)
	}
	l.QuotaBytes = pointer[int64](1)
	if _, err := svc.UpdateLocation(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	c.advance(time.Hour)
	points := runDue(t, svc)
	if len(points) != 1 || points[0].Status != backup.StatusError || !strings.Contains(points[0].Error, "quota") {
		t.Errorf("over the quota: %+v", points)
	}
	if points = runDue(t, svc); len(points) != 0 {
		t.Errorf("tried again at once: %+v", points)
	}
}

// TestCutShort: a run that was stopped with its agent is taken up under its id, and its slot is not lost.
func TestCutShort(t *testing.T) {
	t.Parallel()
	svc, c := clocked(t, nil)
	dir := tree(t, map[string]string{"a": "one", "huge": ""})
	if err := os.Truncate(filepath.Join(dir, "huge"), 1<<40); err != nil {
		t.Fatal(err)
	}
	srv, _ := follow(t, svc, protect(t, svc, "web", dir), backup.Policy{Schedules: hourly})
	c.advance(time.Hour)
	started, err := svc.StartDue(t.Context())
	if err != nil || len(started) != 1 {
		t.Fatalf("started %+v, %v", started, err)
	}
	if _, err := svc.StartDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err := svc.CancelPoint(t.Context(), started[0].ID)
	if err != nil || p.Status != backup.StatusError {
		t.Fatalf("stopped: %+v, %v", p, err)
	}
	if err := os.Remove(filepath.Join(dir, "huge")); err != nil {
		t.Fatal(err)
	}
	points := runDue(t, svc)
	if len(points) != 1 || points[0].ID != started[0].ID || points[0].Status != backup.StatusAvailable {
		t.Errorf("taken up: %+v", points)
	}
	if all := history(t, svc, backup.HistoryFilter{ServerID: srv.ID}); len(all) != 1 || all[0].Status != backup.HistorySucceeded {
		t.Errorf("history: %+v", all)
	}
	if _, err := svc.VerifyPoint(t.Context(), p.ID, nil); err != nil && !errors.Is(err, backup.ErrNotFound) {
		t.Error(err)
	}
}
