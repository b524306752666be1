package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ datasource.DataSourceWithConfigure = (*policiesDataSource)(nil)

type policiesDataSource struct {
	withDataClient
}

func newPoliciesDataSource() datasource.DataSource {
	return &policiesDataSource{}
}

type policiesModel struct {
	Name     types.String `tfsdk:"name"`
	Default  types.Bool   `tfsdk:"default"`
	Policies []policyData `tfsdk:"policies"`
}

func (d *policiesDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = typeName + "_policies"
}

func (d *policiesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := policyFilterAttributes()
	attributes["policies"] = schema.ListNestedAttribute{
		Computed:            true,
		NestedObject:        schema.NestedAttributeObject{Attributes: policyDataAttributes()},
		MarkdownDescription: "The policies that all filters select, by name; empty if there are none.",
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists backup policies.",
		Attributes:          attributes,
	}
}

func (d *policiesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model policiesModel
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() || !d.awaits(req, resp) {
		return
	}
	filter := policyFilter{Name: model.Name, Default: model.Default}
	report(ctx, &resp.Diagnostics, req.Config, filter.unsupported(ctx, d.service))
	if resp.Diagnostics.HasError() {
		return
	}
	found, _, err := policyLookup.sift(d.service.Policies(ctx), filter.match)
	if err != nil {
		unable(&resp.Diagnostics, "List Backup Policies", err)
		return
	}
	model.Policies = make([]policyData, len(found))
	for i, p := range found {
		data, diags := newPolicyData(ctx, p)
		resp.Diagnostics.Append(diags...)
		model.Policies[i] = data
	}
	resp.Diagnostics.Append(set(ctx, &resp.State, model)...)
}
