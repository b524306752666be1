package provider

import (
	"context"
	"fmt"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

var _ provider.ProviderWithListResources = (*serverbackupProvider)(nil)

// ListResources are the managed objects that "terraform query" finds, which are those with an identity.
func (p *serverbackupProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		newPolicyList,
		newServerList,
		newLocationList,
		newPointList,
	}
}

// listing turns objects of a service into results of a query.
type listing[T any] struct {
	*client
	// action completes "Unable to".
	action string
	label  func(T) (name, id string)
	// show puts an object into its resource, all attributes of which are null, as an import does.
	show func(ctx context.Context, object T, resource *tfsdk.Resource) diag.Diagnostics
}

// results stops at the first error, as lists of services do.
func (l listing[T]) results(ctx context.Context, req list.ListRequest, rows iter.Seq2[T, error]) iter.Seq[list.ListResult] {
	return func(push func(list.ListResult) bool) {
		fail := func(action string, err error) {
			var failed list.ListResult
			unable(&failed.Diagnostics, action, err)
			push(failed)
		}
		scope, err := l.service.Scope(ctx)
		if err != nil {
			fail("Identify the Backup Store", err)
			return
		}
		pushed := int64(0)
		for row, err := range rows {
			if err != nil {
				fail(l.action, err)
				return
			}
			if req.Limit > 0 && pushed == req.Limit {
				return
			}
			name, id := l.label(row)
			result := req.NewListResult(ctx)
			result.DisplayName = orElse(name, id)
			result.Diagnostics.Append(result.Identity.Set(ctx, identityModel{ID: types.StringValue(id), Scope: types.StringValue(scopeString(scope))})...)
			if req.IncludeResource {
				result.Resource.Raw = nullAttributes(ctx, result.Resource)
				result.Diagnostics.Append(l.show(ctx, row, result.Resource)...)
			}
			if !push(result) || result.Diagnostics.HasError() {
				return
			}
			pushed++
		}
	}
}

// nullAttributes is an object of a resource in which every attribute is null: what an import starts with.
func nullAttributes(ctx context.Context, resource *tfsdk.Resource) tftypes.Value {
	kind := resource.Schema.Type().TerraformType(ctx)
	object, ok := kind.(tftypes.Object)
	if !ok {
		return tftypes.NewValue(kind, nil)
	}
	values := make(map[string]tftypes.Value, len(object.AttributeTypes))
	for name, attribute := range object.AttributeTypes {
		values[name] = tftypes.NewValue(attribute, nil)
	}
	return tftypes.NewValue(object, values)
}

// listAttributes are arguments of a data source as a list resource has them. The framework has types of their
// own for them.
func listAttributes(from map[string]schema.Attribute) map[string]listschema.Attribute {
	attributes := make(map[string]listschema.Attribute, len(from))
	for name, attribute := range from {
		switch a := attribute.(type) {
		case schema.StringAttribute:
			attributes[name] = listschema.StringAttribute{CustomType: a.CustomType, Optional: true, Validators: a.Validators, MarkdownDescription: a.MarkdownDescription}
		case schema.BoolAttribute:
			attributes[name] = listschema.BoolAttribute{Optional: true, Validators: a.Validators, MarkdownDescription: a.MarkdownDescription}
		case schema.MapAttribute:
			attributes[name] = listschema.MapAttribute{ElementType: a.ElementType, Optional: true, Validators: a.Validators, MarkdownDescription: a.MarkdownDescription}
		default:
			// Every test that starts the provider finds it.
			panic(fmt.Sprintf("listAttributes does not know %T", a))
		}
	}
	return attributes
}
