package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var _ datasource.DataSourceWithConfigure = (*locationsDataSource)(nil)

type locationsDataSource struct {
	withDataClient
}

func newLocationsDataSource() datasource.DataSource {
	return &locationsDataSource{}
}

type locationsModel struct {
	Name      types.String   `tfsdk:"name"`
	Region    types.String   `tfsdk:"region"`
	Default   types.Bool     `tfsdk:"default"`
	Locations []locationData `tfsdk:"locations"`
}

func (d *locationsDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = typeName + "_locations"
}

func (d *locationsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := locationFilterAttributes()
	attributes["locations"] = schema.ListNestedAttribute{
		Computed:            true,
		NestedObject:        schema.NestedAttributeObject{Attributes: locationDataAttributes()},
		MarkdownDescription: "The locations that all filters select, by name; empty if there are none.",
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists locations, with how full they are.",
		Attributes:          attributes,
	}
}

func (d *locationsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model locationsModel
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() || !d.awaits(req, resp) {
		return
	}
	service, ok := capability[backup.Locator](d.client, "List Backup Locations", lacksLocations, &resp.Diagnostics)
	if !ok {
		return
	}
	filter := locationFilter{Name: model.Name, Region: model.Region, Default: model.Default}
	report(ctx, &resp.Diagnostics, req.Config, filter.unsupported(ctx, service))
	if resp.Diagnostics.HasError() {
		return
	}
	found, _, err := locationLookup.sift(service.Locations(ctx), filter.match)
	if err != nil {
		unable(&resp.Diagnostics, "List Backup Locations", err)
		return
	}
	model.Locations = make([]locationData, len(found))
	for i, l := range found {
		model.Locations[i] = d.locationDataOf(ctx, l, &resp.Diagnostics)
	}
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(set(ctx, &resp.State, model)...)
	}
}
