package provider

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// actionTest calls an action as a CLI does that has actions; that of the tests may be older.
type actionTest struct {
	t      *testing.T
	name   string
	server tfprotov6.ProviderServer
	calls  tfprotov6.ActionServer
	config tftypes.Object
}

// newActionTest configures a provider for a service. With nil, its configuration is not known yet.
func newActionTest(t *testing.T, name string, service backup.Service) *actionTest {
	t.Helper()
	p := &serverbackupProvider{version: "test", open: func(context.Context, providerModel, *diag.Diagnostics) backup.Service {
		return service
	}}
	server := newServer(p)
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	a := &actionTest{t: t, name: name, server: server, calls: server, config: objectType(t, schemas.ActionSchemas[name].Schema)}

	block := objectType(t, schemas.Provider)
	values := nulls(block)
	if service == nil {
		values["read_cache"] = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	}
	resp, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: a.dynamic(block, values)})
	if err != nil {
		t.Fatal(err)
	}
	if said := inLines(resp.Diagnostics); said != "" {
		t.Fatal(said)
	}
	return a
}

func objectType(t *testing.T, s *tfprotov6.Schema) tftypes.Object {
	t.Helper()
	object, ok := s.ValueType().(tftypes.Object)
	if !ok {
		t.Fatalf("the schema is no object but %s", s.ValueType())
	}
	return object
}

func nulls(object tftypes.Object) map[string]tftypes.Value {
	values := map[string]tftypes.Value{}
	for name, kind := range object.AttributeTypes {
		values[name] = tftypes.NewValue(kind, nil)
	}
	return values
}

func (a *actionTest) dynamic(object tftypes.Object, values map[string]tftypes.Value) *tfprotov6.DynamicValue {
	a.t.Helper()
	dynamic, err := tfprotov6.NewDynamicValue(object, tftypes.NewValue(object, values))
	if err != nil {
		a.t.Fatal(err)
	}
	return &dynamic
}

// configured is a configuration of the action; what it leaves out is null.
func (a *actionTest) configured(values map[string]tftypes.Value) *tfprotov6.DynamicValue {
	a.t.Helper()
	all := nulls(a.config)
	for name, value := range values {
		all[name] = value
	}
	return a.dynamic(a.config, all)
}

func (a *actionTest) validate(config *tfprotov6.DynamicValue) string {
	a.t.Helper()
	resp, err := a.calls.ValidateActionConfig(a.t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: a.name, Config: config})
	if err != nil {
		a.t.Fatal(err)
	}
	return inLines(resp.Diagnostics)
}

func (a *actionTest) plan(config *tfprotov6.DynamicValue) string {
	a.t.Helper()
	resp, err := a.calls.PlanAction(a.t.Context(), &tfprotov6.PlanActionRequest{ActionType: a.name, Config: config})
	if err != nil {
		a.t.Fatal(err)
	}
	return inLines(resp.Diagnostics)
}

// invoke returns what the action says while it runs, and the diagnostics that it ends with.
func (a *actionTest) invoke(config *tfprotov6.DynamicValue) (events []string, said string) {
	a.t.Helper()
	stream, err := a.calls.InvokeAction(a.t.Context(), &tfprotov6.InvokeActionRequest{ActionType: a.name, Config: config})
	if err != nil {
		a.t.Fatal(err)
	}
	completed := false
	for event := range stream.Events {
		switch e := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			events = append(events, e.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			completed, said = true, inLines(e.Diagnostics)
		}
	}
	if !completed {
		a.t.Error("the action did not complete")
	}
	return events, said
}

// interrupt does what Ctrl-C does to the provider.
func (a *actionTest) interrupt() {
	if _, err := a.server.StopProvider(context.Background(), &tfprotov6.StopProviderRequest{}); err != nil {
		a.t.Error(err)
	}
}

func inLines(diagnostics []*tfprotov6.Diagnostic) string {
	var lines []string
	for _, d := range diagnostics {
		lines = append(lines, fmt.Sprintf("%s: %s: %s", d.Severity, d.Summary, d.Detail))
	}
	return strings.Join(lines, "\n")
}
