package provider

import (
	"path/filepath"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// deferredObjects are configurations of every managed resource: what is valid, and what a plan refuses that can
// ask the service.
func deferredObjects(t *testing.T, store *matrixStore, point string) map[string]deferral {
	t.Helper()
	server := must[backup.Point](t)(store.service.Point(t.Context(), point, backup.Cached)).ServerID
	const nosuch = "nosuch"
	archive := settings{"path": filepath.Join(store.dir, "web-1.tar.gz")}
	restore := settings{"local.target": filepath.Join(store.dir, "restored")}
	location := settings{"name": "offsite", "local.repository": filepath.Join(store.dir, "offsite")}
	policy := policyBase(settings{"name": "weekly"})
	host := settings{"name": "web-2", "local.sources": []any{store.dir}}
	return map[string]deferral{
		"serverbackup_policy":        {valid: policy, wrong: policy.with(settings{"default": true}), says: "does not support default"},
		"serverbackup_server":        {valid: host, wrong: host.with(settings{"instance_id": "i-1"}), says: "does not support instance_id"},
		"serverbackup_location":      {valid: location, wrong: location.with(settings{"default": true}), says: "does not support default"},
		"serverbackup_point":         {valid: settings{"server_id": server}, wrong: settings{"server_id": nosuch}, says: "Server Not Found"},
		"serverbackup_point_archive": {valid: archive.with(settings{"point_id": point}), wrong: archive.with(settings{"point_id": nosuch}), says: "Point Not Found"},
		"serverbackup_restore":       {valid: restore.with(settings{"point_id": point}), wrong: restore.with(settings{"point_id": nosuch}), says: "Point Not Found"},
	}
}

// Without a deferral the plan of a resource says nothing of what it cannot know.
func TestDeferralResources(t *testing.T) {
	t.Parallel()
	store, points, _ := restorable(t)
	deferrals{
		schemas: deferralSchemas(t).ResourceSchemas, service: store.service, deferred: true,
		rows: deferredObjects(t, store, points[0]),
		ask: func(t *testing.T, server tfprotov6.ProviderServer, name string, config *tfprotov6.DynamicValue, deferrable bool) (got heard) {
			t.Helper()
			valid := must[*tfprotov6.ValidateResourceConfigResponse](t)(server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: name, Config: config}))
			got.hear(valid.Diagnostics, nil)
			m := managedBy(t, server, name)
			wanted := m.unpack(config)
			planned := must[*tfprotov6.PlanResourceChangeResponse](t)(server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
				TypeName: name, Config: config, PriorState: packed(t, m.absent().state),
				ProposedNewState:   packed(t, proposedState(t, m.schema.Block.Attributes, m.absent().state, wanted)),
				ClientCapabilities: &tfprotov6.PlanResourceChangeClientCapabilities{DeferralAllowed: deferrable},
			}))
			got.hear(planned.Diagnostics, planned.Deferred)
			// Others use the id of what is deferred, which is not known, and is not null.
			if planned.PlannedState != nil && idOf(t, m.unpack(planned.PlannedState)).IsKnown() && name != "serverbackup_point_archive" {
				t.Error("the id is known before the object is there")
			}
			return got
		},
	}.run(t)
}

// TestDeferralOfObjects: what is in a state is read, destroyed and imported later, and stays as it is until then.
func TestDeferralOfObjects(t *testing.T) {
	t.Parallel()
	store, points, _ := restorable(t)
	for name, row := range deferredObjects(t, store, points[0]) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			known := newManaged(t, store.service, name)
			have := known.apply(known.absent(), row.valid)
			defer known.destroy(have)
			for _, deferrable := range []bool{false, true} {
				// A file and a restore that ended are looked at without the service.
				asks := name != "serverbackup_point_archive" && name != "serverbackup_restore"
				if private := expectDeferred(t, name, have, deferrable, deferrable && asks); string(private) != string(have.private) {
					t.Error("the refresh changed the private state")
				}
				if name == "serverbackup_restore" {
					running := membersOf(t, have.state)
					running["status"] = tftypes.NewValue(tftypes.String, string(backup.HistoryRunning))
					expectDeferred(t, name, object{state: tftypes.NewValue(known.kind, running), private: have.private}, deferrable, deferrable)
				}
				if have.identity != nil {
					expectDeferredImport(t, name, have, deferrable)
				}
			}
		})
	}
}

// expectDeferred refreshes an object and plans to destroy it, and returns its private state.
func expectDeferred(t *testing.T, name string, have object, deferrable, read bool) []byte {
	t.Helper()
	m := newManaged(t, nil, name)
	refreshed := must[*tfprotov6.ReadResourceResponse](t)(m.server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: name, CurrentState: packed(t, have.state), Private: have.private, CurrentIdentity: have.identity,
		ClientCapabilities: &tfprotov6.ReadResourceClientCapabilities{DeferralAllowed: deferrable},
	}))
	var got heard
	got.hear(refreshed.Diagnostics, refreshed.Deferred)
	if got.said.errors != "" || got.later != read {
		t.Errorf("refreshed with deferrals = %t: deferred is %t, %s", deferrable, got.later, got.said.errors)
	}
	if !m.unpack(refreshed.NewState).Equal(have.state) || (refreshed.NewIdentity == nil) != (have.identity == nil) {
		t.Error("the refresh changed what nobody looked at")
	}
	none := packed(t, m.absent().state)
	destroyed := must[*tfprotov6.PlanResourceChangeResponse](t)(m.server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: name, Config: none, PriorState: packed(t, have.state), ProposedNewState: none, PriorPrivate: have.private, PriorIdentity: have.identity,
		ClientCapabilities: &tfprotov6.PlanResourceChangeClientCapabilities{DeferralAllowed: deferrable},
	}))
	got = heard{}
	got.hear(destroyed.Diagnostics, destroyed.Deferred)
	if got.said.errors != "" || got.later != deferrable {
		t.Errorf("destroyed with deferrals = %t: deferred is %t, %s", deferrable, got.later, got.said.errors)
	}
	return refreshed.Private
}

// expectDeferredImport imports an object by its id and by its identity.
func expectDeferredImport(t *testing.T, name string, have object, deferrable bool) {
	t.Helper()
	m := newManaged(t, nil, name)
	var id string
	if err := idOf(t, have.state).As(&id); err != nil {
		t.Fatal(err)
	}
	for _, req := range []tfprotov6.ImportResourceStateRequest{{ID: id}, {Identity: have.identity}} {
		req.TypeName, req.ClientCapabilities = name, &tfprotov6.ImportResourceStateClientCapabilities{DeferralAllowed: deferrable}
		resp := must[*tfprotov6.ImportResourceStateResponse](t)(m.server.ImportResourceState(t.Context(), &req))
		var got heard
		got.hear(resp.Diagnostics, resp.Deferred)
		if !deferrable {
			got.said.matches(t, "imported", fails(notKnownYet))
			continue
		}
		if got.said.errors != "" || !got.later || len(resp.ImportedResources) != 1 || resp.ImportedResources[0].Identity == nil {
			t.Errorf("imported: deferred is %t, %v, %s", got.later, resp.ImportedResources, got.said.errors)
			continue
		}
		// CLIs read it at once.
		one := resp.ImportedResources[0]
		taken := object{state: m.unpack(one.State), private: one.Private, identity: one.Identity}
		if !idOf(t, taken.state).Equal(tftypes.NewValue(tftypes.String, id)) {
			t.Error("the id of what is imported is lost")
		}
		expectDeferred(t, name, taken, true, true)
	}
}
