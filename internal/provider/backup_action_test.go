package provider

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

const backupName = typeName + "_backup_now"

// asked is a configuration of serverbackup_backup_now for server-1; more are further attributes.
func asked(more ...any) map[string]tftypes.Value {
	values := map[string]tftypes.Value{"server_id": textOf("server-1")}
	for i := 0; i+1 < len(more); i += 2 {
		name, _ := more[i].(string)
		kind := tftypes.Type(tftypes.String)
		if name == "wait" || name == "full" {
			kind = tftypes.Bool
		}
		values[name] = tftypes.NewValue(kind, more[i+1])
	}
	return values
}

// expectEvents compares what an action said with patterns, one for each event.
func expectEvents(t *testing.T, name string, events []string, want ...string) {
	t.Helper()
	ok := len(events) == len(want)
	for i := 0; ok && i < len(want); i++ {
		ok = regexp.MustCompile("^" + want[i] + "$").MatchString(events[i])
	}
	if !ok {
		t.Errorf("%s: said %q, want %q", name, events, want)
	}
}

const (
	begunPoint = `point point-0 of server "server-1", taken at 2026-03-01T12:00:00Z, 1.0 GB: begun`
	readyPoint = `point point-0 of server "server-1", taken at 2026-03-01T12:00:00Z, 1.0 GB: available`
)

func TestBackupNow(t *testing.T) {
	t.Parallel()
	service := newFakeService(look{status: backup.StatusCreating, progress: 30}, look{status: backup.StatusAvailable})
	a := newActionTest(t, backupName, service)
	values := asked("name", "final", "full", true)
	values["tags"] = tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{"why": textOf("move")})
	config := a.configured(values)
	if said := a.validate(config) + a.plan(config); said != "" {
		t.Error(said)
	}
	events, said := a.invoke(config)
	if said != "" {
		t.Error(said)
	}
	expectEvents(t, "success", events, begunPoint, "waiting for the backup point point-0: creating", readyPoint)
	if r := service.requests; len(r) != 1 || r[0].Name != "final" || r[0].Full == nil || !*r[0].Full || r[0].Tags["why"] != "move" {
		t.Errorf("asked for %+v", r)
	}

	// A service that takes the point itself need not be waited for.
	events, said = a.invoke(a.configured(asked("wait", false)))
	if said != "" {
		t.Error(said)
	}
	expectEvents(t, "no wait", events, "point point-1 .*: begun", "point point-1 .*: creating")
}

// TestBackupNowFails: whatever comes after the action must not go on without the point.
func TestBackupNowFails(t *testing.T) {
	t.Parallel()
	creating := look{status: backup.StatusCreating, progress: 30}
	own := func(tooLate bool, looks ...look) backup.Service {
		return &fakeCanceler{fakeService: newFakeService(looks...), tooLate: tooLate}
	}
	refusing := func(err error) backup.Service {
		f := newFakeService()
		f.startErrs = []error{err}
		return f
	}
	interrupt := func() {}
	interrupting := look{status: backup.StatusCreating, during: func() { interrupt() }}
	for _, c := range []struct {
		name    string
		service backup.Service
		values  map[string]tftypes.Value
		want    string
		events  []string
	}{
		{"error", newFakeService(look{status: backup.StatusError, err: "the disk is gone"}), asked(), "^ERROR: Unable to Create Backup Point: The point point-0 ended in error: the disk is gone$", []string{begunPoint, ".*creating"}},
		{"refused", refusing(backup.Errorf(backup.ErrQuota, "the quota is used up")), asked(), "^ERROR: Unable to Create Backup Point: the quota is used up$", nil},
		{"no such server", refusing(backup.Errorf(backup.ErrNotFound, "no server server-1")), asked(), "server_id must be the id of a serverbackup_server", nil},
		{"vanished", newFakeService(creating, look{status: backup.StatusCreating, fails: backup.ErrNotFound}), asked(), "^ERROR: .*vanished while it was being taken", []string{begunPoint, ".*creating.*"}},
		{
			"timeout of a cloud", newFakeService(creating), withTimeout(asked(), "100ms"),
			`^ERROR: Backup Point Not Finished: The point was not finished within 100ms \(timeouts.invoke\). The service goes on with the point point-0. Its status is creating at 30 %.*must not count on it`,
			[]string{begunPoint, ".*creating.*"},
		},
		{"timeout of its own", own(false, creating), withTimeout(asked(), "100ms"), `^ERROR: Unable to Create Backup Point: .*\(timeouts.invoke\). The provider itself takes this point, so it was stopped`, []string{begunPoint, ".*creating.*"}},
		{"ready while it was given up", own(true, creating), withTimeout(asked(), "100ms"), "^$", []string{begunPoint, readyPoint}},
		{"stalled", newFakeService(creating), asked("stall_timeout", "50ms"), `^ERROR: .*showed no progress for 50ms \(stall_timeout\)`, []string{begunPoint, ".*creating.*"}},
		{"interrupted", own(false, interrupting), asked(), "^ERROR: .*interrupted before the point was finished.*so it was stopped", []string{begunPoint, ".*creating.*"}},
	} {
		a := newActionTest(t, backupName, c.service)
		interrupt = a.interrupt
		events, said := a.invoke(a.configured(c.values))
		if !regexp.MustCompile("(?s)" + c.want).MatchString(said) {
			t.Errorf("%s: said %q, want %s", c.name, said, c.want)
		}
		// How often it was looked at in between depends on the machine.
		if len(events) > 2 {
			events = []string{events[0], events[len(events)-1]}
		}
		expectEvents(t, c.name, events, c.events...)
	}
}

