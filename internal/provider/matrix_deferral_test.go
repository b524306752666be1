package provider

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// notKnownYet is said where nothing can be done without a service, and the CLI cannot come back later.
const notKnownYet = "Provider Configuration Not Known Yet.*read_cache of the provider configuration"

// emptyWindow ends before it begins.
var emptyWindow = settings{"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}

// deferral is one thing that is not a managed resource, with an unknown provider configuration and a known one.
type deferral struct {
	// valid has no error of its own.
	valid settings
	// capable is the service that has no error of its own; nil for that of the table.
	capable backup.Service
	// wrong is a mistake that is seen once there is a service, and says what is then said; empty for none.
	wrong settings
	says  string
}

// heard is what was said of a configuration before an apply, and whether the CLI is to come back later.
type heard struct {
	said  plan
	later bool
}

func (a *heard) hear(diagnostics []*tfprotov6.Diagnostic, deferred *tfprotov6.Deferred) {
	a.said.hear(diagnostics)
	a.later = a.later || deferred != nil && deferred.Reason == tfprotov6.DeferredReasonProviderConfigUnknown
}

// asks validates a configuration, and reads, opens, lists or plans with it.
type asks func(t *testing.T, server tfprotov6.ProviderServer, name string, config *tfprotov6.DynamicValue, deferrable bool) heard

// deferrals run a table of one kind of thing, which has to be complete.
type deferrals struct {
	schemas map[string]*tfprotov6.Schema
	service backup.Service
	rows    map[string]deferral
	ask     asks
	// unknown is what is said with an unknown provider configuration if the CLI cannot come back later, and
	// deferred whether one that can is told to.
	unknown  string
	deferred bool
}

func (d deferrals) run(t *testing.T) {
	t.Helper()
	names := slices.Sorted(maps.Keys(d.schemas))
	if rows := slices.Sorted(maps.Keys(d.rows)); !slices.Equal(names, rows) {
		t.Errorf("the provider has %q, and the table %q", names, rows)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row := d.rows[name]
			config := func(s settings) *tfprotov6.DynamicValue {
				return packed(t, valueOf(t, objectType(t, d.schemas[name]), s.tree()))
			}
			for _, s := range []settings{row.valid, row.wrong} {
				d.demand(t, "unknown", d.ask(t, inProcess(t, nil), name, config(s), false), d.unknown, false)
				if d.deferred {
					d.demand(t, "unknown, and the CLI can wait", d.ask(t, inProcess(t, nil), name, config(s), true), "", true)
				}
			}
			known, capable := inProcess(t, d.service), inProcess(t, d.service)
			if row.capable != nil {
				capable = inProcess(t, row.capable)
			}
			for _, deferrable := range []bool{false, true} {
				d.demand(t, "known", d.ask(t, capable, name, config(row.valid), deferrable), "", false)
				d.demand(t, "known, and wrong", d.ask(t, known, name, config(row.wrong), deferrable), row.says, false)
			}
		})
	}
}

// demand wants an error, or none, and a deferral, or none.
func (d deferrals) demand(t *testing.T, when string, got heard, says string, later bool) {
	t.Helper()
	want := nothing
	if says != "" {
		want = fails(says)
	}
	if got.said.errors == "" {
		got.said.action = nothing
	}
	got.said.matches(t, when, want)
	if got.later != later {
		t.Errorf("%s: deferred is %t", when, got.later)
	}
}

// deferralSchemas are those of a provider.
func deferralSchemas(t *testing.T) *tfprotov6.GetProviderSchemaResponse {
	t.Helper()
	return schemasOf(t, inProcess(t, nil))
}

