package backup_test

import (
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

func TestPointFilterMatch(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	point := backup.Point{
		ID: "p1", ServerID: "s1", ServerName: "Web-1", InstanceID: "i1", Name: "Before Ümbau",
		Status: backup.StatusAvailable, Type: backup.TypeFull, ScheduleType: backup.ScheduleManual,
		LocationID: "l1", CreatedAt: noon, Tags: map[string]string{"env": "prod", "empty": ""},
	}
	binned := point
	binned.DeletionStatus = backup.DeletionSoftDeleted

	for _, tc := range []struct {
		name   string
		filter backup.PointFilter
		point  backup.Point
		want   bool
	}{
		{"zero filter", backup.PointFilter{}, point, true},
		{"zero filter, unknown values", backup.PointFilter{}, backup.Point{}, true},
		{"server", backup.PointFilter{ServerID: "s1"}, point, true},
		{"server is exact", backup.PointFilter{ServerID: "s"}, point, false},
		{"instance", backup.PointFilter{InstanceID: "i1"}, point, true},
		{"other instance", backup.PointFilter{InstanceID: "i2"}, point, false},
		{"location", backup.PointFilter{LocationID: "l1"}, point, true},
		{"other location", backup.PointFilter{LocationID: "l2"}, point, false},
		{"one of the ids", backup.PointFilter{IDs: []string{"p0", "p1"}}, point, true},
		{"none of the ids", backup.PointFilter{IDs: []string{"p0"}}, point, false},
		{"name in other case", backup.PointFilter{Name: "üMBAU"}, point, true},
		{"other name", backup.PointFilter{Name: "after"}, point, false},
		{"server name", backup.PointFilter{ServerName: "WEB"}, point, true},
		{"other server name", backup.PointFilter{ServerName: "db"}, point, false},
		{"status", backup.PointFilter{Status: []backup.Status{backup.StatusError, backup.StatusAvailable}}, point, true},
		{"other status", backup.PointFilter{Status: []backup.Status{backup.StatusError}}, point, false},
		{"type", backup.PointFilter{Type: backup.TypeFull}, point, true},
		{"other type", backup.PointFilter{Type: backup.TypeIncremental}, point, false},
		{"schedule type", backup.PointFilter{ScheduleType: backup.ScheduleManual}, point, true},
		{"other schedule type", backup.PointFilter{ScheduleType: backup.SchedulePolicy}, point, false},
		{"from is included", backup.PointFilter{From: noon}, point, true},
		{"to is not", backup.PointFilter{To: noon}, point, false},
		{"inside", backup.PointFilter{From: noon.Add(-1), To: noon.Add(1)}, point, true},
		{"too early", backup.PointFilter{From: noon.Add(1)}, point, false},
		{"empty interval", backup.PointFilter{From: noon, To: noon}, point, false},
		{"other zone", backup.PointFilter{From: noon.In(time.FixedZone("", 7*3600))}, point, true},
		{"all tags", backup.PointFilter{Tags: map[string]string{"env": "prod", "empty": ""}}, point, true},
		{"one tag too many", backup.PointFilter{Tags: map[string]string{"env": "prod", "team": "web"}}, point, false},
		{"other value", backup.PointFilter{Tags: map[string]string{"env": "dev"}}, point, false},
		{"missing tag is not empty", backup.PointFilter{Tags: map[string]string{"none": ""}}, point, false},
		{"soft-deleted", backup.PointFilter{}, binned, false},
		{"soft-deleted on demand", backup.PointFilter{IncludeDeleted: true}, binned, true},
		{"unknown server", backup.PointFilter{ServerID: "s1"}, backup.Point{}, false},
		{"unknown type", backup.PointFilter{Type: backup.TypeFull}, backup.Point{}, false},
		{"unknown name", backup.PointFilter{Name: "a"}, backup.Point{}, false},
		{"unknown status", backup.PointFilter{Status: []backup.Status{""}}, backup.Point{}, false},
		{"unknown time, from", backup.PointFilter{From: noon.Add(-1)}, backup.Point{}, false},
		{"unknown time, to", backup.PointFilter{To: noon}, backup.Point{}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := tc.filter.Match(tc.point); got != tc.want {
				t.Errorf("%+v matches %+v: %v, want %v", tc.filter, tc.point, got, tc.want)
			}
		})
	}
}

func TestHistoryFilterMatch(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	entry := backup.HistoryEntry{
		ID: "h1", Kind: backup.KindBackup, Status: backup.HistoryFailed,
		ServerID: "s1", InstanceID: "i1", LocationID: "l1", StartedAt: noon,
	}
	for _, tc := range []struct {
		name   string
		filter backup.HistoryFilter
		want   bool
	}{
		{"zero filter", backup.HistoryFilter{}, true},
		{"everything", backup.HistoryFilter{
			ServerID: "s1", InstanceID: "i1", LocationID: "l1", Kinds: []backup.HistoryKind{backup.KindBackup},
			Status: []backup.HistoryStatus{backup.HistoryFailed}, From: noon, To: noon.Add(1),
		}, true},
		{"server", backup.HistoryFilter{ServerID: "s2"}, false},
		{"instance", backup.HistoryFilter{InstanceID: "i2"}, false},
		{"location", backup.HistoryFilter{LocationID: "l2"}, false},
		{"kind", backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindRestore}}, false},
		{"status", backup.HistoryFilter{Status: []backup.HistoryStatus{backup.HistorySucceeded}}, false},
		{"from", backup.HistoryFilter{From: noon.Add(1)}, false},
		{"to", backup.HistoryFilter{To: noon}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := tc.filter.Match(entry); got != tc.want {
				t.Errorf("%+v matches %+v: %v, want %v", tc.filter, entry, got, tc.want)
			}
		})
	}
}
