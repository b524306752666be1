package provider

import (
	"context"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// What a plan does.
const (
	nothing  = "nothing"
	creates  = "create"
	updates  = "update"
	replaces = "replace"
)

// schemas are those of the provider, which take long to describe.
var schemas struct {
	once sync.Once
	resp *tfprotov6.GetProviderSchemaResponse
	err  error
}

func schemasOf(t *testing.T, server tfprotov6.ProviderServer) *tfprotov6.GetProviderSchemaResponse {
	t.Helper()
	schemas.once.Do(func() {
		schemas.resp, schemas.err = server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	})
	if schemas.err != nil {
		t.Fatal(schemas.err)
	}
	return schemas.resp
}

// inProcess is a configured provider without a CLI. With nil for the service, its configuration is not known yet.
func inProcess(t *testing.T, service backup.Service) tfprotov6.ProviderServer {
	t.Helper()
	p := &serverbackupProvider{version: "test", open: func(context.Context, providerModel, *diag.Diagnostics) backup.Service {
		return service
	}}
	server := newServer(p)
	config := map[string]any{}
	if service == nil {
		config["read_cache"] = laterKnown{}
	}
	block := valueOf(t, objectType(t, schemasOf(t, server).Provider), config)
	resp, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: packed(t, block)})
	if err != nil {
		t.Fatal(err)
	}
	if said := inLines(resp.Diagnostics); said != "" {
		t.Fatal(said)
	}
	return server
}

func packed(t *testing.T, v tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	dynamic, err := tfprotov6.NewDynamicValue(v.Type(), v)
	if err != nil {
		t.Fatal(err)
	}
	return &dynamic
}

// managed is one type of resource of a provider, which it is driven through as a CLI does it.
type managed struct {
	t      *testing.T
	name   string
	server tfprotov6.ProviderServer
	schema *tfprotov6.Schema
	kind   tftypes.Object
}

func newManaged(t *testing.T, service backup.Service, name string) *managed {
	t.Helper()
	return managedBy(t, inProcess(t, service), name)
}

func managedBy(t *testing.T, server tfprotov6.ProviderServer, name string) *managed {
	t.Helper()
	schema := schemasOf(t, server).ResourceSchemas[name]
	if schema == nil {
		t.Fatalf("there is no resource %s", name)
	}
	return &managed{t: t, name: name, server: server, schema: schema, kind: objectType(t, schema)}
}

// object is what a CLI keeps of a resource.
type object struct {
	state    tftypes.Value
	private  []byte
	identity *tfprotov6.ResourceIdentityData
}

// absent is a resource that is not there.
func (m *managed) absent() object { return object{state: tftypes.NewValue(m.kind, nil)} }

func (m *managed) unpack(v *tfprotov6.DynamicValue) tftypes.Value {
	m.t.Helper()
	value, err := v.Unmarshal(m.kind)
	if err != nil {
		m.t.Fatal(err)
	}
	return value
}

// plan is what the provider wants to do, or the errors that keep it from that.
type plan struct {
	action string
	// errors is empty for a plan that can be applied; warnings is what was said beside them.
	errors, warnings string
	config, state    tftypes.Value
	private          []byte
	identity         *tfprotov6.ResourceIdentityData
}

func (p *plan) hear(diagnostics []*tfprotov6.Diagnostic) bool {
	for _, d := range diagnostics {
		line := inLines([]*tfprotov6.Diagnostic{d}) + "\n"
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			p.errors += line
		} else {
			p.warnings += line
		}
	}
	return p.errors == ""
}

// plan validates and plans; a replacement is planned twice, as CLIs do.
func (m *managed) plan(prior object, s settings) plan {
	m.t.Helper()
	p := plan{config: valueOf(m.t, m.kind, s.tree())}
	valid, err := m.server.ValidateResourceConfig(m.t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: m.name, Config: packed(m.t, p.config),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	if err != nil {
		m.t.Fatal(err)
	}
	if !p.hear(valid.Diagnostics) {
		return p
	}
	paths := m.planOnce(&p, prior)
	switch {
	case p.errors != "":
	case prior.state.IsNull():
		p.action = creates
	case m.replaced(prior.state, p.state, paths):
		m.planOnce(&p, object{state: m.absent().state, private: p.private})
		p.action = replaces
	case p.state.Equal(prior.state):
		p.action = nothing
	default:
		p.action = updates
	}
	return p
}

func (m *managed) planOnce(p *plan, prior object) []*tftypes.AttributePath {
	m.t.Helper()
	resp, err := m.server.PlanResourceChange(m.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: m.name, Config: packed(m.t, p.config), PriorState: packed(m.t, prior.state),
		ProposedNewState: packed(m.t, proposedState(m.t, m.schema.Block.Attributes, prior.state, p.config)),
		PriorPrivate:     prior.private, PriorIdentity: prior.identity,
	})
	if err != nil {
		m.t.Fatal(err)
	}
	if !p.hear(resp.Diagnostics) {
		return nil
	}
	p.state, p.private, p.identity = m.unpack(resp.PlannedState), resp.PlannedPrivate, resp.PlannedIdentity
	m.holdsConfig(m.schema.Block.Attributes, p.config, prior.state, p.state)
	return resp.RequiresReplace
}

