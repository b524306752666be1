package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/action"
	actionschema "github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	datasourceschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	ephemeralschema "github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	resourceschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// tinyProvider declares one thing of each kind that a schema can hold.
type tinyProvider struct {
	provider.Provider
}

var (
	_ provider.ProviderWithActions            = tinyProvider{}
	_ provider.ProviderWithEphemeralResources = tinyProvider{}
	_ provider.ProviderWithFunctions          = tinyProvider{}
	_ provider.ProviderWithListResources      = tinyProvider{}
)

func (tinyProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "tiny"
}

func (tinyProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = providerschema.Schema{
		Attributes: map[string]providerschema.Attribute{
			"token": providerschema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: "Read from `TINY_TOKEN`."},
		},
	}
}

func (tinyProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return tinyResource{} }}
}

func (tinyProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return tinyDataSource{} }}
}

func (tinyProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{func() ephemeral.EphemeralResource { return tinyEphemeral{} }}
}

func (tinyProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{func() list.ListResource { return tinyList{} }}
}

func (tinyProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{func() action.Action { return tinyAction{} }}
}

func (tinyProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{func() function.Function { return tinyFunction{} }}
}

type tinyResource struct {
	resource.Resource
}

func (tinyResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "tiny_thing"
}

func (tinyResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = resourceschema.Schema{
		Version:             3,
		MarkdownDescription: "A *thing*, such as <this>.",
		Attributes: map[string]resourceschema.Attribute{
			"id":     resourceschema.StringAttribute{Computed: true, Description: "Plain text."},
			"any":    resourceschema.DynamicAttribute{Optional: true},
			"secret": resourceschema.StringAttribute{Optional: true, WriteOnly: true},
			"old":    resourceschema.BoolAttribute{Optional: true, Computed: true, DeprecationMessage: "Use new."},
			"sizes":  resourceschema.MapAttribute{Required: true, ElementType: types.SetType{ElemType: types.Int64Type}},
			"nested": resourceschema.SingleNestedAttribute{
				Optional: true,
				Attributes: map[string]resourceschema.Attribute{
					"name": resourceschema.StringAttribute{Required: true},
					"rows": resourceschema.ListNestedAttribute{
						Computed: true,
						NestedObject: resourceschema.NestedAttributeObject{
							Attributes: map[string]resourceschema.Attribute{
								"gb": resourceschema.Float64Attribute{Computed: true},
							},
						},
					},
				},
			},
			"by_name": resourceschema.MapNestedAttribute{
				Optional: true,
				NestedObject: resourceschema.NestedAttributeObject{
					Attributes: map[string]resourceschema.Attribute{
						"when": resourceschema.StringAttribute{Optional: true},
					},
				},
			},
			"rules": resourceschema.SetNestedAttribute{
				Optional: true,
				NestedObject: resourceschema.NestedAttributeObject{
					Attributes: map[string]resourceschema.Attribute{
						"rule": resourceschema.StringAttribute{Required: true},
					},
				},
			},
		},
		Blocks: map[string]resourceschema.Block{
			"limit": resourceschema.SingleNestedBlock{
				Attributes: map[string]resourceschema.Attribute{
					"max": resourceschema.NumberAttribute{Optional: true},
				},
			},
			"step": resourceschema.ListNestedBlock{
				NestedObject: resourceschema.NestedBlockObject{
					Blocks: map[string]resourceschema.Block{
						"label": resourceschema.SetNestedBlock{},
					},
				},
			},
		},
	}
}

func (tinyResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"id":    identityschema.StringAttribute{RequiredForImport: true, Description: "Which thing."},
			"scope": identityschema.StringAttribute{OptionalForImport: true},
		},
	}
}

type tinyDataSource struct {
	datasource.DataSource
}

func (tinyDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "tiny_things"
}

func (tinyDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = datasourceschema.Schema{
		Attributes: map[string]datasourceschema.Attribute{
			"ids": datasourceschema.ListAttribute{Computed: true, ElementType: types.StringType},
		},
	}
}

type tinyEphemeral struct {
	ephemeral.EphemeralResource
}

func (tinyEphemeral) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = "tiny_link"
}

func (tinyEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = ephemeralschema.Schema{
		Attributes: map[string]ephemeralschema.Attribute{
			"url": ephemeralschema.StringAttribute{Computed: true},
		},
	}
}

type tinyList struct {
	list.ListResource
}

func (tinyList) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "tiny_thing"
}

func (tinyList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{
		Attributes: map[string]listschema.Attribute{
			"name": listschema.StringAttribute{Optional: true},
		},
	}
}

type tinyAction struct {
	action.Action
}

func (tinyAction) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = "tiny_do"
}

func (tinyAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = actionschema.Schema{
		MarkdownDescription: "Does it.",
		Attributes: map[string]actionschema.Attribute{
			"id": actionschema.StringAttribute{Required: true},
		},
	}
}

type tinyFunction struct {
	function.Function
}

func (tinyFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "join"
}

func (tinyFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:             "Joins.",
		MarkdownDescription: "Joins *words*.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "separator", Description: "Goes between.", AllowNullValue: true},
		},
		VariadicParameter: function.StringParameter{Name: "words"},
		Return:            function.StringReturn{},
	}
}
