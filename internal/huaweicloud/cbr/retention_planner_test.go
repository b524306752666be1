package cbr_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	emulated "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
)

// TestDroppedPoints: the points, p1 the newest, were taken every twelve hours, the last one hour ago.
func TestDroppedPoints(t *testing.T) {
	t.Parallel()
	n := func(limit int64) *int64 { return &limit }
	latest := func(limit int64) *backup.Retention { return &backup.Retention{Latest: &limit} }
	days := func(limit int64) *backup.Retention { return &backup.Retention{Days: &limit} }
	for name, c := range map[string]struct {
		prior, next *backup.Retention
		zone        string
		want        []string
	}{
		"fewer":              {prior: latest(5), next: latest(3), want: []string{"p4", "p5", "p6"}},
		"more":               {prior: latest(3), next: latest(5)},
		"the same":           {prior: latest(3), next: latest(3)},
		"from everything":    {next: latest(5), want: []string{"p6"}},
		"to everything":      {prior: latest(3)},
		"a number to days":   {prior: latest(3), next: days(1)},
		"everything to days": {next: days(1)},
		"days to fewer days": {prior: days(7), next: days(1)},
		"days to a number":   {prior: days(1), next: latest(5), want: []string{"p6"}},
		"days to a high one": {prior: days(1), next: latest(6)},
		"fewer periods": {
			prior: &backup.Retention{Latest: n(1), Daily: n(3)}, next: &backup.Retention{Latest: n(1), Daily: n(2)},
			want: []string{"p3", "p4", "p5", "p6"},
		},
		// In Berlin p2 is of the day of p1 by summer time, which the service does not know.
		"a zone in summer": {next: &backup.Retention{Daily: n(2)}, zone: "Europe/Berlin", want: []string{"p3", "p4", "p5", "p6"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := newCloud(t, emulated.Options{})
			svc := cloud.service(t)
			newest := time.Date(2026, 7, 5, 10, 30, 0, 0, time.UTC)
			var points []backup.Point
			for i := range 6 {
				points = append(points, backup.Point{
					ID: fmt.Sprintf("p%d", i+1), Status: backup.StatusAvailable, ScheduleType: backup.SchedulePolicy,
					CreatedAt: newest.Add(-12 * time.Hour * time.Duration(i)),
				})
			}
			zone := c.zone
			if zone == "" {
				zone = "UTC"
			}
			got, err := svc.DroppedPoints(t.Context(),
				backup.Policy{Timezone: zone, Retention: c.prior}, backup.Policy{Timezone: zone, Retention: c.next}, points)
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%v go, want %v; %v", got, c.want, err)
			}
		})
	}
}

// TestDroppedPointsGo: what is named is what the service deletes with the next run.
func TestDroppedPointsGo(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, emulated.Options{})
	svc := cloud.service(t)
	spec := policySpec("nightly")
	spec.Retention = &backup.Retention{Latest: new(int64(5))}
	policy, err := svc.CreatePolicy(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	srv := cloud.server(t, svc, "web")
	l := readLocation(t, svc, srv.LocationID)
	l.Options = cbr.LocationOptions{PolicyID: policy.ID}
	if _, err := svc.UpdateLocation(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	cloud.Clock.Advance(10 * 24 * time.Hour)
	before := automatic(t, svc, srv.ID)
	next := policy
	next.Retention = &backup.Retention{Latest: new(int64(2))}
	going, err := svc.DroppedPoints(t.Context(), policy, next, before)
	if err != nil || len(before) != 5 || len(going) != 3 {
		t.Fatalf("%v of %d points go, %v", going, len(before), err)
	}
	if _, err := svc.UpdatePolicy(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	cloud.Clock.Advance(24 * time.Hour)
	left := automatic(t, svc, srv.ID)
	if len(left) != 2 {
		t.Errorf("%d points are left, want 2", len(left))
	}
	for _, p := range left {
		if slices.Contains(going, p.ID) {
			t.Errorf("%s was named, and is there", p.ID)
		}
	}
}

// automatic are the points of a server that policies took and that can be restored.
func automatic(t *testing.T, svc *cbr.Service, serverID string) []backup.Point {
	t.Helper()
	var list []backup.Point
	for p, err := range svc.Points(t.Context(), backup.PointFilter{
		ServerID: serverID, Status: []backup.Status{backup.StatusAvailable}, ScheduleType: backup.SchedulePolicy,
	}) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}
