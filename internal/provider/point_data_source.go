package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var _ datasource.DataSourceWithConfigure = (*pointDataSource)(nil)

// pointDataSource finds one point.
type pointDataSource struct {
	withDataClient
}

func newPointDataSource() datasource.DataSource {
	return &pointDataSource{}
}

// pointDataModel keeps the point apart from the filters, since a filter such as status is not the
// value that was found.
type pointDataModel struct {
	ID         types.String `tfsdk:"id"`
	MostRecent types.Bool   `tfsdk:"most_recent"`
	pointFilterModel
	Point   *pointElement   `tfsdk:"point"`
	Volumes []volumeElement `tfsdk:"volumes"`
}

func (d *pointDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_point"
}

func (d *pointDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := pointFilterAttributes()
	attributes["status"] = statusFilterOfOne()
	attributes["most_recent"] = schema.BoolAttribute{
		Optional:            true,
		MarkdownDescription: "Whether to take the newest point if several match; default `false`, which makes that an error.",
	}
	filters := slices.Sorted(maps.Keys(attributes))
	attributes["id"] = schema.StringAttribute{
		Optional: true, Computed: true,
		Validators:          []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.ConflictsWith(rootExpressions(filters)...)},
		MarkdownDescription: "Id of the point. Write either this, or filters that match one point.",
	}
	attributes["point"] = schema.SingleNestedAttribute{
		Computed:            true,
		Attributes:          pointElementAttributes(),
		MarkdownDescription: "The point.",
	}
	attributes["volumes"] = volumesAttribute()
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds one point, by its id or by filters, with its volumes: the slices of it for each disk or source.",
		Attributes:          attributes,
	}
}

func statusFilterOfOne() schema.Attribute {
	attribute := pointFilterAttributes()["status"]
	if set, ok := attribute.(schema.SetAttribute); ok {
		set.MarkdownDescription += " Default `[\"available\"]`."
		return set
	}
	return attribute
}

func rootExpressions(names []string) []path.Expression {
	out := make([]path.Expression, len(names))
	for i, name := range names {
		out[i] = path.MatchRoot(name)
	}
	return out
}

func (d *pointDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model pointDataModel
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() || !d.awaits(req, resp) {
		return
	}
	defer d.notices(&resp.Diagnostics)
	id := model.ID.ValueString()
	if id == "" {
		id = d.find(ctx, model, &resp.Diagnostics)
		if resp.Diagnostics.HasError() {
			return
		}
	}
	// A list, which may answer a cached read, shows no volumes.
	point, err := d.service.Point(ctx, id, backup.Fresh)
	if err != nil {
		unable(&resp.Diagnostics, "Read Backup Point "+id, err)
		return
	}
	element := pointElementOf(point)
	model.ID, model.Point, model.Volumes = element.ID, &element, volumeElementsOf(point.Volumes)
	resp.Diagnostics.Append(set(ctx, &resp.State, &model)...)
}

// find returns the id of the one point that the filters select. It reads no more of the list than
// it takes to know.
func (d *pointDataSource) find(ctx context.Context, model pointDataModel, diags *diag.Diagnostics) string {
	const shown = 5
	filter := model.toDomain(time.Now(), diags)
	if diags.HasError() {
		return ""
	}
	if model.Status.IsNull() {
		filter.Status = []backup.Status{backup.StatusAvailable}
	}
	var found []string
	if !model.matchesNothing() {
		for p, err := range d.service.Points(ctx, filter) {
			if err != nil {
				unable(diags, "Find Backup Point", err)
				return ""
			}
			if found = append(found, p.ID); model.MostRecent.ValueBool() || len(found) > shown {
				break
			}
		}
	}
	switch {
	case len(found) == 0:
		diags.AddError("Backup Point Not Found", "No point matches "+describePointFilter(filter)+". Change the filters; the data source serverbackup_points lists what there is.")
	case len(found) > shown:
		found[shown] = "and others"
		fallthrough
	case len(found) > 1:
		diags.AddError("Several Backup Points Found", fmt.Sprintf(
			"More than one point matches %s, the newest first: %s. Narrow the filters, or write most_recent = true to take the newest.",
			describePointFilter(filter), strings.Join(found, ", ")))
	default:
		return found[0]
	}
	return ""
}
