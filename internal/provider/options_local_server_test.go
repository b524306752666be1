package provider

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// emptyServerModel is what an import begins with.
func emptyServerModel() serverModel {
	return serverModel{
		ExcludeVolumeIDs: types.SetNull(types.StringType),
		Local:            types.ObjectNull(objectTypes(localServerSchema())),
	}
}

func TestServerRoundTrip(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]backup.Server{
		"no options": {ID: "s", InstanceID: "i", ExcludeVolumeIDs: []string{"v"}, Enabled: true},
		"min":        {ID: "s", Name: "x", Options: local.ServerOptions{Host: "h", User: "u", Sources: []string{"/a"}, Runner: local.RunnerAgent}},
		"max": {
			ID: "s", Name: "x", PolicyID: "p", LocationID: "l", Enabled: true,
			Options: local.ServerOptions{
				Host: "h", User: "u", Sources: []string{"/a", "/b"}, Exclude: []string{"z", "a"},
				OneFileSystem: true, OnUnreadable: local.UnreadableWarns, Runner: local.RunnerKopia,
			},
		},
	} {
		m := emptyServerModel()
		m.ID = types.StringValue(s.ID)
		if diags := m.fromDomain(t.Context(), s); diags.HasError() {
			t.Fatal(name, diags)
		}
		if got := m.PointsOnDestroy.ValueString(); got != "fail" {
			t.Errorf("%s: an import begins with points_on_destroy = %q", name, got)
		}
		got, diags := m.toDomain(t.Context())
		if diags.HasError() {
			t.Fatal(name, diags)
		}
		if diff := cmp.Diff(s, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestServerReadKeepsEmptyExclude: [] in the configuration stays [], null stays null.
func TestServerReadKeepsEmptyExclude(t *testing.T) {
	t.Parallel()
	options := local.ServerOptions{Host: "h", User: "u", Sources: []string{"/a"}}
	for _, exclude := range []types.List{types.ListNull(types.StringType), listOf(nil)} {
		state, diags := types.ObjectValueFrom(t.Context(), objectTypes(localServerSchema()), localServerModel{
			Sources: setOf([]string{"/a"}), Exclude: exclude,
		})
		if diags.HasError() {
			t.Fatal(diags)
		}
		next, diags := localServerFromDomain(t.Context(), state, options)
		if diags.HasError() {
			t.Fatal(diags)
		}
		if got := next.Attributes()["exclude"]; !got.Equal(exclude) {
			t.Errorf("%s became %s", exclude, got)
		}
	}
}

func TestServerSettle(t *testing.T) {
	t.Parallel()
	m := emptyServerModel()
	m.Name, m.PolicyID, m.LocationID = types.StringValue("planned"), types.StringNull(), types.StringUnknown()
	planned, diags := types.ObjectValueFrom(t.Context(), objectTypes(localServerSchema()), localServerModel{
		Sources: setOf([]string{"/a"}), Host: types.StringUnknown(), User: types.StringValue("planned"), Exclude: listOf(nil),
	})
	if diags.HasError() {
		t.Fatal(diags)
	}
	m.Local = planned
	diags = m.settle(t.Context(), backup.Server{
		ID: "s", Name: "other", PolicyID: "other", LocationID: "main",
		Options: local.ServerOptions{Host: "h", User: "other", Sources: []string{"/other"}},
	})
	if diags.HasError() {
		t.Fatal(diags)
	}
	if m.ID.ValueString() != "s" || m.Name.ValueString() != "planned" || !m.PolicyID.IsNull() || m.LocationID.ValueString() != "main" {
		t.Errorf("got %+v", m)
	}
	nested := m.Local.Attributes()
	for name, want := range map[string]string{"host": `"h"`, "user": `"planned"`, "sources": `["/a"]`, "exclude": "[]"} {
		if got := nested[name].String(); got != want {
			t.Errorf("local.%s is %s, want %s", name, got, want)
		}
	}
}

// TestServerOfBeforeRunners: what says nothing is run by the agent, and an import shows that.
func TestServerOfBeforeRunners(t *testing.T) {
	t.Parallel()
	null := types.ObjectNull(objectTypes(localServerSchema()))
	next, diags := localServerFromDomain(t.Context(), null, local.ServerOptions{Host: "h", User: "u", Sources: []string{"/a"}})
	if diags.HasError() {
		t.Fatal(diags)
	}
	if got := next.Attributes()["runner"].String(); got != `"agent"` {
		t.Errorf("runner is %s", got)
	}
}