func TestDeferralDataSources(t *testing.T) {
	t.Parallel()
	store, points, _ := restorable(t)
	policy := makePolicy(t, store.service, "nightly", nil)
	const nosuch = "nosuch"
	deferrals{
		schemas: deferralSchemas(t).DataSourceSchemas, service: store.service, unknown: notKnownYet, deferred: true,
		rows: map[string]deferral{
			"serverbackup_policies":  {wrong: settings{"default": true}, says: "does not support default"},
			"serverbackup_policy":    {valid: settings{"id": policy}, wrong: settings{"id": nosuch}, says: "Unable to Read Backup Policy.*nosuch"},
			"serverbackup_servers":   {wrong: settings{"location_id": nosuch}, says: "Location Not Found"},
			"serverbackup_server":    {valid: settings{"name": "web-1"}, wrong: settings{"instance_id": "i-1"}, says: "does not support instance_id"},
			"serverbackup_locations": {wrong: settings{"region": "eu"}, says: "has no regions. Leave region out"},
			"serverbackup_location":  {valid: settings{"id": "main"}, wrong: settings{"id": nosuch}, says: "Unable to Read Backup Location.*nosuch"},
			"serverbackup_points":    {wrong: emptyWindow, says: "Invalid Time Window"},
			"serverbackup_point":     {valid: settings{"id": points[0]}, wrong: settings{"id": nosuch}, says: "nosuch"},
			"serverbackup_history":   {wrong: emptyWindow, says: "Invalid Time Window"},
			// What is not there takes no space.
			"serverbackup_space_usage": {wrong: settings{"location_id": nosuch}},
			"serverbackup_regions":     {capable: newMatrixCenter(t).service(), says: "has no regions"},
		},
		ask: func(t *testing.T, server tfprotov6.ProviderServer, name string, config *tfprotov6.DynamicValue, deferrable bool) (got heard) {
			t.Helper()
			valid := must[*tfprotov6.ValidateDataResourceConfigResponse](t)(server.ValidateDataResourceConfig(t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{TypeName: name, Config: config}))
			got.hear(valid.Diagnostics, nil)
			read := must[*tfprotov6.ReadDataSourceResponse](t)(server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
				TypeName: name, Config: config, ClientCapabilities: &tfprotov6.ReadDataSourceClientCapabilities{DeferralAllowed: deferrable},
			}))
			got.hear(read.Diagnostics, read.Deferred)
			return got
		},
	}.run(t)
}

func TestDeferralEphemeralResources(t *testing.T) {
	t.Parallel()
	deferrals{
		schemas: deferralSchemas(t).EphemeralResourceSchemas, service: newFakeLinker(), unknown: notKnownYet, deferred: true,
		rows: map[string]deferral{
			"serverbackup_point_download": {valid: settings{"point_id": "point-0"}, wrong: settings{"point_id": "point-9"}, says: "There is no point point-9"},
		},
		ask: func(t *testing.T, server tfprotov6.ProviderServer, name string, config *tfprotov6.DynamicValue, deferrable bool) (got heard) {
			t.Helper()
			valid := must[*tfprotov6.ValidateEphemeralResourceConfigResponse](t)(server.ValidateEphemeralResourceConfig(t.Context(), &tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: name, Config: config}))
			got.hear(valid.Diagnostics, nil)
			opened := must[*tfprotov6.OpenEphemeralResourceResponse](t)(server.OpenEphemeralResource(t.Context(), &tfprotov6.OpenEphemeralResourceRequest{
				TypeName: name, Config: config, ClientCapabilities: &tfprotov6.OpenEphemeralResourceClientCapabilities{DeferralAllowed: deferrable},
			}))
			got.hear(opened.Diagnostics, opened.Deferred)
			return got
		},
	}.run(t)
}

