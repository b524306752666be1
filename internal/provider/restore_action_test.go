package provider

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

const restoreName = typeName + "_restore_point"

// nested is a nested attribute; what it leaves out is null.
func (a *actionTest) nested(name string, values map[string]tftypes.Value) tftypes.Value {
	a.t.Helper()
	object, ok := a.config.AttributeTypes[name].(tftypes.Object)
	if !ok {
		a.t.Fatalf("%s is no nested attribute", name)
	}
	all := nulls(object)
	for member, value := range values {
		all[member] = value
	}
	return tftypes.NewValue(object, all)
}

// toRestore is a configuration that restores point-0 to a directory.
func toRestore(a *actionTest) map[string]tftypes.Value {
	return map[string]tftypes.Value{"point_id": textOf("point-0"), "local": a.nested("local", map[string]tftypes.Value{"target": textOf("/restored")})}
}

func TestRestorePoint(t *testing.T) {
	t.Parallel()
	service := newFakeRestorer(restoring, restored)
	a := newActionTest(t, restoreName, service)
	values := toRestore(a)
	values["overwrite_existing_data"] = tftypes.NewValue(tftypes.Bool, true)
	config := a.configured(values)
	if said := a.validate(config) + a.plan(config); said != "" {
		t.Error(said)
	}
	events, said := a.invoke(config)
	if said != "" {
		t.Error(said)
	}
	expectEvents(t, "success", events,
		"restore restore-0 of point point-0: begun", "waiting for the restore restore-0: running", "restore restore-0 of point point-0: succeeded, in /restored")
	expectRestores(t, service, 1)
	if r := service.requests[0]; !r.OverwriteExistingData || r.PointID != "point-0" || r.Options.(local.RestoreOptions).Target != "/restored" { //nolint:forcetypeassert // a panic is as good as an error
		t.Errorf("asked for %+v", r)
	}
}

func TestRestorePointFails(t *testing.T) {
	t.Parallel()
	own := func(tooLate bool) backup.Service {
		return &fakeOwnRestorer{fakeRestorer: newFakeRestorer(restoring), tooLate: tooLate}
	}
	lost := newFakeRestorer(restoreLook{status: backup.HistoryRunning, fails: backup.Errorf(nil, "connection lost")})
	for _, c := range []struct {
		name    string
		service backup.Service
		timeout string
		want    string
	}{
		{"error", newFakeRestorer(broken), "1h", "^ERROR: Unable to Restore Backup Point: The restore restore-0 of the point point-0 failed: A pack is damaged.$"},
		{"timeout of a cloud", newFakeRestorer(restoring), "50ms", `^ERROR: Restore Not Finished: The restore was not finished within 50ms \(timeouts.invoke\). The service goes on with the restore restore-0.*must not count on it`},
		{"cloud that is away", lost, "1h", "^ERROR: Restore Not Finished: The restore could not be followed to its end: connection lost."},
		{"timeout of its own", own(false), "50ms", "^ERROR: Unable to Restore Backup Point: .*so it was stopped.*stays in /restored"},
		{"ready while it was given up", own(true), "50ms", "^$"},
	} {
		a := newActionTest(t, restoreName, c.service)
		events, said := a.invoke(a.configured(withTimeout(toRestore(a), c.timeout)))
		if !regexp.MustCompile("(?s)" + c.want).MatchString(said) {
			t.Errorf("%s: said %q, want %s", c.name, said, c.want)
		}
		if finished := strings.HasSuffix(events[len(events)-1], "succeeded, in /restored"); finished != (said == "") {
			t.Errorf("%s: said %q and %q", c.name, events, said)
		}
	}
}

func TestRestorePointRefused(t *testing.T) {
	t.Parallel()
	service := newFakeRestorer(restored)
	service.refuse = func(r backup.RestoreRequest) []backup.Problem {
		if r.PointID == "point-9" {
			return []backup.Problem{{Path: []string{"point_id"}, Summary: "Backup Point Not Found", Detail: "There is no point point-9."}}
		}
		return nil
	}
	a := newActionTest(t, restoreName, service)
	values := toRestore(a)
	values["point_id"] = textOf("point-9")
	if said := a.plan(a.configured(values)); said != "ERROR: Backup Point Not Found: There is no point point-9. Look at point_id." {
		t.Error(said)
	}
	values["point_id"] = textOf(tftypes.UnknownValue)
	values["local"] = tftypes.NewValue(a.config.AttributeTypes["local"], tftypes.UnknownValue)
	if said := a.plan(a.configured(values)); said != "" {
		t.Error(said)
	}
	bad := toRestore(a)
	bad["local"] = a.nested("local", map[string]tftypes.Value{"target": textOf("/restored"), "overwrite": textOf("sometimes")})
	if said := a.validate(a.configured(bad)); !strings.HasPrefix(said, "ERROR: ") {
		t.Error(said)
	}

	foreign := newFakeRestorer(restored)
	foreign.scope.Service = "cloud"
	other := newActionTest(t, restoreName, foreign)
	if said := other.plan(other.configured(toRestore(other))); !strings.HasPrefix(said, "ERROR: Attribute of Another Backup Service: ") {
		t.Error(said)
	}

	without := newActionTest(t, restoreName, newFakeService())
	config := without.configured(toRestore(without))
	_, invoked := without.invoke(config)
	for _, said := range []string{without.plan(config), invoked} {
		if !strings.Contains(said, "ERROR: Unable to Restore Backup Point: The configured backup service") {
			t.Error(said)
		}
	}

	unready := newActionTest(t, restoreName, nil)
	config = unready.configured(toRestore(unready))
	if said := unready.plan(config); said != "" {
		t.Error(said)
	}
	if _, said := unready.invoke(config); !strings.Contains(said, "Provider Configuration Not Known Yet") {
		t.Error(said)
	}
}
