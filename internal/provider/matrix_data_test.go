package provider

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// restorable is a store with two points of a server with two volumes.
func restorable(t *testing.T) (store *matrixStore, points, volumes []string) {
	t.Helper()
	store = newMatrixStore(t)
	second := filepath.Join(store.dir, "second")
	writeFile(t, filepath.Join(second, "b.txt"), "content of b")
	server := makeServer(t, store.service, serverOfFiles("web-1", store.files, second))
	for range 2 {
		points = append(points, takePoint(t, store.service, backup.PointRequest{ServerID: server}))
	}
	for _, v := range must[backup.Point](t)(store.service.Point(t.Context(), points[0], backup.Fresh)).Volumes {
		volumes = append(volumes, v.ID)
	}
	if len(volumes) != 2 {
		t.Fatalf("the point has the volumes %q", volumes)
	}
	return store, points, volumes
}

// TestMatrixArchiveLocal changes each attribute of an archive alone, on local.
func TestMatrixArchiveLocal(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	store, points, volumes := restorable(t)
	table{
		resource: "serverbackup_point_archive", open: store.open, notImported: true,
		base: settings{"point_id": points[0], "path": filepath.Join(store.dir, "a.tar.gz")},
		rows: append(timeoutRows("create", "update"), []row{
			{path: "point_id", second: points[1], change: replaces},
			{path: "volume_id", first: volumes[0], second: volumes[1], set: replaces, change: replaces, remove: replaces},
			{path: "path", second: filepath.Join(store.dir, "b.tar.gz"), change: replaces},
			{path: "format", first: "tar.gz", set: nothing, second: "tar.zst", normal: "tar.gz", change: replaces, remove: replaces},
			{path: "file_mode", first: "0600", set: nothing, second: "0640", normal: "0600"},
			{path: "keep_on_destroy", first: false, set: nothing, second: true, normal: false, blind: true},
		}...),
	}.run(t)
}

// TestMatrixRestoreLocal changes each attribute of a restore alone, on local.
func TestMatrixRestoreLocal(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	store, points, volumes := restorable(t)
	target, elsewhere := filepath.Join(store.dir, "restored"), filepath.Join(store.dir, "elsewhere")
	// again is a row whose changes restore again, to where nothing is.
	again := func(r row) row {
		r.change, r.remove = replaces, orElse(r.remove, replaces)
		r.before = func() {
			for _, dir := range []string{target, elsewhere} {
				if err := os.RemoveAll(dir); err != nil {
					t.Fatal(err)
				}
			}
		}
		return r
	}
	table{
		resource: "serverbackup_restore", open: store.open, notImported: true,
		base: settings{"point_id": points[0], "local.target": target},
		prepare: func() {
			if err := os.RemoveAll(target); err != nil {
				t.Fatal(err)
			}
		},
		rows: append(timeoutRows("create"), []row{
			again(row{path: "point_id", second: points[1]}),
			again(row{path: "triggers", first: map[string]any{"drill": "1"}, second: map[string]any{"drill": "2"}, remove: updates}),
			{path: "overwrite_existing_data", first: false, second: true, blind: true},
			again(row{path: "local", first: map[string]any{"target": target}, second: map[string]any{"target": elsewhere}, must: true, remove: fails("Missing Options")}).
				needing(settings{"local.target": nil}),
			again(row{path: "local.target", second: elsewhere, must: true, remove: fails("Missing Target")}).needing(settings{"local.overwrite": "never"}),
			{path: "local.in_place", first: false, second: true, normal: false, blind: true, change: fails("Conflicting Options")},
			again(row{path: "local.volume_ids", first: []any{volumes[0]}, second: []any{volumes[1]}, set: replaces}),
			again(row{path: "local.overwrite", first: "never", second: "always", normal: "never"}),
			again(row{path: "local.skip_owners", first: false, second: true, normal: false}),
			again(row{path: "local.allow_incomplete", first: false, second: true, normal: false}),
			refused("vngcloud", map[string]any{"volume": map[string]any{"volume_point_id": "v-1", "name": "restored"}}, "configured for local, so vngcloud means nothing"),
			refused("csbs", map[string]any{"server_id": "s-1"}, "configured for local, so csbs means nothing"),
			refused("cbr", map[string]any{"server_id": "s-1"}, "configured for local, so cbr means nothing"),
		}...),
	}.run(t)
}
