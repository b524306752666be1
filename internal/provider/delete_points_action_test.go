package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

const deletePointsName = typeName + "_delete_points"

// deletion is a configuration of serverbackup_delete_points.
func deletion(ids ...any) map[string]tftypes.Value {
	values := make([]tftypes.Value, len(ids))
	for i, id := range ids {
		values[i] = textOf(id)
	}
	return map[string]tftypes.Value{"ids": tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, values)}
}

func upTo(limit any, values map[string]tftypes.Value) map[string]tftypes.Value {
	values["max"] = numberOf(limit)
	return values
}

// newFakePoints is a fake service with points.
func newFakePoints(n int) *fakeService {
	f := newFakeService()
	for i := range n {
		size := int64(i+1) << 20
		f.points = append(f.points, backup.Point{
			ID: fmt.Sprintf("p-%02d", i), ServerName: "web", Status: backup.StatusError, CreatedAt: fakeStart, SizeBytes: &size,
		})
	}
	return f
}

func TestDeletePoints(t *testing.T) {
	t.Parallel()
	service := newFakePoints(3)
	// The first refusal is of a busy service.
	service.deleteErrs = []error{backup.Errorf(backup.ErrBusy, "it is being read")}
	a := newActionTest(t, deletePointsName, service)
	config := a.configured(deletion("p-01", "p-00", "p-77"))
	if said := a.validate(config); said != "" {
		t.Error(said)
	}
	said := a.plan(config)
	for _, want := range []string{
		"WARNING: Backup Points Will Be Deleted: ", "\n  point p-00 of server \"web\", taken at 2026-03-01T12:00:00Z, 1.0 MB, error\n  point p-01 of server",
		"WARNING: Backup Points Not Found: There is nothing to delete with the id p-77",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("nothing about %q in %s", want, said)
		}
	}
	if strings.Contains(said, "p-02") {
		t.Errorf("the plan names what was not asked for: %s", said)
	}
	events, said := a.invoke(config)
	if said != "" {
		t.Error(said)
	}
	expectEvents(t, "success", events,
		`point p-00 of server "web", .*: deleted`, `point p-01 of server "web", .*: deleted`, "point p-77: gone already", "deleted 3 of 3 points: p-00, p-01, p-77")
	expectIDs(t, "left", service.left(), "p-02")
}

func TestDeletePointsFails(t *testing.T) {
	t.Parallel()
	service := newFakePoints(3)
	service.deleteErrs = []error{backup.Errorf(backup.ErrLocked, "a lock holds the point until 2030")}
	a := newActionTest(t, deletePointsName, service)
	events, said := a.invoke(a.configured(deletion("p-00", "p-01")))
	if said != "ERROR: Unable to Delete Backup Point p-00: a lock holds the point until 2030" {
		t.Error(said)
	}
	expectEvents(t, "locked", events, "point p-01 .*: deleted", "deleted 1 of 2 points: p-01")
	expectIDs(t, "left", service.left(), "p-00", "p-02")

	// After an interruption nothing more is deleted.
	service = newFakePoints(3)
	service.deleteErrs = []error{backup.ErrBusy, backup.ErrBusy, backup.ErrBusy}
	a = newActionTest(t, deletePointsName, service)
	events, said = a.invoke(a.configured(withTimeout(deletion("p-00", "p-01"), "50ms")))
	if strings.Count(said, "ERROR") != 1 || !strings.Contains(said, "p-00") || !strings.Contains(said, "timeouts block") {
		t.Error(said)
	}
	expectEvents(t, "timeout", events, "deleted 0 of 2 points: none")
	expectIDs(t, "left", service.left(), "p-00", "p-01", "p-02")
}

// TestDeletePointsIntoBin: what can be recovered is said.
func TestDeletePointsIntoBin(t *testing.T) {
	t.Parallel()
	service := newFakeRecoverer()
	service.recoverUntil = fakeStart.AddDate(0, 0, 7)
	a := newActionTest(t, deletePointsName, service)
	if _, said := a.invoke(a.configured(deletion("present"))); !strings.Contains(said, "WARNING: Backup Point in the Bin: ") || !strings.Contains(said, "until 2026-03-08T12:00:00Z") {
		t.Error(said)
	}
}

func TestDeletePointsTooMany(t *testing.T) {
	t.Parallel()
	service := newFakePoints(12)
	a := newActionTest(t, deletePointsName, service)
	ids := func(n int) []any {
		list := make([]any, n)
		for i := range n {
			list[i] = fmt.Sprintf("p-%02d", i)
		}
		return list
	}
	tooMany := a.configured(deletion(ids(11)...))
	_, invoked := a.invoke(tooMany)
	for _, said := range []string{a.validate(tooMany), a.plan(tooMany), invoked, a.plan(a.configured(upTo(1, deletion(ids(2)...))))} {
		if !strings.HasPrefix(said, "ERROR: Too Many Backup Points: ") || !strings.Contains(said, "Nothing is deleted.") {
			t.Error(said)
		}
	}
	expectIDs(t, "deleted", service.deleted)
	for _, values := range []map[string]tftypes.Value{
		deletion(ids(10)...), upTo(11, deletion(ids(11)...)), upTo(tftypes.UnknownValue, deletion(ids(12)...)),
		deletion(append(ids(11), tftypes.UnknownValue)...), {"ids": tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, tftypes.UnknownValue)},
	} {
		if said := a.validate(a.configured(values)) + a.plan(a.configured(values)); strings.Contains(said, "ERROR") {
			t.Errorf("%v: %s", values, said)
		}
	}
	for name, values := range map[string]map[string]tftypes.Value{
		"none": deletion(), "missing": {}, "null": deletion(nil), "empty": deletion(""), "max": upTo(0, deletion("p-00")), "timeout": withTimeout(deletion("p-00"), "soon"),
	} {
		if said := a.validate(a.configured(values)); !strings.HasPrefix(said, "ERROR: ") {
			t.Errorf("%s: %s", name, said)
		}
	}

	unready := newActionTest(t, deletePointsName, nil)
	config := unready.configured(deletion("p-00"))
	if said := unready.plan(config); said != "" {
		t.Error(said)
	}
	if _, said := unready.invoke(config); !strings.Contains(said, "Provider Configuration Not Known Yet") {
		t.Error(said)
	}
}
