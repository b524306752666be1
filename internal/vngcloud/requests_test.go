package vngcloud_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
)

// plant puts servers under backup, each with points an hour apart.
func plant(t *testing.T, c center, servers, points int) (serverIDs, pointIDs []string) {
	t.Helper()
	var seed backupcenter.Seed
	for i := range servers {
		srv := backupcenter.SeedServer{Name: fmt.Sprintf("web-%04d", i)}
		for n := range points {
			srv.Points = append(srv.Points, backupcenter.SeedPoint{Age: fmt.Sprintf("%dh", points-n), Cadence: "daily"})
		}
		seed.Servers = append(seed.Servers, srv)
	}
	serverIDs, pointIDs, err := c.Plant(seed)
	if err != nil {
		t.Fatal(err)
	}
	return serverIDs, pointIDs
}

// atOnce calls for each of n things, as many at a time as Terraform does.
func atOnce(n int, call func(i int)) {
	var group sync.WaitGroup
	turns := make(chan struct{}, 10)
	for i := range n {
		turns <- struct{}{}
		group.Go(func() {
			call(i)
			<-turns
		})
	}
	group.Wait()
}

// TestRefreshRequests: reading many things again costs a listing for each backup server with points, and
// a few requests more.
func TestRefreshRequests(t *testing.T) {
	t.Parallel()
	const servers, policies = 300, 50
	c := newCenter(t, backupcenter.Switches{}, "")
	c.Tick = 0
	serverIDs, pointIDs := plant(t, c, servers, 1)
	setup := c.client(t)
	var policyIDs []string
	for i := range policies {
		p, err := setup.CreatePolicy(t.Context(), backup.Policy{
			Name: fmt.Sprint("policy-", i), Timezone: "UTC", Enabled: true,
			Schedules: []string{"FREQ=DAILY;BYHOUR=1;BYMINUTE=0"}, Retention: &backup.Retention{Daily: new(int64(1))},
		})
		if err != nil {
			t.Fatal(err)
		}
		policyIDs = append(policyIDs, p.ID)
	}
	svc := c.client(t)
	c.Counts.Reset()
	read := func(n int, what string, call func(i int) error) {
		atOnce(n, func(i int) {
			if err := call(i); err != nil {
				t.Errorf("%s %d: %v", what, i, err)
			}
		})
	}
	read(1, "scope", func(int) error { _, err := svc.Scope(t.Context()); return err })
	read(policies, "policy", func(i int) error { _, err := svc.Policy(t.Context(), policyIDs[i]); return err })
	read(servers, "server", func(i int) error { _, err := svc.Server(t.Context(), serverIDs[i]); return err })
	if n := c.Counts.Snapshot().TotalRequests(); n > 20 {
		t.Errorf("%d servers and %d policies took %d requests, want 20 at most: %v", servers, policies, n, c.Counts.Snapshot().Requests)
	}
	read(servers, "point", func(i int) error {
		svc.PointBelongsTo(pointIDs[i], serverIDs[i])
		_, err := svc.Point(t.Context(), pointIDs[i], backup.Cached)
		return err
	})
	got := c.Counts.Snapshot()
	t.Logf("refresh of %d servers, %d points and %d policies: %d requests, %d in flight at most", servers, servers, policies, got.TotalRequests(), got.MostInFlight)
	if n := got.TotalRequests(); n > servers+20 {
		t.Errorf("with their points it took %d requests, want %d at most", n, servers+20)
	}
	if got.MostInFlight > 8 {
		t.Errorf("%d requests in flight, want 8 at most", got.MostInFlight)
	}
}

// TestUnhintedPoint: a point of which nothing is known is found in the history, once.
func TestUnhintedPoint(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	_, pointIDs := plant(t, c, 20, 3)
	svc := c.client(t)
	for range 3 {
		if p, err := svc.Point(t.Context(), pointIDs[7], backup.Cached); err != nil || p.ID != pointIDs[7] {
			t.Fatalf("%+v, %v", p, err)
		}
	}
	for name, n := range c.Counts.Snapshot().Requests {
		if (strings.Contains(name, "histories") || strings.Contains(name, "backup-instance-points")) && n != 1 {
			t.Errorf("%s was asked for %d times, want once", name, n)
		}
	}
}

// TestScan: a listing of all points asks once for each backup server, eight at a time, and is newest first.
func TestScan(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	c.Tick = 0
	c.Latency = 2 * time.Millisecond
	plant(t, c, 40, 25)
	svc := c.client(t)
	for range 2 {
		c.Counts.Reset()
		points := listed(t, svc, backup.PointFilter{Status: []backup.Status{backup.StatusAvailable}})
		if len(points) != 40*25 {
			t.Fatalf("%d points, want %d", len(points), 40*25)
		}
		got := c.Counts.Snapshot()
		if n := got.Requests["GET "+backupcenter.BackupPath+"/v1/backup-instances/{id}/backup-instance-points"]; n != 40 || got.MostInFlight > 8 {
			t.Errorf("%d listings, %d in flight, want 40 and 8 at most", n, got.MostInFlight)
		}
	}
	c.Counts.Reset()
	if points := listed(t, svc, backup.PointFilter{IDs: []string{listed(t, svc, backup.PointFilter{})[0].ID}}); len(points) != 1 {
		t.Errorf("%d points by id, want 1", len(points))
	}
}

