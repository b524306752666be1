package provider

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// newFakeRecoverer has a point in the bin, one that has lapsed and one that is not deleted.
func newFakeRecoverer() *fakeRecoverer {
	f := &fakeRecoverer{fakeLocator: newFakeLocator("cloud")}
	f.points = []backup.Point{
		{
			ID: "binned", ServerName: "web-1", Status: backup.StatusAvailable, CreatedAt: fakeStart,
			DeletionStatus: backup.DeletionSoftDeleted, RecoverUntil: fakeStart.Add(24 * time.Hour),
		},
		{ID: "lapsed", Status: backup.StatusAvailable, DeletionStatus: backup.DeletionSoftDeleted, RecoverUntil: fakeStart.Add(-time.Hour)},
		{ID: "present", ServerID: "server-1", Status: backup.StatusAvailable, CreatedAt: fakeStart},
	}
	return f
}

func pointArgument(id any) map[string]tftypes.Value {
	return map[string]tftypes.Value{"point_id": tftypes.NewValue(tftypes.String, id)}
}

func TestRecover(t *testing.T) {
	t.Parallel()
	service := newFakeRecoverer()
	service.busy = 1
	a := newActionTest(t, recoverName, service)
	for _, c := range []struct{ id, want string }{
		{"binned", `point binned of server "web-1", taken at 2026-03-01T12:00:00Z, is available`},
		// Once more, and of a point that was never deleted.
		{"binned", `point binned of server "web-1", taken at 2026-03-01T12:00:00Z, is available`},
		{"present", `point present of server "server-1", taken at 2026-03-01T12:00:00Z, is available`},
	} {
		config := a.configured(pointArgument(c.id))
		if said := a.validate(config) + a.plan(config); said != "" {
			t.Error(said)
		}
		if events, said := a.invoke(config); !slices.Equal(events, []string{c.want}) || said != "" {
			t.Errorf("got %q, %s", events, said)
		}
	}
	expectIDs(t, "recovered", service.recovered, "binned")
}

func TestRecoverRefused(t *testing.T) {
	t.Parallel()
	a := newActionTest(t, recoverName, newFakeRecoverer())
	if said := a.plan(a.configured(pointArgument("nosuch"))); !strings.Contains(said, "ERROR: Backup Point Not Found: There is no point nosuch.") {
		t.Error(said)
	}
	if said := a.plan(a.configured(pointArgument(tftypes.UnknownValue))); said != "" {
		t.Error(said)
	}
	if said := a.validate(a.configured(pointArgument(""))); !strings.HasPrefix(said, "ERROR: ") {
		t.Error(said)
	}
	if _, said := a.invoke(a.configured(pointArgument("lapsed"))); !strings.Contains(said, "ERROR: Unable to Recover Backup Point lapsed: The point lapsed has lapsed.") {
		t.Error(said)
	}

	// A service with a bin that only its console opens: said by the plan, and again if nobody planned.
	other := newActionTest(t, recoverName, newFakeLocator("cloud"))
	config := other.configured(pointArgument("binned"))
	_, invoked := other.invoke(config)
	for _, said := range []string{other.plan(config), invoked} {
		if !strings.Contains(said, "ERROR: Unable to Recover Backup Point: The configured backup service has no means") {
			t.Error(said)
		}
	}

	unknown := newActionTest(t, recoverName, nil)
	config = unknown.configured(pointArgument("binned"))
	if said := unknown.plan(config); said != "" {
		t.Error(said)
	}
	if _, said := unknown.invoke(config); !strings.Contains(said, "Provider Configuration Not Known Yet") {
		t.Error(said)
	}
}
