package local_test

import (
	"slices"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// TestDroppedPoints: what a plan names is what retention then deletes, also with several sources of which one
// was taken out, and where rules by age would delete the last point of a source.
func TestDroppedPoints(t *testing.T) {
	t.Parallel()
	three, two, one := pointer[int64](3), pointer[int64](2), pointer[int64](1)
	for name, c := range map[string]struct {
		prior, next *backup.Retention
		// want are indices of the points, oldest first. The first three have two sources, the others one.
		want []int
	}{
		"from none":        {nil, &backup.Retention{Latest: two}, []int{0, 3}},
		"tighter":          {&backup.Retention{Latest: three}, &backup.Retention{Latest: one}, []int{0, 1, 3, 4}},
		"looser":           {&backup.Retention{Latest: one}, &backup.Retention{Latest: two}, nil},
		"the same":         {&backup.Retention{Latest: two}, &backup.Retention{Latest: two, Hourly: one}, nil},
		"to none":          {&backup.Retention{Latest: two}, nil, nil},
		"all are too old":  {nil, &backup.Retention{Days: one}, []int{0, 1, 3, 4}},
		"none is too old":  {nil, &backup.Retention{Days: pointer[int64](99)}, nil},
		"hours, like days": {nil, &backup.Retention{Hourly: two}, []int{0, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			svc, moved := clocked(t, nil)
			a, b := tree(t, map[string]string{"a": "one"}), tree(t, map[string]string{"b": "two"})
			srv, policy := follow(t, svc, protect(t, svc, "web", a, b), backup.Policy{Schedules: hourly})
			take(t, svc, backup.PointRequest{ServerID: srv.ID})
			var taken []string
			for i := range 6 {
				if i == 3 {
					srv.Options = local.ServerOptions{Sources: []string{a}, OneFileSystem: true}
					if _, err := svc.UpdateServer(t.Context(), srv); err != nil {
						t.Fatal(err)
					}
				}
				moved.advance(time.Hour)
				for _, p := range runDue(t, svc) {
					taken = append(taken, p.ID)
				}
			}
			moved.advance(48 * time.Hour)
			var want []string
			for _, i := range c.want {
				want = append(want, taken[i])
			}
			slices.Sort(want)

			prior, next := policy, policy
			prior.Retention, next.Retention = c.prior, c.next
			got, err := svc.DroppedPoints(t.Context(), prior, next, points(t, svc, backup.PointFilter{
				ServerID: srv.ID, Status: []backup.Status{backup.StatusAvailable}, ScheduleType: backup.SchedulePolicy,
			}))
			slices.Sort(got)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("the plan names %v, want %v of %v, %v", got, want, taken, err)
			}
			if len(want) == 0 {
				return
			}
			if _, err := svc.UpdatePolicy(t.Context(), next); err != nil {
				t.Fatal(err)
			}
			gone, err := svc.ApplyRetention(t.Context())
			slices.Sort(gone)
			if err != nil || !slices.Equal(gone, want) {
				t.Errorf("retention deletes %v, want %v, %v", gone, want, err)
			}
		})
	}
}
