package provider

import (
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	emulatedcbr "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
)

// forceDestroyRow is the same on every service: none knows of it.
func forceDestroyRow() row {
	return row{path: "force_destroy", first: false, set: nothing, second: true, normal: false, blind: true}
}

// binRows are those of a bin.
func binRows() []row {
	return []row{
		{path: "soft_delete", first: map[string]any{"retention_days": 7}, second: map[string]any{"retention_days": 8}},
		{path: "soft_delete.retention_days", first: 7, second: 8},
	}
}

// TestMatrixLocationLocal changes each attribute of a location alone, on local.
func TestMatrixLocationLocal(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	store := newMatrixStore(t)
	dir := func(name string) string { return filepath.Join(store.dir, name) }
	const repository = "local.repository"
	table{
		resource: "serverbackup_location", open: store.open, base: settings{"name": "offsite", repository: dir("offsite")},
		rows: append(append(timeoutRows("create", "update", "delete"), binRows()...), []row{
			{path: "name", second: "renamed"},
			{path: "quota_gb", first: 10, second: 20},
			{path: "lock", first: map[string]any{"min_days": 1}, second: map[string]any{"min_days": 2}},
			{path: "lock.min_days", first: 1, second: 2},
			forceDestroyRow(),
			row{path: "local", first: map[string]any{"repository": dir("a")}, second: map[string]any{"repository": dir("b")}, must: true, change: replaces, remove: fails("Missing Options")}.
				needing(settings{repository: nil}),
			{path: repository, second: dir("c"), change: replaces},
			// Without another version it is not written again, and nobody can tell that it is another one.
			row{path: "local.password_wo", first: "first", set: nothing, second: "second", change: nothing, remove: nothing, imports: nothing}.
				needing(settings{repository: dir("own")}),
			row{path: "local.password_wo_version", first: 1, second: 2, blind: true}.needing(settings{"local.password_wo": accPassword}),
			refused("default", true, "does not support default"),
			refused("lock.max_days", 30, "leave lock.max_days out").needing(settings{"lock.min_days": 1}),
			refused("lock.grace_days", 7, "leave lock.grace_days out").needing(settings{"lock.min_days": 1}),
			refused("local.s3", map[string]any{"region": "eu-1"}, "Not a Bucket"),
			refused("local.object_lock", map[string]any{"mode": "GOVERNANCE", "days": 30}, "Not a Bucket"),
			refused("vngcloud", map[string]any{"region_id": "HCM04"}, "configured for local, so vngcloud means nothing"),
			refused("cbr", map[string]any{"auto_expand": true}, "configured for local, so cbr means nothing"),
		}...),
	}.run(t)
}

// TestMatrixLocationVNGCloud changes each attribute of a location alone, on vngcloud.
func TestMatrixLocationVNGCloud(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	c := newMatrixCenter(t)
	lock := func(days int) map[string]any {
		return map[string]any{"min_days": days, "max_days": 30, "grace_days": 7}
	}
	table{
		resource: "serverbackup_location", open: c.open, base: settings{"name": "offsite", "vngcloud.region_id": "HCM04"},
		rows: append(append(timeoutRows("create", "update", "delete"), binRows()...), []row{
			{path: "name", second: "renamed"},
			{path: "quota_gb", first: 10, second: 20},
			{path: "default", first: false, set: nothing, second: true, normal: false, change: fails("Default Cannot Change"), remove: nothing},
			{path: "lock", first: lock(1), second: lock(2)},
			row{path: "lock.min_days", first: 1, second: 2}.needing(settings{"lock.max_days": 30, "lock.grace_days": 7}),
			row{path: "lock.max_days", first: 30, second: 40, must: true, remove: fails("Missing Lock Limit")}.
				needing(settings{"lock.min_days": 1, "lock.grace_days": 7}),
			row{path: "lock.grace_days", first: 7, second: 6, must: true, remove: fails("Missing Grace Period")}.
				needing(settings{"lock.min_days": 1, "lock.max_days": 30}),
			forceDestroyRow(),
			row{path: "vngcloud", first: map[string]any{"region_id": "HCM04"}, second: map[string]any{"region_id": "HAN02"}, must: true, change: replaces, remove: fails("Missing Region")}.
				needing(settings{"vngcloud.region_id": nil}),
			{path: "vngcloud.region_id", second: "HAN02", change: replaces},
			{path: "vngcloud.product", first: "vServer", second: "vDB", normal: "vServer", change: replaces, remove: replaces},
			refused("local", map[string]any{"repository": "/mnt/backup"}, "configured for vngcloud, so local means nothing"),
			refused("cbr", map[string]any{"auto_expand": true}, "configured for vngcloud, so cbr means nothing"),
		}...),
	}.run(t)
}

