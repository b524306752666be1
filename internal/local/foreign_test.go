//go:build unix

package local_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// kopiaSnapshots are the manifest ids that the command line lists, oldest first.
func kopiaSnapshots(t *testing.T, k *kopia) []string {
	t.Helper()
	var list []struct {
		ID        string    `json:"id"`
		StartTime time.Time `json:"startTime"`
	}
	out := k.run("snapshot", "list", "--all", "--json", "--show-identical")
	fromJSON(t, out, "[", &list)
	slices.SortFunc(list, func(a, b struct {
		ID        string    `json:"id"`
		StartTime time.Time `json:"startTime"`
	},
	) int {
		return a.StartTime.Compare(b.StartTime)
	})
	ids := make([]string, len(list))
	for i, s := range list {
		ids[i] = s.ID
	}
	return ids
}

// fromJSON reads what begins with a bracket, after what the command line says besides.
func fromJSON(t *testing.T, out, bracket string, into any) {
	t.Helper()
	_, rest, _ := strings.Cut(out, bracket)
	if err := json.Unmarshal([]byte(bracket+rest), into); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
}

// TestForeign: what the stock command line takes of a managed source are points like all others, under ids
// that stay; retention touches them only where Kopia was asked to run the policy.
func TestForeign(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("other processes, or too slow, for the race detector")
	}
	repository := filepath.Join(t.TempDir(), "repository")
	svc := newService(t, func(c *local.Config) { c.Repository, c.ReadCache = repository, 0 })
	dir := tree(t, map[string]string{"a": "one", "b/c": "two"})
	image := filepath.Join(tree(t, map[string]string{"disk.img": "image"}), "disk.img")
	srv, _ := follow(t, svc, protect(t, svc, "web", dir, image), backup.Policy{Retention: &backup.Retention{Latest: pointer[int64](1)}})
	k := newKopia(t, repository)
	k.run("snapshot", "create", tree(t, map[string]string{"unmanaged": "source"}))
	k.run("snapshot", "create", dir)
	k.run("snapshot", "create", dir)
	k.run("snapshot", "create", image)
	list := points(t, svc, backup.PointFilter{ServerID: srv.ID, ScheduleType: backup.SchedulePolicy})
	if len(list) != 3 || len(points(t, svc, backup.PointFilter{})) != 3 {
		t.Fatalf("points: %+v", list)
	}
	oldest := list[2]
	if oldest.Status != backup.StatusAvailable || *oldest.SizeBytes != 6 || len(oldest.Volumes) != 1 || oldest.Volumes[0].SourceID != dir || oldest.ServerName != "web" || oldest.PolicyID != "" {
		t.Errorf("a point of Kopia: %+v", oldest)
	}

	// A pin changes Kopia's id and not ours.
	before := kopiaSnapshots(t, k)
	k.run("snapshot", "pin", before[1], "--add", "keep")
	if slices.Equal(before, kopiaSnapshots(t, k)) {
		t.Error("a pin did not change Kopia's id: this test proves nothing")
	}
	pinned, err := svc.Point(t.Context(), oldest.ID, backup.Fresh)
	if err != nil || pinned.ScheduleType != backup.ScheduleManual {
		t.Errorf("pinned: %+v, %v", pinned, err)
	}
	k.run("snapshot", "pin", kopiaSnapshots(t, k)[1], "--remove", "keep")
	if again, err := svc.Point(t.Context(), oldest.ID, backup.Fresh); err != nil || again.ScheduleType != backup.SchedulePolicy {
		t.Errorf("unpinned: %+v, %v", again, err)
	}

	for _, p := range list {
		if v, err := svc.VerifyPoint(t.Context(), p.ID, nil); err != nil || len(v.Damages) > 0 {
			t.Errorf("verify %s: %+v, %v", p.Volumes[0].SourceID, v, err)
		}
		target := filepath.Join(t.TempDir(), "restored")
		r, err := svc.StartRestore(t.Context(), backup.RestoreRequest{PointID: p.ID, Options: local.RestoreOptions{Target: target}})
		if err != nil {
			t.Fatal(err)
		}
		if r, err = backup.WaitRestore(t.Context(), svc, r, 5*time.Millisecond, nil); err != nil || r.Status != backup.HistorySucceeded {
			t.Fatalf("restore: %+v, %v", r, err)
		}
		source := p.Volumes[0].SourceID
		if source == image {
			source = filepath.Dir(image)
		}
		if out, err := exec.CommandContext(t.Context(), "diff", "-r", source, target).CombinedOutput(); err != nil {
			t.Errorf("restored %s differs: %v\n%s", source, err, out)
		}
	}

	retain := func() []string {
		t.Helper()
		deleted, err := svc.ApplyRetention(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return deleted
	}
	if deleted := retain(); len(deleted) > 0 {
		t.Errorf("retention deleted %v, which another program keeps", deleted)
	}
	runner(local.RunnerKopia)(&srv)
	if srv, err = svc.UpdateServer(t.Context(), srv); err != nil {
		t.Fatal(err)
	}
	k.run("snapshot", "pin", kopiaSnapshots(t, k)[2], "--add", "keep")
	if deleted := retain(); len(deleted) > 0 {
		t.Errorf("retention deleted %v; of each source one point was not pinned", deleted)
	}
	k.run("snapshot", "create", dir)
	if deleted := retain(); !slices.Equal(deleted, []string{oldest.ID}) {
		t.Errorf("retention deleted %v, want %s", deleted, oldest.ID)
	}
	if n := len(kopiaSnapshots(t, k)); n != 4 {
		t.Errorf("Kopia lists %d snapshots", n)
	}
	gone := history(t, svc, backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindDelete}})
	if len(gone) != 1 || gone[0].PointID != oldest.ID {
		t.Errorf("history of the deletion: %+v", gone)
	}

	// The bin works for them too.
	l, err := svc.Location(t.Context(), srv.LocationID)
	if err != nil {
		t.Fatal(err)
	}
	l.SoftDelete = &backup.SoftDelete{RetentionDays: 1}
	if _, err := svc.UpdateLocation(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	if err := svc.DeletePoint(t.Context(), list[1].ID); err != nil {
		t.Fatal(err)
	}
	if p, err := svc.Point(t.Context(), list[1].ID, backup.Fresh); err != nil || p.DeletionStatus != backup.DeletionSoftDeleted {
		t.Errorf("in the bin: %+v, %v", p, err)
	}
	if p, err := svc.RecoverPoint(t.Context(), list[1].ID); err != nil || p.DeletionStatus != backup.DeletionPresent || p.ScheduleType != backup.ScheduleManual {
		t.Errorf("recovered: %+v, %v", p, err)
	}
}