// TestHistoryWindow: the service shows 180 days unless it is asked for more, and in no order.
func TestHistoryWindow(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	ages := []string{"24h", "2400h", "4400h", "9000h"} // 1, 100, 183 and 375 days
	var seed backupcenter.SeedServer
	seed.Name = "web"
	for _, age := range ages {
		seed.Points = append(seed.Points, backupcenter.SeedPoint{Age: age, Cadence: "daily"})
	}
	if _, _, err := c.Plant(backupcenter.Seed{Servers: []backupcenter.SeedServer{seed}}); err != nil {
		t.Fatal(err)
	}
	svc := c.client(t)
	count := func(f backup.HistoryFilter) (n int) {
		last := c.Clock.Now()
		for e, err := range svc.History(t.Context(), f) {
			if err != nil {
				t.Fatal(err)
			}
			if e.StartedAt.After(last) {
				t.Errorf("an entry of %s comes after one of %s", e.StartedAt, last)
			}
			last = e.StartedAt
			n++
		}
		return n
	}
	backups := []backup.HistoryKind{backup.KindBackup}
	for name, tc := range map[string]struct {
		filter backup.HistoryFilter
		want   int
	}{
		"all":                {backup.HistoryFilter{Kinds: backups}, 4},
		"from a year ago":    {backup.HistoryFilter{Kinds: backups, From: c.Clock.Now().Add(-365 * 24 * time.Hour)}, 3},
		"until 180 days ago": {backup.HistoryFilter{Kinds: backups, To: c.Clock.Now().Add(-180 * 24 * time.Hour)}, 2},
		"from a week ago":    {backup.HistoryFilter{Kinds: backups, From: c.Clock.Now().Add(-7 * 24 * time.Hour)}, 1},
		"failed":             {backup.HistoryFilter{Kinds: backups, Status: []backup.HistoryStatus{backup.HistoryFailed}}, 0},
	} {
		if got := count(tc.filter); got != tc.want {
			t.Errorf("%s: %d entries, want %d", name, got, tc.want)
		}
	}
}

// TestPolicyPoints: incrementals of a policy are told from fulls, and from manual points.
func TestPolicyPoints(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t)
	p, err := svc.CreatePolicy(t.Context(), backup.Policy{
		Name: "six-hourly", Timezone: "UTC", Enabled: true, IncrementalsPerFull: new(int64(2)),
		Schedules: []string{"FREQ=HOURLY;INTERVAL=6;BYMINUTE=0"}, Retention: &backup.Retention{Hourly: new(int64(2))},
	})
	if err != nil {
		t.Fatal(err)
	}
	id, _ := c.AddInstance("web")
	srv, err := svc.CreateServer(t.Context(), backup.Server{InstanceID: id, PolicyID: p.ID, Enabled: true})
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, kind := range []string{"full", "incremental", "incremental", "full"} {
		c.RunPolicy(srv.ID, "hourly")
		c.Clock.Advance(time.Hour)
		want = append([]string{kind + " policy"}, want...)
	}
	c.Plans.Set(id, emulator.Plan{Duration: time.Second})
	take(t, svc, srv.ID)
	want = append([]string{"full manual"}, want...)
	var got []string
	for _, p := range listed(t, svc, backup.PointFilter{ServerID: srv.ID}) {
		got = append(got, string(p.Type)+" "+string(p.ScheduleType))
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("points are %q, want %q", got, want)
	}
}

// TestOtherClient: what another process made is found although the listing is older.
func TestOtherClient(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	c.Tick = 0
	c.Plans.Set("", emulator.Plan{})
	svc, other := c.client(t), c.client(t)
	for _, err := range svc.Servers(t.Context()) {
		t.Errorf("a server, %v", err)
	}
	srv := protect(t, c, other)
	p := take(t, other, srv.ID)
	if got, err := svc.Server(t.Context(), srv.ID); err != nil || got.ID != srv.ID {
		t.Errorf("server %+v, %v", got, err)
	}
	if points := listed(t, svc, backup.PointFilter{ServerID: srv.ID}); len(points) != 1 || points[0].ID != p.ID {
		t.Errorf("points %+v", points)
	}
	second := take(t, other, srv.ID)
	if got, err := svc.Point(t.Context(), second.ID, backup.Cached); err != nil || got.ID != second.ID {
		t.Errorf("point %+v, %v", got, err)
	}
	if err := other.DeletePoint(t.Context(), p.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := svc.Point(t.Context(), p.ID, backup.Fresh); err == nil {
		t.Error("a fresh read finds a point that another process deleted")
	}
}