// holdsConfig checks what a CLI demands of a plan: that it is as configured, or else as it was.
func (m *managed) holdsConfig(attributes []*tfprotov6.SchemaAttribute, config, prior, planned tftypes.Value) {
	m.t.Helper()
	configured, had, will := membersOf(m.t, config), membersOf(m.t, prior), membersOf(m.t, planned)
	for _, a := range attributes {
		given, before, then := configured[a.Name], had[a.Name], will[a.Name]
		switch {
		case a.WriteOnly:
			if !then.IsNull() {
				m.t.Errorf("the write-only %s is in the plan", a.Name)
			}
		case a.Computed && given.IsNull(), then.Equal(given), then.Equal(before):
		case a.NestedType != nil && !given.IsNull() && given.IsKnown() && !then.IsNull():
			m.holdsConfig(a.NestedType.Attributes, given, before, then)
		default:
			m.t.Errorf("%s is planned as %v, but is configured as %v and was %v", a.Name, then, given, before)
		}
	}
}

// replaced says whether any of the paths that ask for a replacement changes.
func (m *managed) replaced(prior, planned tftypes.Value, paths []*tftypes.AttributePath) bool {
	for _, path := range paths {
		had, _, err1 := tftypes.WalkAttributePath(prior, path)
		will, _, err2 := tftypes.WalkAttributePath(planned, path)
		before, ok1 := had.(tftypes.Value)
		after, ok2 := will.(tftypes.Value)
		if err1 != nil || err2 != nil || !ok1 || !ok2 || !before.Equal(after) || !after.IsFullyKnown() {
			return true
		}
	}
	return false
}

// apply does what was planned, and checks that it became what was planned.
func (m *managed) apply(prior object, s settings) object {
	m.t.Helper()
	p := m.plan(prior, s)
	if p.action == replaces {
		m.destroy(prior)
		prior = m.absent()
		p = m.plan(prior, s)
	}
	if p.errors != "" {
		m.t.Fatalf("not planned: %s", p.errors)
	}
	resp, err := m.server.ApplyResourceChange(m.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: m.name, Config: packed(m.t, p.config), PriorState: packed(m.t, prior.state),
		PlannedState: packed(m.t, p.state), PlannedPrivate: p.private, PlannedIdentity: p.identity,
	})
	if err != nil {
		m.t.Fatal(err)
	}
	if !p.hear(resp.Diagnostics) {
		m.t.Fatalf("not applied: %s", p.errors)
	}
	next := object{state: m.unpack(resp.NewState), private: resp.Private, identity: resp.NewIdentity}
	for _, broken := range unkept(p.state, next.state) {
		m.t.Errorf("after the apply: %s", broken)
	}
	return next
}

func (m *managed) destroy(o object) {
	m.t.Helper()
	none := packed(m.t, m.absent().state)
	planned, err := m.server.PlanResourceChange(m.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: m.name, Config: none, PriorState: packed(m.t, o.state), ProposedNewState: none, PriorPrivate: o.private, PriorIdentity: o.identity,
	})
	if err != nil {
		m.t.Fatal(err)
	}
	var p plan
	if !p.hear(planned.Diagnostics) {
		m.t.Fatalf("the destroy is not planned: %s", p.errors)
	}
	resp, err := m.server.ApplyResourceChange(m.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: m.name, Config: none, PriorState: packed(m.t, o.state), PlannedState: planned.PlannedState,
		PlannedPrivate: planned.PlannedPrivate, PlannedIdentity: planned.PlannedIdentity,
	})
	if err != nil {
		m.t.Fatal(err)
	}
	if !p.hear(resp.Diagnostics) {
		m.t.Fatalf("not destroyed: %s", p.errors)
	}
}

// refresh looks what became of an object.
func (m *managed) refresh(o object) object {
	m.t.Helper()
	resp, err := m.server.ReadResource(m.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: m.name, CurrentState: packed(m.t, o.state), Private: o.private, CurrentIdentity: o.identity,
	})
	if err != nil {
		m.t.Fatal(err)
	}
	var p plan
	if !p.hear(resp.Diagnostics) {
		m.t.Fatalf("not refreshed: %s", p.errors)
	}
	return object{state: m.unpack(resp.NewState), private: resp.Private, identity: resp.NewIdentity}
}

// imported is an object of the state as an import by its id has it.
func (m *managed) imported(o object) object {
	m.t.Helper()
	var id string
	if err := idOf(m.t, o.state).As(&id); err != nil {
		m.t.Fatal(err)
	}
	resp, err := m.server.ImportResourceState(m.t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: m.name, ID: id})
	if err != nil {
		m.t.Fatal(err)
	}
	if said := inLines(resp.Diagnostics); said != "" || len(resp.ImportedResources) != 1 {
		m.t.Fatalf("not imported: %s", said)
	}
	one := resp.ImportedResources[0]
	return m.refresh(object{state: m.unpack(one.State), private: one.Private, identity: one.Identity})
}
