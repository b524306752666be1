package provider

import (
	"context"
	"iter"
	"regexp"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// fakeHistorian is a fake service with a history, newest first.
type fakeHistorian struct {
	*fakeService
	entries []backup.HistoryEntry
	note    string
}

func (f fakeHistorian) HistoryNote() string { return f.note }

func (f fakeHistorian) History(_ context.Context, filter backup.HistoryFilter) iter.Seq2[backup.HistoryEntry, error] {
	return func(yield func(backup.HistoryEntry, error) bool) {
		for _, e := range f.entries {
			if filter.Match(e) && !yield(e, nil) {
				return
			}
		}
	}
}

func serviceWithHistory() fakeHistorian {
	size := int64(1 << 30)
	return fakeHistorian{fakeService: newFakeService(), note: "The service forgets after 30 days.", entries: []backup.HistoryEntry{
		{ID: "h-running", Kind: backup.KindBackup, Status: backup.HistoryRunning, ServerID: "s-1", StartedAt: time.Now().Add(-time.Hour)},
		{
			ID: "h-delete", Kind: backup.KindDelete, Status: backup.HistorySucceeded, ServerID: "s-1", InstanceID: "i-1", LocationID: "l-1",
			StartedAt: fakeStart.Add(2 * time.Hour),
		},
		{ID: "h-failed", Kind: backup.KindBackup, Status: backup.HistoryFailed, ServerID: "s-2", Error: "disk on fire", StartedAt: fakeStart.Add(time.Hour)},
		{
			ID: "h-ok", Kind: backup.KindBackup, Status: backup.HistorySucceeded, ServiceStatus: "OK", ServerID: "s-1", ServerName: "web", PointID: "p-1",
			PolicyID: "pol-1", Type: backup.TypeFull, ScheduleType: backup.SchedulePolicy, SizeBytes: &size, StartedAt: fakeStart,
			FinishedAt: fakeStart.Add(time.Minute), DeletionStatus: backup.DeletionDeleted,
		},
	}}
}

func history(arguments string) string {
	return "data \"serverbackup_history\" \"x\" {\n" + arguments + "\n}\n"
}

func historyHas(attribute string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue("data.serverbackup_history.x", tfjsonpath.New(attribute), value)
}

func TestAccHistoryFilters(t *testing.T) {
	t.Parallel()
	newFakeTest(t, serviceWithHistory()).run(filterStep("serverbackup_history", "entries", "id", []filterCase{
		{``, []string{"h-running", "h-failed", "h-ok"}},
		{`kind = ["delete", "backup"]`, []string{"h-running", "h-delete", "h-failed", "h-ok"}},
		{`kind = ["delete"]`, []string{"h-delete"}},
		{`server_id = "s-2"`, []string{"h-failed"}},
		{"instance_id = \"i-1\"\nkind = [\"delete\"]", []string{"h-delete"}},
		{"location_id = \"l-1\"\nkind = [\"delete\"]", []string{"h-delete"}},
		{`status = ["failed", "skipped"]`, []string{"h-failed"}},
		{`max_age = "2h"`, []string{"h-running"}},
		{"from = \"2026-03-01T12:00:00Z\"\nto = \"2026-03-01T13:00:00Z\"", []string{"h-ok"}},
	}))
}

func TestAccHistoryElement(t *testing.T) {
	t.Parallel()
	newFakeTest(t, serviceWithHistory()).run(resource.TestStep{
		Config: history("limit = 1\nstatus = [\"succeeded\"]\nkind = [\"backup\"]"),
		ConfigStateChecks: []statecheck.StateCheck{historyHas("entries", knownvalue.ListExact([]knownvalue.Check{
			knownvalue.ObjectExact(map[string]knownvalue.Check{
				"id": knownvalue.StringExact("h-ok"), "kind": knownvalue.StringExact("backup"), "status": knownvalue.StringExact("succeeded"),
				"service_status": knownvalue.StringExact("OK"), "point_id": knownvalue.StringExact("p-1"), "server_id": knownvalue.StringExact("s-1"),
				"server_name": knownvalue.StringExact("web"), "policy_id": knownvalue.StringExact("pol-1"), "type": knownvalue.StringExact("full"),
				"schedule_type": knownvalue.StringExact("policy"), "size_bytes": knownvalue.Int64Exact(1 << 30), "size_gb": knownvalue.Float64Exact(1),
				"started_at": knownvalue.StringExact("2026-03-01T12:00:00Z"), "finished_at": knownvalue.StringExact("2026-03-01T12:01:00Z"),
				"deletion_status": knownvalue.StringExact("deleted"), "error": knownvalue.Null(),
			}),
		})), historyHas("retention_note", knownvalue.StringExact("The service forgets after 30 days."))},
	})
}

func TestAccHistoryErrors(t *testing.T) {
	t.Parallel()
	newFakeTest(t, newFakeService()).run(
		resource.TestStep{Config: history(``), PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)Unable to List Backup History.*keeps no history`)},
		resource.TestStep{Config: history(`kind = ["copy"]`), PlanOnly: true, ExpectError: regexp.MustCompile(`value must be one of`)},
		resource.TestStep{Config: history(`status = ["ok"]`), PlanOnly: true, ExpectError: regexp.MustCompile(`value must be one of`)},
	)
}