// TestBackupNowAgain: each invocation asks for a point of its own, also while another is still being taken.
func TestBackupNowAgain(t *testing.T) {
	t.Parallel()
	service := newFakeService(look{status: backup.StatusCreating, progress: 30})
	a := newActionTest(t, backupName, service)
	for i := range 2 {
		_, said := a.invoke(a.configured(withTimeout(asked(), "50ms")))
		if !strings.Contains(said, fmt.Sprintf("the point point-%d.", i)) {
			t.Error(said)
		}
	}
	expectIDs(t, "points", service.left(), "point-0", "point-1")
}

func TestBackupNowRefused(t *testing.T) {
	t.Parallel()
	service := newFakeService()
	service.problems = func(r backup.PointRequest) []backup.Problem {
		if len(r.Name) > 10 {
			return []backup.Problem{{Path: []string{"name"}, Summary: "Name Too Long", Detail: r.ServerID}}
		}
		return nil
	}
	a := newActionTest(t, backupName, service)
	if said := a.plan(a.configured(asked("name", "longer than that"))); said != "ERROR: Name Too Long: server-1 Look at name." {
		t.Error(said)
	}
	unknown := asked("name", tftypes.UnknownValue, "wait", tftypes.UnknownValue)
	unknown["server_id"] = textOf(tftypes.UnknownValue)
	if said := a.plan(a.configured(unknown)); said != "" {
		t.Error(said)
	}
	for name, values := range map[string]map[string]tftypes.Value{
		"no server": {}, "empty name": asked("name", ""), "stall_timeout": asked("stall_timeout", "-1s"), "timeout": withTimeout(asked(), "soon"),
	} {
		if said := a.validate(a.configured(values)); !strings.HasPrefix(said, "ERROR: ") {
			t.Errorf("%s: %s", name, said)
		}
	}

	// Said by the plan, and again if nobody planned.
	own := &fakeCanceler{fakeService: newFakeService()}
	other := newActionTest(t, backupName, own)
	config := other.configured(asked("wait", false))
	_, invoked := other.invoke(config)
	for _, said := range []string{other.plan(config), invoked} {
		if !strings.HasPrefix(said, "ERROR: Must Wait for Backup Point: ") {
			t.Error(said)
		}
	}
	expectIDs(t, "points", own.left())

	unready := newActionTest(t, backupName, nil)
	config = unready.configured(asked())
	if said := unready.plan(config); said != "" {
		t.Error(said)
	}
	if _, said := unready.invoke(config); !strings.Contains(said, "Provider Configuration Not Known Yet") {
		t.Error(said)
	}
}

// TestLocalActions takes, restores and deletes a real point.
func TestLocalActions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := accStore{t: t, dir: dir + "/repository", files: dir + "/files"}
	writeFile(t, store.files+"/a.txt", "content of a")
	service := store.service()
	server := localServer(t, store, service)

	taking := newActionTest(t, backupName, service)
	config := taking.configured(map[string]tftypes.Value{"server_id": textOf(server)})
	if said := taking.validate(config) + taking.plan(config); said != "" {
		t.Fatal(said)
	}
	events, said := taking.invoke(config)
	if said != "" || len(events) == 0 {
		t.Fatal(events, said)
	}
	point := regexp.MustCompile(`^point (\S+) of server "web", taken at \S+, 12 bytes: available$`).FindStringSubmatch(events[len(events)-1])
	if point == nil {
		t.Fatalf("the last message is %q", events[len(events)-1])
	}

	restoring := newActionTest(t, restoreName, service)
	to := restoring.nested("local", map[string]tftypes.Value{"target": textOf(dir + "/drill")})
	config = restoring.configured(map[string]tftypes.Value{"point_id": textOf(point[1]), "local": to})
	if said := restoring.validate(config) + restoring.plan(config); said != "" {
		t.Fatal(said)
	}
	events, said = restoring.invoke(config)
	if said != "" || len(events) == 0 || !strings.HasSuffix(events[len(events)-1], " of point "+point[1]+": succeeded, in "+dir+"/drill") {
		t.Error(events, said)
	}
	if err := isRestored(dir + "/drill")(nil); err != nil {
		t.Error(err)
	}
	// The files are in the way now, and nothing allows to overwrite them.
	if _, said := restoring.invoke(config); !strings.HasPrefix(said, "ERROR: Unable to Restore Backup Point: ") {
		t.Error(said)
	}

	deleting := newActionTest(t, deletePointsName, service)
	config = deleting.configured(deletion(point[1]))
	if said := deleting.plan(config); !strings.Contains(said, "point "+point[1]+` of server "web"`) {
		t.Error(said)
	}
	events, said = deleting.invoke(config)
	if said != "" || !slices.Contains(events, "deleted 1 of 1 points: "+point[1]) {
		t.Error(events, said)
	}
	for p, err := range service.Points(t.Context(), backup.PointFilter{}) {
		t.Errorf("left: %v, %v", p.ID, err)
	}
}
