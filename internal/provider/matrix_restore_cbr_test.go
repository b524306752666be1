package provider

import (
	"testing"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	emulatedcbr "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
)

// TestMatrixRestoreCBR changes each attribute of a restore alone, on cbr.
func TestMatrixRestoreCBR(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	c := newMatrixCBR(t, emulatedcbr.Options{Huawei: true})
	var disks []emulatedcbr.Disk
	for _, name := range []string{"system", "a", "b"} {
		disks = append(disks, emulatedcbr.Disk{ID: uuid.NewString(), Name: name, SizeGB: 40})
	}
	web := uuid.NewString()
	// The disks of the first come to the second, so that it can be restored to with no other change.
	other := uuid.NewString()
	for _, id := range []string{web, other} {
		c.cloud.AddServer(emulatedcbr.Server{ID: id, Name: "web-1", Disks: disks})
	}
	vault := must[backup.Location](t)(c.service().CreateLocation(t.Context(), backup.Location{Name: "prod", QuotaBytes: new(int64(500 << 30))})).ID
	server := makeServer(t, c.service(), backup.Server{InstanceID: web, LocationID: vault, Enabled: true})
	points := []string{
		takePoint(t, c.service(), backup.PointRequest{ServerID: server, Name: "first"}),
		takePoint(t, c.service(), backup.PointRequest{ServerID: server, Name: "second"}),
	}
	mapping := func(second, third string) map[string]any {
		return map[string]any{disks[0].ID: disks[0].ID, disks[1].ID: second, disks[2].ID: third}
	}
	straight, crossed := mapping(disks[1].ID, disks[2].ID), mapping(disks[2].ID, disks[1].ID)
	const serverID = "cbr.server_id"
	table{
		resource: "serverbackup_restore", open: c.open, notImported: true,
		base: settings{"point_id": points[0], "overwrite_existing_data": true, serverID: web},
		rows: append(timeoutRows("create"), []row{
			{path: "point_id", second: points[1], change: replaces},
			{path: "triggers", first: map[string]any{"drill": "1"}, second: map[string]any{"drill": "2"}, change: replaces},
			{path: "overwrite_existing_data", second: true, must: true, change: nothing},
			row{path: "cbr", first: map[string]any{"server_id": web}, second: map[string]any{"server_id": web, "power_on": false}, must: true, change: replaces, remove: fails("Missing Options")}.
				needing(settings{serverID: nil}),
			row{path: serverID, second: other, change: replaces}.needing(settings{"cbr.volume_mapping": straight}),
			{path: "cbr.power_on", first: true, second: false, normal: true, change: replaces, remove: replaces},
			{path: "cbr.volume_mapping", first: straight, second: crossed, set: replaces, change: replaces, remove: replaces},
			refused("local", map[string]any{"target": "/restored"}, "configured for cbr, so local means nothing"),
			refused("vngcloud", map[string]any{"volume": map[string]any{"volume_point_id": "v-1", "name": "restored"}}, "configured for cbr, so vngcloud means nothing"),
			refused("csbs", map[string]any{"server_id": web}, "configured for cbr, so csbs means nothing"),
		}...),
	}.run(t)
}
