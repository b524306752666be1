package provider

import (
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// TestMatrixServerLocal changes each attribute of a server alone, on local.
func TestMatrixServerLocal(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	store := newMatrixStore(t)
	policy := makePolicy(t, store.service, "nightly", nil)
	offsite := must[backup.Location](t)(store.service.CreateLocation(t.Context(), backup.Location{
		Name: "offsite", Options: local.LocationOptions{Repository: filepath.Join(store.dir, "offsite")},
	})).ID
	second := filepath.Join(store.dir, "second")
	writeFile(t, filepath.Join(second, "b.txt"), "content of b")
	sources := []any{store.files}
	table{
		resource: "serverbackup_server", open: store.open, base: settings{"name": "web-1", "local.sources": sources},
		rows: append(timeoutRows("create", "update", "delete"), []row{
			{path: "name", first: "web-1", second: "web-2", must: true, remove: fails("Missing Name.*local service needs a name")},
			{path: "policy_id", first: policy, second: makePolicy(t, store.service, "weekly", nil)},
			{path: "location_id", first: "main", set: nothing, second: offsite, normal: "main"},
			{path: "enabled", first: true, set: nothing, second: false, normal: true},
			{path: "points_on_destroy", first: "keep", second: "delete", normal: "fail", blind: true},
			row{path: "local", first: map[string]any{"sources": sources}, second: map[string]any{"sources": sources, "exclude": []any{"*.tmp"}}, must: true, remove: fails("Missing Options")}.
				needing(settings{"local.sources": nil}),
			{path: "local.sources", second: []any{store.files, second}},
			{path: "local.host", first: "testhost", set: nothing, second: "otherhost", change: replaces, remove: nothing},
			{path: "local.user", first: "tester", set: nothing, second: "other", change: replaces, remove: nothing},
			{path: "local.exclude", first: []any{"*.tmp"}, second: []any{"*.tmp", "cache/"}},
			{path: "local.one_file_system", first: true, set: nothing, second: false, normal: true},
			{path: "local.on_unreadable", first: "fail", set: nothing, second: "warn", normal: "fail"},
			{path: "local.runner", first: "kopia", second: "none", normal: "agent"},
			refused("instance_id", "i-1", "does not support instance_id"),
			refused("exclude_volume_ids", []any{"v-1"}, "does not support exclude_volume_ids"),
		}...),
	}.run(t)
}

// makePolicy returns the id of a policy that was made beside Terraform.
func makePolicy(t *testing.T, svc backup.Service, name string, retention *backup.Retention) string {
	t.Helper()
	return must[backup.Policy](t)(svc.CreatePolicy(t.Context(), backup.Policy{
		Name: name, Timezone: "UTC", Enabled: true, Schedules: []string{dailyRule}, Retention: retention,
	})).ID
}

// TestMatrixServerCSBS changes each attribute of a server alone, on csbs.
func TestMatrixServerCSBS(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	c := newMatrixCSBS(t)
	policy := makePolicy(t, c.service(), "first", nil)
	table{
		resource: "serverbackup_server", open: c.open, base: settings{"instance_id": uuid.NewString(), "policy_id": policy},
		rows: append(timeoutRows("create", "update", "delete"), []row{
			{path: "instance_id", second: uuid.NewString(), must: true, change: replaces, remove: fails("Missing Instance")},
			{path: "policy_id", second: makePolicy(t, c.service(), "second", nil), must: true, remove: nothing},
			{path: "points_on_destroy", first: "keep", second: "fail", change: updates, normal: "fail", blind: true, imports: nothing, remove: nothing},
			refused("name", "web", "does not support name"),
			refused("location_id", "somewhere", "does not support location_id"),
			refused("enabled", false, "Leave enabled out"),
			refused("exclude_volume_ids", []any{"v-1"}, "does not support exclude_volume_ids"),
			refused("local", map[string]any{"sources": []any{"/etc"}}, "configured for csbs, so local means nothing"),
		}...),
	}.run(t)
}
