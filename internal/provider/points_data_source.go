package provider

import (
	"context"
	"maps"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var _ datasource.DataSourceWithConfigure = (*pointsDataSource)(nil)

// pointsDataSource lists points.
type pointsDataSource struct {
	withDataClient
}

func newPointsDataSource() datasource.DataSource {
	return &pointsDataSource{}
}

type pointsModel struct {
	pointFilterModel
	rowsModel
	Points []pointElement `tfsdk:"points"`
}

func (d *pointsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_points"
}

func (d *pointsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := pointFilterAttributes()
	maps.Copy(attributes, rowsAttributes("points"))
	attributes["points"] = schema.ListNestedAttribute{
		Computed:            true,
		NestedObject:        schema.NestedAttributeObject{Attributes: pointElementAttributes()},
		MarkdownDescription: "The points, newest first.",
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists points, whoever asked for them. All filters must match; a point whose own value is unknown matches no filter.",
		Attributes:          attributes,
	}
}

func (d *pointsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model pointsModel
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() || !d.awaits(req, resp) {
		return
	}
	defer d.notices(&resp.Diagnostics)
	filter := model.toDomain(time.Now(), &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	list := d.service.Points(ctx, filter)
	if model.matchesNothing() {
		list = func(func(backup.Point, error) bool) {}
	}
	points, err := collect(&model.rowsModel, "points", len(filter.IDs), list, pointElementOf, &resp.Diagnostics)
	if err != nil {
		unable(&resp.Diagnostics, "List Backup Points", err)
		return
	}
	model.Points = points
	resp.Diagnostics.Append(set(ctx, &resp.State, &model)...)
}
