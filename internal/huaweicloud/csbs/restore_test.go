package csbs_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emucsbs "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/csbs"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/csbs"
)

const postRestores = "POST /v1/{project}/restores"

// restorable returns a point and a request to restore it to its server.
func (c *cloud) restorable(t *testing.T, svc *csbs.Service) (backup.Point, backup.RestoreRequest) {
	t.Helper()
	p := take(t, svc, backup.PointRequest{ServerID: c.bound(t, svc).ID})
	return p, backup.RestoreRequest{PointID: p.ID, OverwriteExistingData: true, Options: csbs.RestoreOptions{ServerID: p.ServerID}}
}

func TestRestoreThatFails(t *testing.T) {
	t.Parallel()
	for _, available := range []bool{false, true} {
		c := newCloud(t, func(e *emucsbs.Emulator) { e.Switches.RestoreFailsAvailable = available })
		svc := c.service(t)
		p, request := c.restorable(t, svc)
		c.Plans.Set("restore "+p.ID, emulator.Plan{Duration: 10 * time.Minute, Fail: "the disk is too hot"})
		r, err := svc.StartRestore(t.Context(), request)
		if err != nil || r.Status != backup.HistoryRunning {
			t.Fatalf("StartRestore: %+v, %v", r, err)
		}
		if _, err := svc.StartRestore(t.Context(), request); err == nil {
			t.Error("a second restore of a point that is being restored is started")
		}
		c.Clock.Advance(5 * time.Minute)
		// Another process knows no more than the id.
		if r, err = c.service(t).Restore(t.Context(), r.ID); err != nil || *r.Progress < 40 || *r.Progress > 60 {
			t.Errorf("half way through: %+v, %v", r, err)
		}
		c.Clock.Advance(time.Hour)
		r, err = svc.Restore(t.Context(), r.ID)
		if err != nil || r.Status != backup.HistoryFailed || !strings.Contains(r.Error, "too hot") || r.FinishedAt.IsZero() {
			t.Errorf("a restore that failed: %+v, %v", r, err)
		}
		var kinds []backup.HistoryKind
		for e, err := range svc.History(t.Context(), backup.HistoryFilter{Status: []backup.HistoryStatus{backup.HistoryFailed}}) {
			if err != nil {
				t.Fatal(err)
			}
			kinds = append(kinds, e.Kind)
		}
		if len(kinds) != 1 || kinds[0] != backup.KindRestore {
			t.Errorf("failed jobs are %v, want the restore alone: the backup had succeeded", kinds)
		}
	}
}

func TestRestoreToAnotherServer(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	svc := c.service(t)
	p, request := c.restorable(t, svc)
	from := c.DiskIDs(p.ServerID)
	small, large := uuid.NewString(), uuid.NewString()
	// From here on only these are servers.
	c.AddServer(small, emucsbs.Server{Name: "small", DiskGB: []int{10, 10}})
	c.AddServer(large, emucsbs.Server{Name: "large", DiskGB: []int{50, 200}})
	for _, tc := range []struct {
		name    string
		options csbs.RestoreOptions
		problem string
		refused string
	}{
		{"no mapping", csbs.RestoreOptions{ServerID: large}, from[1], ""},
		{"half a mapping", csbs.RestoreOptions{ServerID: large, VolumeMapping: map[string]string{from[0]: c.DiskIDs(large)[0]}}, from[1], ""},
		{"unknown source", csbs.RestoreOptions{ServerID: large, VolumeMapping: map[string]string{
			from[0]: c.DiskIDs(large)[0], from[1]: c.DiskIDs(large)[1], "vol": "vol",
		}}, `no disk vol`, ""},
		{"too small", csbs.RestoreOptions{ServerID: small, VolumeMapping: map[string]string{from[0]: c.DiskIDs(small)[0], from[1]: c.DiskIDs(small)[1]}}, "", "CSBS.6024"},
		{"other server's disks", csbs.RestoreOptions{ServerID: large, VolumeMapping: map[string]string{from[0]: c.DiskIDs(small)[0], from[1]: c.DiskIDs(small)[1]}}, "", "CSBS.6014"},
		{"data to system", csbs.RestoreOptions{ServerID: large, VolumeMapping: map[string]string{from[1]: c.DiskIDs(large)[0], from[0]: c.DiskIDs(large)[1]}}, "", "CSBS.60"},
		{"good", csbs.RestoreOptions{ServerID: large, PowerOn: new(false), VolumeMapping: map[string]string{from[0]: c.DiskIDs(large)[0], from[1]: c.DiskIDs(large)[1]}}, "", ""},
	} {
		request.Options = tc.options
		text := ""
		for _, problem := range svc.CheckRestore(t.Context(), request) {
			text += strings.Join(problem.Path, ".") + ": " + problem.Detail
		}
		if !strings.Contains(text, tc.problem) || (tc.problem == "") != (text == "") {
			t.Errorf("%s: the check says %q, want %q", tc.name, text, tc.problem)
		}
		before := c.Counts.Snapshot().Requests[postRestores]
		r, err := svc.StartRestore(t.Context(), request)
		switch {
		case tc.name == "good":
			if err != nil || r.RestoredID != large {
				t.Errorf("%s: %+v, %v", tc.name, r, err)
			}
		case err == nil || !strings.Contains(err.Error(), tc.refused):
			t.Errorf("%s: %v, want %s", tc.name, err, tc.refused)
		case c.Counts.Snapshot().Requests[postRestores] != before:
			t.Errorf("%s: the restore was asked for, though the service says beforehand that it refuses", tc.name)
		}
	}
}

