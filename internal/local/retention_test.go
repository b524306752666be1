package local_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// hourlyDays is how long everything is done after each run; then once a day, as where the agent was away, or a year
// would take hours.
const hourlyDays = 60

// TestYear runs a policy every hour for a year of a moved clock, with everything that the agent does. On
// every day the points that are left are those that the pure function keeps of all that were ever taken.
func TestYear(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("too slow for the race detector")
	}
	days := proof(5, 365)
	svc, c := clocked(t, func(c *local.Config) { c.ReadCache = time.Hour })
	dir := tree(t, map[string]string{"a": "one"})
	const zone = "Europe/Berlin"
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	retention := &backup.Retention{
		Latest: pointer[int64](3), Hourly: pointer[int64](6), Daily: pointer[int64](7), Weekly: pointer[int64](4), Monthly: pointer[int64](6),
	}
	srv, _ := follow(t, svc, protect(t, svc, "web", dir), backup.Policy{Schedules: hourly, Timezone: zone, Retention: retention})
	manual := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	all := []backup.RetentionPoint{{ID: manual.ID, CreatedAt: manual.CreatedAt, ScheduleType: backup.ScheduleManual}}

	start := time.Now()
	runs, deleted, cycles := 0, 0, 0
	tidy := func() {
		t.Helper()
		gone, err := svc.ApplyRetention(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		deleted += len(gone)
		reports, err := svc.Maintain(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range reports {
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			if r.Cycle != "" {
				cycles++
			}
		}
	}
	for day := range days {
		for range 24 {
			c.advance(time.Hour)
			write(t, filepath.Join(dir, "a"), c.Now().String())
			for _, p := range runDue(t, svc) {
				runs++
				all = append(all, backup.RetentionPoint{ID: p.ID, CreatedAt: p.CreatedAt, ScheduleType: p.ScheduleType})
			}
			if day < hourlyDays {
				tidy()
			}
		}
		if day >= hourlyDays {
			tidy()
		}
		if _, err := svc.RollUpHistory(t.Context()); err != nil {
			t.Fatal(err)
		}
		prune(t, mainRepository(t, svc))
		want := retention.Keep(all, loc, c.Now())
		slices.Sort(want)
		if got := pointIDs(t, svc, backup.PointFilter{}); !slices.Equal(got, want) {
			t.Fatalf("on %s there are %d points, want %d:\n got %v\nwant %v", c.Now(), len(got), len(want), got, want)
		}
		if day%30 == 29 {
			t.Logf("%d days after %s", day+1, time.Since(start).Round(time.Second))
		}
	}
	entries := history(t, svc, backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindBackup}})
	if len(entries) != runs+1 {
		t.Errorf("history has %d backups, want %d", len(entries), runs+1)
	}
	for _, id := range pointIDs(t, svc, backup.PointFilter{}) {
		if v, err := svc.VerifyPoint(t.Context(), id, nil); err != nil || len(v.Damages) > 0 {
			t.Errorf("point %s: %v %v", id, err, v.Damages)
		}
	}
	figure(t, "the kept set is the pure function's answer on each of %d days: %d runs, %d points deleted, %d kept, %d maintenance cycles, in %s", days, runs, deleted, len(all)-deleted, cycles, time.Since(start).Round(time.Millisecond))
}

// prune removes the directories in which no blob lies any more. Kopia leaves them, and every listing walks them:
// in a year of hours that is most of the time.
func prune(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		sub := filepath.Join(dir, e.Name())
		prune(t, sub)
		// One that is not empty stays.
		_ = os.Remove(sub)
	}
}

// TestRetentionIsPerSource: a point stays while one of its sources needs it.
func TestRetentionIsPerSource(t *testing.T) {
	t.Parallel()
	svc, c := clocked(t, nil)
	a, b := tree(t, map[string]string{"a": "one"}), tree(t, map[string]string{"b": "two"})
	srv, _ := follow(t, svc, protect(t, svc, "web", a, b), backup.Policy{Schedules: hourly, Retention: &backup.Retention{Latest: pointer[int64](2)}})
	step := func() string {
		t.Helper()
		c.advance(time.Hour)
		points := runDue(t, svc)
		if len(points) != 1 {
			t.Fatalf("points: %+v", points)
		}
		if _, err := svc.ApplyRetention(t.Context()); err != nil {
			t.Fatal(err)
		}
		return points[0].ID
	}
	step()
	both := []string{step(), step()}
	srv.Options = local.ServerOptions{Sources: []string{a}, OneFileSystem: true}
	if _, err := svc.UpdateServer(t.Context(), srv); err != nil {
		t.Fatal(err)
	}
	step()
	want := slices.Sorted(slices.Values([]string{both[0], both[1], step(), step()}))
	if got := pointIDs(t, svc, backup.PointFilter{}); !slices.Equal(got, want) {
		t.Errorf("points are %v, want the last two of each source: %v", got, want)
	}
}

