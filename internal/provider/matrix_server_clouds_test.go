package provider

import (
	"testing"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	emulatedcbr "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud"
)

// importing is the rows with what the plan of an import does in each that does not say.
func importing(action string, rows []row) []row {
	for i := range rows {
		rows[i].imports = orElse(rows[i].imports, action)
	}
	return rows
}

// TestMatrixServerVNGCloud changes each attribute of a server alone, on vngcloud.
func TestMatrixServerVNGCloud(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	c := newMatrixCenter(t)
	svc := c.service()
	daily := &backup.Retention{Daily: new(int64(7))}
	location := func(name string) string {
		return must[backup.Location](t)(svc.CreateLocation(t.Context(), backup.Location{
			Name: name, Options: vngcloud.LocationOptions{RegionID: "HCM04", Product: "vServer"},
		})).ID
	}
	other, _ := c.center.AddInstance("db")
	table{
		resource: "serverbackup_server", open: c.open, base: settings{"instance_id": c.instance, "points_on_destroy": "delete"},
		// An import does not know what is to become of the points.
		rows: importing(updates, append(timeoutRows("create", "update", "delete"), []row{
			{path: "instance_id", second: other, must: true, change: replaces, remove: fails("Missing Instance")},
			{path: "policy_id", first: makePolicy(t, svc, "first", daily), second: makePolicy(t, svc, "second", daily), remove: nothing},
			{path: "location_id", first: location("first"), second: location("second"), remove: nothing},
			{path: "enabled", first: true, set: nothing, second: false, normal: true},
			{path: "exclude_volume_ids", first: []any{c.volumes[1]}, second: []any{c.volumes[0]}},
			row{path: "points_on_destroy", first: "delete", second: "fail", normal: "fail", blind: true, imports: nothing, remove: nothing}.
				needing(settings{"points_on_destroy": nil}),
			refused("name", "web", "does not support name"),
			refused("local", map[string]any{"sources": []any{"/etc"}}, "configured for vngcloud, so local means nothing"),
		}...)),
	}.run(t)
}

// TestMatrixServerCBR changes each attribute of a server alone, on cbr.
func TestMatrixServerCBR(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	c := newMatrixCBR(t, emulatedcbr.Options{Huawei: true})
	vault := func(name string) string {
		return must[backup.Location](t)(c.service().CreateLocation(t.Context(), backup.Location{
			Name: name, QuotaBytes: new(int64(500 << 30)),
			Options: cbr.LocationOptions{PolicyID: makePolicy(t, c.service(), name, nil)},
		})).ID
	}
	instance := uuid.NewString()
	var disks []emulatedcbr.Disk
	for _, name := range []string{"system", "data"} {
		disks = append(disks, emulatedcbr.Disk{ID: uuid.NewString(), Name: name, SizeGB: 40})
	}
	c.cloud.AddServer(emulatedcbr.Server{ID: instance, Name: "web-1", Disks: disks})
	table{
		resource: "serverbackup_server", open: c.open, base: settings{"instance_id": instance, "location_id": vault("first")},
		rows: append(timeoutRows("create", "update", "delete"), []row{
			{path: "instance_id", second: uuid.NewString(), must: true, change: replaces, remove: fails("Missing Instance")},
			{path: "location_id", second: vault("second"), must: true, remove: nothing},
			{path: "enabled", first: true, set: nothing, second: false, normal: true},
			{path: "exclude_volume_ids", first: []any{disks[1].ID}, second: []any{disks[0].ID}, must: true, change: fails("Attribute Cannot Be Changed"), remove: fails("Attribute Cannot Be Changed")},
			{path: "points_on_destroy", first: "delete", second: "fail", blind: true, imports: nothing, normal: "fail", remove: nothing},
			refused("name", "web", "does not support name"),
			refused("policy_id", "00000000-0000-4000-8000-000000000000", `cbr\.policy_id of serverbackup_location`),
			refused("local", map[string]any{"sources": []any{"/etc"}}, "configured for cbr, so local means nothing"),
		}...),
	}.run(t)
}
