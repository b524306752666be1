package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var _ datasource.DataSourceWithConfigure = (*spaceUsageDataSource)(nil)

// spaceUsageDataSource reports what points cost in space.
type spaceUsageDataSource struct {
	withDataClient
}

func newSpaceUsageDataSource() datasource.DataSource {
	return &spaceUsageDataSource{}
}

func (d *spaceUsageDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_space_usage"
}

func (d *spaceUsageDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"server_ids": schema.SetAttribute{
			ElementType: types.StringType, Optional: true,
			Validators:          []validator.Set{setvalidator.SizeAtLeast(1)},
			MarkdownDescription: "Only the servers with these ids; default all.",
		},
		"location_id": schema.StringAttribute{
			Optional:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Only the location with this id; default all.",
		},
		"servers": schema.ListNestedAttribute{
			Computed:            true,
			NestedObject:        schema.NestedAttributeObject{Attributes: serverUsageAttributes()},
			MarkdownDescription: "The servers, by name.",
		},
		"total_gb": schema.Float64Attribute{
			Computed:            true,
			MarkdownDescription: "`total_bytes` in GB of 2^30 bytes, rounded to three decimals.",
		},
		"note": schema.StringAttribute{Computed: true, MarkdownDescription: "What the figures do not show; null if nothing."},
	}
	for name, text := range map[string]string{
		"total_bytes":  "Sum of `size_bytes` of all `servers`, in bytes.",
		"stored_bytes": "Measured size of the store, in bytes; null where it cannot be measured.",
		"quota_bytes":  "What the store may hold, in bytes; null where there is no limit or the service does not say.",
		"used_bytes":   "What counts against the quota, in bytes; null where the service does not say.",
	} {
		attributes[name] = schema.Int64Attribute{Computed: true, MarkdownDescription: text}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reports what the points of each server cost in space.",
		Attributes:          attributes,
	}
}

func serverUsageAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{
		"server_id":   schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the server."},
		"server_name": schema.StringAttribute{Computed: true, MarkdownDescription: "Name of the server; null where the service does not say."},
		"size_gb":     schema.Float64Attribute{Computed: true, MarkdownDescription: pointFactTexts["size_gb"]},
	}
	for name, text := range map[string]string{
		"points":             "Number of its points.",
		"size_bytes":         "Sum of the sizes of its points in bytes, as the service counts them.",
		"soft_deleted_bytes": "Size of its points that are deleted but can be recovered, in bytes; null where the service does not say.",
		"new_bytes":          "What taking its points added to the store, in bytes; null where the service does not say.",
	} {
		attributes[name] = schema.Int64Attribute{Computed: true, MarkdownDescription: text}
	}
	return attributes
}

func (d *spaceUsageDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model spaceUsageModel
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() || !d.awaits(req, resp) {
		return
	}
	defer d.notices(&resp.Diagnostics)
	service, ok := capability[backup.UsageReporter](d.client, "Read Space Usage", "does not report space usage", &resp.Diagnostics)
	if !ok {
		return
	}
	usage, err := service.SpaceUsage(ctx, model.toDomain())
	if err != nil {
		unable(&resp.Diagnostics, "Read Space Usage", err)
		return
	}
	model.fromDomain(usage)
	resp.Diagnostics.Append(set(ctx, &resp.State, &model)...)
}
