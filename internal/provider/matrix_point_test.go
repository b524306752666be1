package provider

import (
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	emulatedcbr "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// makeServer returns the id of a server that was put under backup beside Terraform.
func makeServer(t *testing.T, svc backup.Service, s backup.Server) string {
	t.Helper()
	return must[backup.Server](t)(svc.CreateServer(t.Context(), s)).ID
}

// serverOfFiles backs up directories.
func serverOfFiles(name string, sources ...string) backup.Server {
	return backup.Server{Name: name, Enabled: true, Options: local.ServerOptions{Sources: sources, OneFileSystem: true, OnUnreadable: local.UnreadableFails}}
}

// pointRows are those of what no service has a say in.
func pointRows() []row {
	triggers := func(release string) map[string]any { return map[string]any{"release": release} }
	return append(timeoutRows("create", "delete"), []row{
		{path: "triggers", first: triggers("1"), second: triggers("2"), change: replaces, imports: updates},
		{path: "on_destroy", first: onDestroyDelete, set: nothing, second: onDestroyKeep, normal: onDestroyDelete, blind: true},
		{path: "on_missing", first: onMissingRecreate, set: nothing, second: onMissingKeep, normal: onMissingRecreate, blind: true},
		{path: "stall_timeout", first: defaultStallTimeout, set: nothing, second: "1h", normal: defaultStallTimeout, blind: true},
	}...)
}

// waitRow is that of a service which takes points by itself.
func waitRow() row {
	return row{path: "wait", first: true, set: nothing, second: false, normal: true, blind: true}
}

// TestMatrixPointLocal changes each attribute of a point alone, on local.
func TestMatrixPointLocal(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	store := newMatrixStore(t)
	second := filepath.Join(store.dir, "second")
	writeFile(t, filepath.Join(second, "b.txt"), "content of b")
	table{
		resource: "serverbackup_point", open: store.open, base: settings{"server_id": makeServer(t, store.service, serverOfFiles("web-1", store.files))},
		rows: append(pointRows(), []row{
			{path: "server_id", second: makeServer(t, store.service, serverOfFiles("web-2", second)), change: replaces},
			{path: "name", first: "first", second: "second", change: replaces, remove: nothing},
			{path: "description", first: "first", second: "second", change: replaces},
			{path: "full", first: true, second: false, change: replaces, imports: updates},
			{path: "tags", first: map[string]any{"env": "prod"}, second: map[string]any{"env": "test"}},
			{path: "wait", first: true, set: nothing, second: false, normal: true, change: fails("Must Wait for Backup Point"), remove: nothing},
		}...),
	}.run(t)
}

// TestMatrixPointVNGCloud changes each attribute of a point alone, on vngcloud.
func TestMatrixPointVNGCloud(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	c := newMatrixCenter(t)
	other, _ := c.center.AddInstance("db")
	table{
		resource: "serverbackup_point", open: c.open, base: settings{"server_id": makeServer(t, c.service(), backup.Server{InstanceID: c.instance, Enabled: true})},
		rows: append(pointRows(), []row{
			{path: "server_id", second: makeServer(t, c.service(), backup.Server{InstanceID: other, Enabled: true}), change: replaces},
			{path: "full", first: true, second: false, change: fails("Incremental Point Not Supported"), imports: updates},
			waitRow(),
			refused("name", "first", "does not support name"),
			refused("description", "first", "does not support description"),
			refused("tags", map[string]any{"env": "prod"}, "does not support tags"),
		}...),
	}.run(t)
}

// TestMatrixPointCSBS changes each attribute of a point alone, on csbs.
func TestMatrixPointCSBS(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	c := newMatrixCSBS(t)
	policy := makePolicy(t, c.service(), "nightly", nil)
	server := func() string {
		return makeServer(t, c.service(), backup.Server{InstanceID: uuid.NewString(), PolicyID: policy, Enabled: true})
	}
	table{
		resource: "serverbackup_point", open: c.open, base: settings{"server_id": server()},
		rows: append(pointRows(), []row{
			{path: "server_id", second: server(), change: replaces},
			{path: "name", first: "first", second: "second", set: replaces, change: replaces, remove: nothing},
			{path: "description", first: "first", second: "second", change: replaces},
			{path: "full", first: true, second: false, change: replaces, imports: updates},
			{path: "tags", first: map[string]any{"env": "prod"}, second: map[string]any{"env": "test"}},
			waitRow(),
		}...),
	}.run(t)
}

// TestMatrixPointCBR changes each attribute of a point alone, on cbr.
func TestMatrixPointCBR(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	c := newMatrixCBR(t, emulatedcbr.Options{Huawei: true})
	vault := must[backup.Location](t)(c.service().CreateLocation(t.Context(), backup.Location{
		Name: "prod", QuotaBytes: new(int64(500 << 30)),
		Options: cbr.LocationOptions{PolicyID: makePolicy(t, c.service(), "nightly", nil)},
	})).ID
	server := func() string {
		return makeServer(t, c.service(), backup.Server{InstanceID: uuid.NewString(), LocationID: vault, Enabled: true})
	}
	table{
		resource: "serverbackup_point", open: c.open, base: settings{"server_id": server()},
		rows: append(pointRows(), []row{
			{path: "server_id", second: server(), change: replaces},
			{path: "name", first: "first", second: "second", set: replaces, change: replaces, remove: nothing},
			{path: "description", first: "first", second: "second", change: replaces},
			{path: "full", first: true, second: false, change: replaces, imports: updates},
			waitRow(),
			refused("tags", map[string]any{"env": "prod"}, "does not support tags"),
		}...),
	}.run(t)
}
