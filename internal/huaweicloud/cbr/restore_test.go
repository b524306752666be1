package cbr_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emulated "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
)

func restored(c *cloud) []emulated.Restored { return c.Restores(iam.DefaultAccount().ProjectID) }

func waitRestore(t *testing.T, svc *cbr.Service, r backup.Restore) backup.Restore {
	t.Helper()
	r, err := backup.WaitRestore(t.Context(), svc, r, time.Microsecond, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A restore writes each disk where it was asked to, and the answer of the service may get lost.
func TestRestore(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		options emulated.Options
		fault   emulator.FaultKind
	}{
		"found in the logs": {}, "with a job": {options: emulated.Options{Huawei: true}},
		"logs oldest first": {options: emulated.Options{LogsOldestFirst: true}},
		"answer lost":       {fault: emulator.FaultDropAfter},
		"logs of targets":   {options: emulated.Options{RestoreLogsTarget: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, tc.options)
			svc := c.service(t)
			srv, target := c.server(t, svc, "web"), c.server(t, svc, "clone")
			p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
			other := take(t, svc, backup.PointRequest{ServerID: target.ID})

			same := backup.RestoreRequest{PointID: p.ID, OverwriteExistingData: true, Options: cbr.RestoreOptions{ServerID: srv.ID, PowerOn: true}}
			if tc.fault != "" {
				c.Faults.Inject(fault(tc.fault, "/restore", 0, ""))
			}
			first, err := svc.StartRestore(t.Context(), same)
			if err != nil {
				t.Fatal(err)
			}
			if first = waitRestore(t, svc, first); first.Status != backup.HistorySucceeded || first.RestoredID != srv.ID || first.PointID != p.ID {
				t.Errorf("restore %+v", first)
			}

			mapping := map[string]string{}
			for i, v := range p.Volumes {
				mapping[v.SourceID] = other.Volumes[i].SourceID
			}
			elsewhere := same
			elsewhere.Options = cbr.RestoreOptions{ServerID: target.ID, VolumeMapping: mapping}
			second, err := svc.StartRestore(t.Context(), elsewhere)
			if err != nil {
				t.Fatal(err)
			}
			if second = waitRestore(t, svc, second); second.ID == first.ID || second.RestoredID != target.ID {
				t.Errorf("restore %+v after %+v", second, first)
			}
			done := restored(c)
			if len(done) != 2 {
				t.Fatalf("%d restores were made, want 2", len(done))
			}
			wantSame, wantOther := map[string]string{}, map[string]string{}
			for _, v := range p.Volumes {
				wantSame[v.ID], wantOther[v.ID] = v.SourceID, mapping[v.SourceID]
			}
			if !done[0].PowerOn || done[1].PowerOn || !maps.Equal(done[0].Volumes, wantSame) || !maps.Equal(done[1].Volumes, wantOther) {
				t.Errorf("restored %+v", done)
			}
		})
	}
}

func TestFailedRestore(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{})
	svc := c.service(t)
	srv := c.server(t, svc, "web")
	p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	c.Plans.Set("restore "+srv.ID, emulator.Plan{Duration: time.Minute, Fail: "The disk is in use."})
	r := backup.RestoreRequest{PointID: p.ID, OverwriteExistingData: true, Options: cbr.RestoreOptions{ServerID: srv.ID}}
	started, err := svc.StartRestore(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := svc.Point(t.Context(), p.ID, backup.Fresh); err != nil || got.Status != backup.StatusRestoring {
		t.Errorf("the point meanwhile: %+v, %v", got, err)
	}
	if _, err := svc.StartRestore(t.Context(), r); err == nil {
		t.Error("a second restore meanwhile succeeds")
	}
	if done := waitRestore(t, svc, started); done.Status != backup.HistoryFailed || !strings.Contains(done.Error, "disk is in use") {
		t.Errorf("restore %+v", done)
	}
}

func TestRestoreProblems(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{})
	svc := c.service(t)
	srv, other := c.server(t, svc, "web"), c.server(t, svc, "other")
	p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	one, two := p.Volumes[0].SourceID, p.Volumes[1].SourceID
	const target = "33333333-3333-4333-8333-333333333333"
	for name, tc := range map[string]struct {
		attribute string
		overwrite bool
		options   any
	}{
		"not said":        {"overwrite_existing_data", false, cbr.RestoreOptions{ServerID: srv.ID}},
		"no options":      {"cbr", true, nil},
		"no server":       {"cbr.server_id", true, cbr.RestoreOptions{}},
		"bad server":      {"cbr.server_id", true, cbr.RestoreOptions{ServerID: "web-1"}},
		"other server":    {"cbr.volume_mapping", true, cbr.RestoreOptions{ServerID: other.ID}},
		"one disk of two": {"cbr.volume_mapping", true, cbr.RestoreOptions{ServerID: srv.ID, VolumeMapping: map[string]string{one: target}}},
		"unknown disk": {"cbr.volume_mapping", true, cbr.RestoreOptions{ServerID: srv.ID, VolumeMapping: map[string]string{
			one: one, two: two, target: target,
		}}},
		"one target twice": {"cbr.volume_mapping", true, cbr.RestoreOptions{ServerID: srv.ID, VolumeMapping: map[string]string{one: target, two: target}}},
	} {
		r := backup.RestoreRequest{PointID: p.ID, OverwriteExistingData: tc.overwrite, Options: tc.options}
		if complaint(svc.CheckRestore(t.Context(), r), tc.attribute) == "" {
			t.Errorf("%s: the check does not complain of %s", name, tc.attribute)
		}
		if _, err := svc.StartRestore(t.Context(), r); err == nil {
			t.Errorf("%s: the restore is started", name)
		}
	}
	if n := c.Counts.Snapshot().Requests["POST /v3/{project}/backups/{id}/restore"]; n != 0 {
		t.Errorf("%d restores were asked for", n)
	}
	if _, err := svc.Restore(t.Context(), "44444444-4444-4444-8444-444444444444"); !errors.Is(err, backup.ErrNotFound) {
		t.Errorf("an unknown restore: %v", err)
	}
	// The task of a backup is no restore.
	for _, e := range entries(t, svc, backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindBackup}}) {
		if _, err := svc.Restore(t.Context(), e.ID); !errors.Is(err, backup.ErrNotFound) {
			t.Errorf("the task of a backup as a restore: %v", err)
		}
	}
}