// TestRetentionOverLocations: moving a server does not make its retention count anew.
func TestRetentionOverLocations(t *testing.T) {
	t.Parallel()
	svc, c := clocked(t, nil)
	srv, _ := follow(t, svc, protect(t, svc, "web", tree(t, map[string]string{"a": "one"})), backup.Policy{Schedules: hourly, Retention: &backup.Retention{Latest: pointer[int64](3)}})
	l, err := svc.CreateLocation(t.Context(), backup.Location{
		Name: "disk", Options: local.LocationOptions{Repository: filepath.Join(t.TempDir(), "disk"), Password: "another horse"},
		Lock: &backup.LocationLock{MinDays: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for i := range 6 {
		if i == 3 {
			srv.LocationID = l.ID
			if _, err := svc.UpdateServer(t.Context(), srv); err != nil {
				t.Fatal(err)
			}
		}
		c.advance(time.Hour)
		for _, p := range runDue(t, svc) {
			ids = append(ids, p.ID)
		}
		if _, err := svc.ApplyRetention(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	same := func(want []string) {
		t.Helper()
		want = slices.Sorted(slices.Values(want))
		if got := pointIDs(t, svc, backup.PointFilter{}); !slices.Equal(got, want) {
			t.Errorf("points are %v, want %v", got, want)
		}
	}
	same(ids[3:])
	// What is locked stays although no rule keeps it, and goes when the lock ends.
	c.advance(time.Hour)
	ids = append(ids, runDue(t, svc)[0].ID)
	if deleted, err := svc.ApplyRetention(t.Context()); err != nil || len(deleted) > 0 {
		t.Errorf("deleted %v, %v below the lock", deleted, err)
	}
	same(ids[3:])
	c.advance(22 * time.Hour)
	if deleted, err := svc.ApplyRetention(t.Context()); err != nil || !slices.Equal(deleted, ids[3:4]) {
		t.Errorf("deleted %v, %v after the lock, want %v", deleted, err, ids[3:4])
	}
}

// TestRetentionLeavesAlone what it was not asked to delete.
func TestRetentionLeavesAlone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		retention *backup.Retention
		disable   func(*backup.Server)
		want      int
	}{
		"no retention":          {nil, nil, 3},
		"one that keeps all":    {&backup.Retention{}, nil, 3},
		"latest":                {&backup.Retention{Latest: pointer[int64](1)}, nil, 1},
		"the last point":        {&backup.Retention{Days: pointer[int64](1)}, nil, 1},
		"a server that is off":  {&backup.Retention{Days: pointer[int64](1)}, func(s *backup.Server) { s.Enabled = false }, 3},
		"one without a policy":  {&backup.Retention{Days: pointer[int64](1)}, func(s *backup.Server) { s.PolicyID = "" }, 3},
		"one that nobody runs":  {&backup.Retention{Days: pointer[int64](1)}, runner(local.RunnerNone), 1},
		"one that Kopia runs":   {&backup.Retention{Days: pointer[int64](1)}, runner(local.RunnerKopia), 1},
		"a policy without days": {&backup.Retention{Latest: pointer[int64](3)}, nil, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			svc, c := clocked(t, nil)
			srv, _ := follow(t, svc, protect(t, svc, "web", tree(t, map[string]string{"a": "one"})), backup.Policy{Schedules: hourly, Retention: test.retention})
			manual := take(t, svc, backup.PointRequest{ServerID: srv.ID})
			for range 3 {
				c.advance(time.Hour)
				runDue(t, svc)
			}
			if test.disable != nil {
				test.disable(&srv)
				if _, err := svc.UpdateServer(t.Context(), srv); err != nil {
					t.Fatal(err)
				}
			}
			c.advance(10 * 24 * time.Hour)
			if _, err := svc.ApplyRetention(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := pointIDs(t, svc, backup.PointFilter{ScheduleType: backup.SchedulePolicy}); len(got) != test.want {
				t.Errorf("%d points are left, want %d", len(got), test.want)
			}
			if got := pointIDs(t, svc, backup.PointFilter{ScheduleType: backup.ScheduleManual}); !slices.Equal(got, []string{manual.ID}) {
				t.Errorf("manual points: %v", got)
			}
		})
	}
}

func runner(r local.Runner) func(*backup.Server) {
	return func(s *backup.Server) {
		o, _ := s.Options.(local.ServerOptions)
		o.Runner = r
		s.Options = o
	}
}

// TestRetentionToTheBin: what retention deletes goes where everything else goes that is deleted.
func TestRetentionToTheBin(t *testing.T) {
	t.Parallel()
	svc, c := clocked(t, nil)
	srv, _ := follow(t, svc, protect(t, svc, "web", tree(t, map[string]string{"a": "one"})), backup.Policy{Schedules: hourly, Retention: &backup.Retention{Latest: pointer[int64](1)}})
	l, err := svc.Location(t.Context(), srv.LocationID)
	if err != nil {
		t.Fatal(err)
	}
	l.SoftDelete = &backup.SoftDelete{RetentionDays: 2}
	if _, err := svc.UpdateLocation(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		c.advance(time.Hour)
		runDue(t, svc)
		if _, err := svc.ApplyRetention(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n, all := len(pointIDs(t, svc, backup.PointFilter{})), len(pointIDs(t, svc, backup.PointFilter{IncludeDeleted: true})); n != 1 || all != 3 {
		t.Errorf("%d points, %d with the bin", n, all)
	}
	c.advance(3 * 24 * time.Hour)
	if n, err := svc.EmptyBin(t.Context()); n != 2 || err != nil {
		t.Errorf("emptied the bin of %d points, %v", n, err)
	}
	if all := len(pointIDs(t, svc, backup.PointFilter{IncludeDeleted: true})); all != 1 {
		t.Errorf("%d points are left", all)
	}
}