// TestKopiaRunner: only where Kopia is the runner its policy has a schedule, and never longer than that.
func TestKopiaRunner(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("other processes, or too slow, for the race detector")
	}
	repository := filepath.Join(t.TempDir(), "repository")
	svc := newService(t, func(c *local.Config) { c.Repository = repository })
	dir := tree(t, map[string]string{"a": "one"})
	zone := "UTC"
	if os.Getenv("TZ") == "" && time.Local.String() != "Local" {
		zone = time.Local.String()
	}
	srv, policy := follow(t, svc, protect(t, svc, "web", dir), backup.Policy{
		Timezone: zone, Schedules: []string{"FREQ=DAILY;BYHOUR=1;BYMINUTE=30", "FREQ=WEEKLY;BYDAY=SU;BYHOUR=4;BYMINUTE=0"},
	})
	k := newKopia(t, repository)
	scheduling := func() string {
		t.Helper()
		var p struct {
			Scheduling map[string]any `json:"scheduling"`
		}
		out := k.run("policy", "show", dir, "--json")
		fromJSON(t, out, "{", &p)
		text, err := json.Marshal(p.Scheduling)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	update := func(change func(*backup.Server)) {
		t.Helper()
		change(&srv)
		var err error
		if srv, err = svc.UpdateServer(t.Context(), srv); err != nil {
			t.Fatal(err)
		}
	}
	manual := func(when string) {
		t.Helper()
		if got := scheduling(); !strings.Contains(got, `"manual":true`) || strings.Contains(got, "timeOfDay") || strings.Contains(got, "cron") {
			t.Errorf("%s: %s", when, got)
		}
	}
	scheduled := func(when, want string) {
		t.Helper()
		if got := scheduling(); strings.Contains(got, `"manual":true`) || !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
	manual("the agent runs it")
	update(runner(local.RunnerKopia))
	scheduled("Kopia runs it", `"cron":["0 4 * * 0"]`)
	scheduled("Kopia runs it", `"timeOfDay":[{"hour":1,"min":30}]`)
	take(t, svc, backup.PointRequest{ServerID: srv.ID})
	scheduled("after a point of ours", `"cron":["0 4 * * 0"]`)
	policy.Schedules = []string{"FREQ=DAILY;BYHOUR=5;BYMINUTE=0"}
	if _, err := svc.UpdatePolicy(t.Context(), policy); err != nil {
		t.Fatal(err)
	}
	scheduled("after the policy changed", `"timeOfDay":[{"hour":5,"min":0}]`)
	update(func(s *backup.Server) { s.Enabled = false })
	manual("switched off")
	update(func(s *backup.Server) { s.Enabled = true })
	update(runner(local.RunnerNone))
	manual("nobody runs it")
	update(runner(local.RunnerKopia))
	if err := svc.DeleteServer(t.Context(), srv.ID, backup.PointsKeep); err != nil {
		t.Fatal(err)
	}
	manual("the server is gone")
}

// TestKopiaRunnerProblems: what Kopia cannot do is told at plan time.
func TestKopiaRunnerProblems(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	srv := protect(t, svc, "web", tree(t, nil))
	runner(local.RunnerKopia)(&srv)
	for text, p := range map[string]backup.Policy{
		"FREQ=WEEKLY;BYDAY=SU":  {Timezone: "UTC", Schedules: []string{"FREQ=MONTHLY;BYDAY=1SU;BYHOUR=1;BYMINUTE=0"}},
		"incrementals_per_full": {Timezone: "UTC", IncrementalsPerFull: pointer[int64](3)},
		"Asia/Kathmandu":        {Timezone: "Asia/Kathmandu", Schedules: hourly},
	} {
		p.Name, p.Enabled = text, true
		p, err := svc.CreatePolicy(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		srv.PolicyID = p.ID
		problems := svc.CheckServer(t.Context(), srv, nil)
		if len(problems) != 1 || problems[0].Warning || !strings.Contains(problems[0].Detail, text) || !slices.Equal(problems[0].Path, []string{"local", "runner"}) {
			t.Errorf("%s: %+v", text, problems)
		}
	}
	runner("cron")(&srv)
	if problems := svc.CheckServer(t.Context(), srv, nil); len(problems) != 1 || !strings.Contains(problems[0].Detail, "agent, kopia or none") {
		t.Errorf("an unknown runner: %+v", problems)
	}
	srv, policy := follow(t, svc, protect(t, svc, "kopia", tree(t, nil)), backup.Policy{})
	runner(local.RunnerKopia)(&srv)
	if _, err := svc.UpdateServer(t.Context(), srv); err != nil {
		t.Fatal(err)
	}
	policy.Schedules = []string{"FREQ=MONTHLY;BYDAY=1SU;BYHOUR=1;BYMINUTE=0"}
	if problems := svc.CheckPolicy(t.Context(), policy); len(problems) != 1 || !strings.Contains(problems[0].Detail, "FREQ=WEEKLY;BYDAY=SU") {
		t.Errorf("a policy that Kopia runs: %+v", problems)
	}
	if _, err := svc.UpdatePolicy(t.Context(), policy); err == nil {
		t.Error("the policy was changed")
	}
}
