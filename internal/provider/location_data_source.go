package provider

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var _ datasource.DataSourceWithConfigure = (*locationDataSource)(nil)

type locationDataSource struct {
	withDataClient
}

func newLocationDataSource() datasource.DataSource {
	return &locationDataSource{}
}

func (d *locationDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = typeName + "_location"
}

func (d *locationDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	argument := func(text string, more ...validator.String) schema.StringAttribute {
		return schema.StringAttribute{
			Optional:            true,
			Computed:            true,
			Validators:          append(more, stringvalidator.LengthAtLeast(1)),
			MarkdownDescription: text,
		}
	}
	attributes := locationDataAttributes()
	maps.Copy(attributes, map[string]schema.Attribute{
		"id": argument("Id of the location. As an argument: the one location with this id.", stringvalidator.ConflictsWith(
			path.MatchRoot("name"), path.MatchRoot("region"), path.MatchRoot("default"))),
		"name": argument("Name of the location. As an argument: the one location whose name contains this text, in upper or lower case; " +
			"of several, the one whose name is exactly this."),
		"region": argument("Id of the region that the location is in; null where the service has none, as on `local`. As an argument: the one location in this region."),
		"default": schema.BoolAttribute{
			Optional: true,
			Computed: true,
			MarkdownDescription: "Whether servers that name no location get this one; null where the service has no such thing. " +
				"As an argument: the one location that is the default, or that is not. Only on `vngcloud`.",
		},
	})
	resp.Schema = schema.Schema{
		MarkdownDescription: "One location with how full it is, found by its id or by filters. No match and several matches are errors that list what there is.",
		Attributes:          attributes,
	}
}

func (d *locationDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model locationData
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() || !d.awaits(req, resp) {
		return
	}
	service, ok := capability[backup.Locator](d.client, "Read Backup Location", lacksLocations, &resp.Diagnostics)
	if !ok {
		return
	}
	location, ok := findLocation(ctx, service, model, req.Config, &resp.Diagnostics)
	if !ok {
		return
	}
	data := d.locationDataOf(ctx, location, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(set(ctx, &resp.State, data)...)
	}
}

func findLocation(ctx context.Context, service backup.Locator, model locationData, config tfsdk.Config, diags *diag.Diagnostics) (backup.Location, bool) {
	if id := model.ID.ValueString(); id != "" {
		location, err := service.Location(ctx, id)
		if err != nil {
			unable(diags, "Read Backup Location", err)
		}
		return location, err == nil
	}
	filter := locationFilter{Name: model.Name, Region: model.Region, Default: model.Default}
	report(ctx, diags, config, filter.unsupported(ctx, service))
	if diags.HasError() {
		return backup.Location{}, false
	}
	found, all, err := locationLookup.sift(service.Locations(ctx), filter.match)
	if err != nil {
		unable(diags, "List Backup Locations", err)
		return backup.Location{}, false
	}
	return locationLookup.only(diags, filter.String(), model.Name.ValueString(), found, all)
}