func TestLostRestore(t *testing.T) {
	t.Parallel()
	for kind, found := range map[emulator.FaultKind]bool{emulator.FaultDropAfter: true, emulator.FaultDropBefore: false} {
		c := newCloud(t)
		svc := c.service(t)
		p, request := c.restorable(t, svc)
		c.Plans.Set("restore "+p.ID, emulator.Plan{Duration: 10 * time.Minute})
		c.Faults.Inject(emulator.Fault{Kind: kind, Path: "/restores"})
		r, err := svc.StartRestore(t.Context(), request)
		if found && (err != nil || r.Status != backup.HistoryRunning) || !found && !errors.Is(err, huaweicloud.ErrUncertain) {
			t.Errorf("%s: %+v, %v", kind, r, err)
		}
		asked := 0
		for name, n := range c.Counts.Snapshot().Requests {
			if strings.HasSuffix(name, "/restores") {
				asked += n
			}
		}
		if asked != 1 {
			t.Errorf("%s: the restore was asked for %d times", kind, asked)
		}
	}
}

// TestRestoreThatDoesNotBegin wants no success for a restore of which the service shows nothing.
func TestRestoreThatDoesNotBegin(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	svc := c.service(t)
	p, request := c.restorable(t, svc)
	c.Faults.Inject(emulator.Fault{Kind: emulator.FaultStatus, Method: "POST", Path: "/restores", Status: 200, Body: "{}"})
	r, err := svc.StartRestore(t.Context(), request)
	if err == nil || !strings.Contains(err.Error(), p.ID) || !strings.Contains(err.Error(), "shows no restore") {
		t.Errorf("a restore that does not begin: %+v, %v", r, err)
	}
}

// TestHistoryOfADyingFailure wants a backup that failed to be told as one while its point is being deleted.
func TestHistoryOfADyingFailure(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	svc := c.service(t)
	srv := c.bound(t, svc)
	c.Plans.Set(srv.ID, emulator.Plan{Fail: "no space"})
	p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	c.Plans.Set("delete "+p.ID, emulator.Plan{Duration: time.Hour})
	c.Faults.Inject(emulator.Fault{Kind: emulator.FaultReplace, Method: "DELETE", Path: "/checkpoints/", Status: 403, Body: `{"error_code":"CSBS.9998","error_msg":"no"}`})
	if err := svc.DeletePoint(t.Context(), p.ID); err == nil {
		t.Fatal("the deletion is waited for")
	}
	for e, err := range c.service(t).History(t.Context(), backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindBackup}}) {
		if err != nil || e.Status != backup.HistoryFailed || !strings.Contains(e.Error, "no space") {
			t.Errorf("the run of a failed point that is being deleted: %+v, %v", e, err)
		}
	}
}