// TestMatrixLocationCSBS: there are none on csbs, whatever is configured.
func TestMatrixLocationCSBS(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	const none = "has no locations to manage"
	table{
		resource: "serverbackup_location", open: newMatrixCSBS(t).open, base: settings{"name": "offsite"},
		rows: []row{
			refused("name", "offsite", none),
			refused("quota_gb", 10, none),
			refused("default", true, none),
			refused("soft_delete", map[string]any{"retention_days": 7}, none),
			refused("lock", map[string]any{"min_days": 1}, none),
			refused("force_destroy", true, none),
			refused("local", map[string]any{"repository": "/mnt/backup"}, none),
			refused("vngcloud", map[string]any{"region_id": "HCM04"}, none),
			refused("cbr", map[string]any{"auto_expand": true}, none),
			refused("timeouts", map[string]any{"create": "20m"}, none),
		},
	}.run(t)
}

// TestMatrixLocationCBR changes each attribute of a location alone, on cbr.
func TestMatrixLocationCBR(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	c := newMatrixCBR(t, emulatedcbr.Options{Huawei: true})
	policy := makePolicy(t, c.service(), "first", nil)
	const fixed = "Attribute Cannot Be Changed"
	tags := map[string]any{"env": "prod"}
	table{
		resource: "serverbackup_location", open: c.open, base: settings{"name": "offsite", "quota_gb": 100},
		rows: append(timeoutRows("create", "update", "delete"), []row{
			{path: "name", second: "renamed"},
			{path: "quota_gb", second: 200, must: true, remove: fails("Invalid Quota")},
			forceDestroyRow(),
			{path: "cbr", first: map[string]any{"auto_expand": true}, second: map[string]any{"auto_expand": true, "tags": tags}},
			{path: "cbr.policy_id", first: policy, second: makePolicy(t, c.service(), "second", nil)},
			{path: "cbr.auto_expand", first: false, second: true, normal: false},
			{path: "cbr.auto_bind_tags", first: tags, second: map[string]any{}},
			{path: "cbr.locked", first: false, second: true, drift: fails("Location Cannot Be Unlocked"), remove: fails("Location Cannot Be Unlocked")},
			// An import cannot tell a default that is written down from one that is not.
			{path: "cbr.consistent_level", first: "crash_consistent", second: "app_consistent", normal: "crash_consistent", change: fails(fixed), imports: updates},
			{path: "cbr.charging_mode", first: "post_paid", second: "pre_paid", normal: "post_paid", change: fails(fixed), imports: updates},
			{path: "cbr.tags", first: tags, second: map[string]any{"env": "test", "team": "web"}},
			{path: "cbr.replication_policy_id", first: c.replication("first"), second: c.replication("second")},
			refused("cbr.replication_policy_id", policy, "is a backup policy; write it in cbr.policy_id"),
			refused("cbr.replication_policy_id", uuid.NewString(), "does not exist"),
			refused("default", true, "does not support default"),
			refused("soft_delete", map[string]any{"retention_days": 7}, "does not support soft_delete"),
			refused("lock", map[string]any{"min_days": 1}, "does not support lock"),
			refused("local", map[string]any{"repository": "/mnt/backup"}, "configured for cbr, so local means nothing"),
			refused("vngcloud", map[string]any{"region_id": "HCM04"}, "configured for cbr, so vngcloud means nothing"),
		}...),
	}.run(t)
}
