package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ datasource.DataSourceWithConfigure = (*serversDataSource)(nil)

type serversDataSource struct {
	withDataClient
}

func newServersDataSource() datasource.DataSource {
	return &serversDataSource{}
}

type serversModel struct {
	Name       types.String `tfsdk:"name"`
	InstanceID types.String `tfsdk:"instance_id"`
	PolicyID   types.String `tfsdk:"policy_id"`
	LocationID types.String `tfsdk:"location_id"`
	Servers    []serverData `tfsdk:"servers"`
}

func (d *serversDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = typeName + "_servers"
}

func (d *serversDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := serverFilterAttributes()
	attributes["servers"] = schema.ListNestedAttribute{
		Computed:            true,
		NestedObject:        schema.NestedAttributeObject{Attributes: serverDataAttributes()},
		MarkdownDescription: "The servers that all filters select, by name; empty if there are none.",
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists servers with the state of their backups, so that one `check` can watch a fleet.",
		Attributes:          attributes,
	}
}

func (d *serversDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model serversModel
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() || !d.awaits(req, resp) {
		return
	}
	filter := serverFilter{Name: model.Name, InstanceID: model.InstanceID, PolicyID: model.PolicyID, LocationID: model.LocationID}
	report(ctx, &resp.Diagnostics, req.Config, filter.unsupported(ctx, d.service))
	if resp.Diagnostics.HasError() {
		return
	}
	found, _, err := serverLookup.sift(d.service.Servers(ctx), filter.match)
	if err != nil {
		unable(&resp.Diagnostics, "List Backup Servers", err)
		return
	}
	model.Servers = make([]serverData, len(found))
	for i, s := range found {
		model.Servers[i] = newServerData(s)
	}
	resp.Diagnostics.Append(set(ctx, &resp.State, model)...)
}
