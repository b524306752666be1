package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var _ datasource.DataSourceWithConfigure = (*regionsDataSource)(nil)

// regionsDataSource lists where a location may be.
type regionsDataSource struct {
	withDataClient
}

func newRegionsDataSource() datasource.DataSource {
	return &regionsDataSource{}
}

type regionsModel struct {
	Regions []regionData `tfsdk:"regions"`
}

type regionData struct {
	ID   types.String `tfsdk:"id"`
	Name types.String `tfsdk:"name"`
}

func (d *regionsDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = typeName + "_regions"
}

func (d *regionsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the regions that a location may be in. Services whose locations are in no region of their own, such as `local`, refuse it.",
		Attributes: map[string]schema.Attribute{
			"regions": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The regions, by name.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":   schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the region."},
					"name": schema.StringAttribute{Computed: true, MarkdownDescription: "Name of the region; null where the service does not say."},
				}},
			},
		},
	}
}

func (d *regionsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	if !d.awaits(req, resp) {
		return
	}
	service, ok := capability[backup.RegionLister](d.client, "List Regions", "has no regions to choose from for a location", &resp.Diagnostics)
	if !ok {
		return
	}
	all := func(backup.Region) bool { return true }
	found, _, err := regionLookup.sift(service.Regions(ctx), all)
	if err != nil {
		unable(&resp.Diagnostics, "List Regions", err)
		return
	}
	model := regionsModel{Regions: make([]regionData, len(found))}
	for i, r := range found {
		model.Regions[i] = regionData{ID: types.StringValue(r.ID), Name: stringOrNull(r.Name)}
	}
	resp.Diagnostics.Append(set(ctx, &resp.State, model)...)
}

// regionLookup is how regions are listed.
var regionLookup = lookup[backup.Region]{
	one: "Region", many: "Regions",
	label: func(r backup.Region) (string, string) { return r.Name, r.ID },
}
