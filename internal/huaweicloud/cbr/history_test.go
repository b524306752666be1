package cbr_test

import (
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emulated "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
)

func entries(t *testing.T, svc *cbr.Service, f backup.HistoryFilter) []backup.HistoryEntry {
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

// Runs of a policy, their deletion by its retention, and what happens to vaults are in history.
func TestHistoryOfPolicy(t *testing.T) {
	t.Parallel()
	for name, cloudOptions := range map[string]emulated.Options{"newest first": {}, "oldest first": {LogsOldestFirst: true}, "naive times": {NaiveTimes: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, cloudOptions)
			svc := c.service(t)
			spec := policySpec("nightly")
			spec.Retention = &backup.Retention{Latest: new(int64(2))}
			policy, err := svc.CreatePolicy(t.Context(), spec)
			if err != nil {
				t.Fatal(err)
			}
			srv := c.server(t, svc, "web")
			l := readLocation(t, svc, srv.LocationID)
			l.Options = cbr.LocationOptions{PolicyID: policy.ID}
			if _, err := svc.UpdateLocation(t.Context(), l); err != nil {
				t.Fatal(err)
			}
			for range 4 {
				c.Clock.Advance(24 * time.Hour)
				_ = entries(t, svc, backup.HistoryFilter{})
			}
			c.Plans.Set(srv.ID, emulator.Plan{Duration: time.Second, Fail: "The server is off."})
			c.Clock.Advance(24 * time.Hour)

			runs := entries(t, svc, backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindBackup}, LocationID: l.ID})
			if len(runs) != 5 {
				t.Fatalf("%d runs, want 5", len(runs))
			}
			for i, want := range []struct {
				status   backup.HistoryStatus
				deletion backup.DeletionStatus
				kind     backup.PointType
			}{
				{backup.HistoryFailed, backup.DeletionPresent, backup.TypeIncremental},
				{backup.HistorySucceeded, backup.DeletionPresent, backup.TypeIncremental},
				{backup.HistorySucceeded, backup.DeletionPresent, backup.TypeIncremental},
				{backup.HistorySucceeded, backup.DeletionDeleted, backup.TypeIncremental},
				{backup.HistorySucceeded, backup.DeletionDeleted, backup.TypeFull},
			} {
				got := runs[i]
				if got.Status != want.status || got.DeletionStatus != want.deletion || got.Type != want.kind ||
					got.PolicyID != policy.ID || got.ScheduleType != backup.SchedulePolicy || (got.Error != "") != (want.status == backup.HistoryFailed) {
					t.Errorf("run %d: %+v, want %+v", i, got, want)
				}
			}
			if n := len(entries(t, svc, backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindDelete}})); n != 2 {
				t.Errorf("%d deletions, want 2", n)
			}
			if err := svc.DeleteServer(t.Context(), srv.ID, backup.PointsDelete); err != nil {
				t.Fatal(err)
			}
			got := entries(t, svc, backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindLocation}, Status: []backup.HistoryStatus{backup.HistorySucceeded}})
			if len(got) != 1 || got[0].ServiceStatus != "success" || got[0].ServerID != srv.ID {
				t.Errorf("what happened to locations: %+v", got)
			}
		})
	}
}
