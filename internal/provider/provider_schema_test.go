package provider

import (
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// TestSchemas lets the framework look for mistakes in every schema.
func TestSchemas(t *testing.T) {
	t.Parallel()
	p := New("test")()
	var providerSchema provider.SchemaResponse
	p.Schema(t.Context(), provider.SchemaRequest{}, &providerSchema)
	if diags := providerSchema.Schema.ValidateImplementation(t.Context()); diags.HasError() {
		t.Error(diags)
	}
	for _, newOne := range p.Resources(t.Context()) {
		var resp resource.SchemaResponse
		newOne().Schema(t.Context(), resource.SchemaRequest{}, &resp)
		if diags := resp.Schema.ValidateImplementation(t.Context()); diags.HasError() {
			t.Errorf("%T: %v", newOne(), diags)
		}
	}
	for _, newOne := range p.DataSources(t.Context()) {
		var resp datasource.SchemaResponse
		newOne().Schema(t.Context(), datasource.SchemaRequest{}, &resp)
		if diags := resp.Schema.ValidateImplementation(t.Context()); diags.HasError() {
			t.Errorf("%T: %v", newOne(), diags)
		}
	}
}

// TestActionSchemas does the same for actions.
func TestActionSchemas(t *testing.T) {
	t.Parallel()
	p := &serverbackupProvider{}
	for _, newOne := range p.Actions(t.Context()) {
		var resp action.SchemaResponse
		newOne().Schema(t.Context(), action.SchemaRequest{}, &resp)
		if diags := resp.Schema.ValidateImplementation(t.Context()); diags.HasError() {
			t.Errorf("%T: %v", newOne(), diags)
		}
	}
}

// TestDescriptions: every attribute is described, since the documentation is made from the schema.
func TestDescriptions(t *testing.T) {
	t.Parallel()
	server := NewServer("test")
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	describe := func(name string, s *tfprotov6.Schema) {
		if s.Block.Description == "" {
			t.Errorf("%s has no description", name)
		}
		undescribed(t, name, s.Block.Attributes)
	}
	describe("provider", schemas.Provider)
	for name, s := range schemas.ResourceSchemas {
		describe("resource "+name, s)
	}
	for name, s := range schemas.DataSourceSchemas {
		describe("data source "+name, s)
	}
	for name, s := range schemas.ActionSchemas {
		describe("action "+name, s.Schema)
	}
}

func undescribed(t *testing.T, prefix string, attributes []*tfprotov6.SchemaAttribute) {
	t.Helper()
	for _, a := range attributes {
		name := prefix + "." + a.Name
		if a.Description == "" {
			t.Errorf("%s has no description", name)
		}
		if a.NestedType != nil {
			undescribed(t, name, a.NestedType.Attributes)
		}
	}
}

// TestEveryResourceCanBeImported and says whose it is, except for what nothing can be said of that
// Terraform has not made itself.
func TestEveryResourceCanBeImported(t *testing.T) {
	t.Parallel()
	for _, newOne := range New("test")().Resources(t.Context()) {
		r := newOne()
		switch r.(type) {
		case *archiveResource, *restoreResource:
			continue
		}
		if _, ok := r.(resource.ResourceWithIdentity); !ok {
			t.Errorf("%s has no identity", reflect.TypeOf(r))
		}
		if _, ok := r.(resource.ResourceWithImportState); !ok {
			t.Errorf("%s cannot be imported", reflect.TypeOf(r))
		}
	}
}