// A query has no apply that it could wait for.
func TestDeferralListResources(t *testing.T) {
	t.Parallel()
	store, _, _ := restorable(t)
	const nosuch = "nosuch"
	deferrals{
		schemas: deferralSchemas(t).ListResourceSchemas, service: store.service, unknown: notKnownYet,
		rows: map[string]deferral{
			"serverbackup_policy":   {wrong: settings{"default": true}, says: "does not support default"},
			"serverbackup_server":   {wrong: settings{"location_id": nosuch}, says: "Location Not Found"},
			"serverbackup_location": {wrong: settings{"region": "eu"}, says: "has no regions. Leave region out"},
			"serverbackup_point":    {wrong: emptyWindow, says: "Invalid Time Window"},
		},
		ask: func(t *testing.T, server tfprotov6.ProviderServer, name string, config *tfprotov6.DynamicValue, _ bool) (got heard) {
			t.Helper()
			lists, ok := server.(tfprotov6.ListResourceServer)
			if !ok {
				t.Fatal("the provider has no list resources")
			}
			valid := must[*tfprotov6.ValidateListResourceConfigResponse](t)(lists.ValidateListResourceConfig(t.Context(), &tfprotov6.ValidateListResourceConfigRequest{TypeName: name, Config: config}))
			got.hear(valid.Diagnostics, nil)
			stream := must[*tfprotov6.ListResourceServerStream](t)(lists.ListResource(t.Context(), &tfprotov6.ListResourceRequest{TypeName: name, Config: config, Limit: 10}))
			for result := range stream.Results {
				got.hear(result.Diagnostics, nil)
			}
			return got
		},
	}.run(t)
}

// The plan of an action says nothing of what it cannot know: it is invoked in the apply, when all is known.
func TestDeferralActions(t *testing.T) {
	t.Parallel()
	store, points, _ := restorable(t)
	server := must[backup.Point](t)(store.service.Point(t.Context(), points[0], backup.Cached)).ServerID
	const nosuch = "nosuch"
	target := settings{"local.target": filepath.Join(store.dir, "restored")}
	deferrals{
		schemas: actionSchemas(t), service: store.service,
		rows: map[string]deferral{
			"serverbackup_backup_now":    {valid: settings{"server_id": server}, wrong: settings{"server_id": nosuch}, says: "Server Not Found"},
			"serverbackup_restore_point": {valid: target.with(settings{"point_id": points[0]}), wrong: target.with(settings{"point_id": nosuch}), says: "Point Not Found"},
			"serverbackup_verify_point":  {valid: settings{"point_id": points[0]}, wrong: settings{"point_id": nosuch}, says: "Backup Point Not Found"},
			"serverbackup_recover_point": {valid: settings{"point_id": points[0]}, wrong: settings{"point_id": nosuch}, says: "Backup Point Not Found"},
			// What is not there need not be deleted.
			"serverbackup_delete_points": {valid: settings{"ids": []any{points[0]}, "max": 1}, wrong: settings{"ids": []any{nosuch}, "max": 1}},
		},
		ask: func(t *testing.T, server tfprotov6.ProviderServer, name string, config *tfprotov6.DynamicValue, deferrable bool) (got heard) {
			t.Helper()
			actions, ok := server.(tfprotov6.ActionServer)
			if !ok {
				t.Fatal("the provider has no actions")
			}
			valid := must[*tfprotov6.ValidateActionConfigResponse](t)(actions.ValidateActionConfig(t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: name, Config: config}))
			got.hear(valid.Diagnostics, nil)
			planned := must[*tfprotov6.PlanActionResponse](t)(actions.PlanAction(t.Context(), &tfprotov6.PlanActionRequest{
				ActionType: name, Config: config, ClientCapabilities: &tfprotov6.PlanActionClientCapabilities{DeferralAllowed: deferrable},
			}))
			got.hear(planned.Diagnostics, planned.Deferred)
			return got
		},
	}.run(t)
}

func actionSchemas(t *testing.T) map[string]*tfprotov6.Schema {
	t.Helper()
	schemas := map[string]*tfprotov6.Schema{}
	for name, action := range deferralSchemas(t).ActionSchemas {
		schemas[name] = action.Schema
	}
	return schemas
}
