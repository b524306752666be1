package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var _ list.ListResourceWithConfigure = (*pointList)(nil)

type pointList struct {
	withClient
}

// pointListModel has the filters of the data source, but for ids, with which there is nothing to find, and
// deleted points, which cannot be imported.
type pointListModel struct {
	ServerID     types.String `tfsdk:"server_id"`
	ServerName   types.String `tfsdk:"server_name"`
	InstanceID   types.String `tfsdk:"instance_id"`
	LocationID   types.String `tfsdk:"location_id"`
	Name         types.String `tfsdk:"name"`
	Status       types.List   `tfsdk:"status"`
	Type         types.String `tfsdk:"type"`
	ScheduleType types.String `tfsdk:"schedule_type"`
	Tags         types.Map    `tfsdk:"tags"`
	windowModel
}

func newPointList() list.ListResource {
	return &pointList{}
}

func (l *pointList) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName + "_point"
}

func (l *pointList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	filters := pointFilterAttributes()
	for _, name := range []string{"ids", "include_deleted", "status"} {
		delete(filters, name)
	}
	attributes := listAttributes(filters)
	// List resources have no sets.
	attributes["status"] = listschema.ListAttribute{
		ElementType: types.StringType, Optional: true,
		Validators: []validator.List{
			listvalidator.NoNullValues(),
			listvalidator.ValueStringsAre(stringvalidator.OneOf(converted[string](pointStatuses)...)),
		},
		MarkdownDescription: "Only points in one of these states: " + inCode(pointStatuses) + ".",
	}
	resp.Schema = listschema.Schema{
		MarkdownDescription: "Finds points for `terraform query`, newest first, to import them: a point that is imported is deleted with its resource, " +
			"unless `on_destroy` is `keep`. Points that a policy took are found too, and its retention deletes them in any case. Needs Terraform 1.14 or later.",
		Attributes: attributes,
	}
}

func (l *pointList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var (
		model pointListModel
		diags diag.Diagnostics
	)
	diags.Append(get(ctx, req.Config, &model)...)
	if diags.HasError() || !l.demand(&diags) {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	from, to := model.toDomain(time.Now(), &diags)
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = listing[backup.Point]{
		client: l.client, action: "List Backup Points", label: pointLabel, show: listPoint,
	}.results(ctx, req, l.service.Points(ctx, backup.PointFilter{
		ServerID:     model.ServerID.ValueString(),
		ServerName:   model.ServerName.ValueString(),
		InstanceID:   model.InstanceID.ValueString(),
		LocationID:   model.LocationID.ValueString(),
		Name:         model.Name.ValueString(),
		Status:       converted[backup.Status](stringsOf(model.Status)),
		Type:         backup.PointType(model.Type.ValueString()),
		ScheduleType: backup.ScheduleType(model.ScheduleType.ValueString()),
		From:         from,
		To:           to,
		Tags:         stringMapOf(model.Tags),
	}))
}

// pointLabel tells points apart by server and time: names are rare, and repeat.
func pointLabel(p backup.Point) (name, id string) {
	name = orElse(p.ServerName, p.ServerID)
	if p.Name != "" {
		name += " " + p.Name
	}
	return fmt.Sprintf("%s, %s, %s", name, timeOrNull(p.CreatedAt).ValueString(), p.Status), p.ID
}

func listPoint(ctx context.Context, p backup.Point, resource *tfsdk.Resource) diag.Diagnostics {
	var diags diag.Diagnostics
	diags.Append(resource.SetAttribute(ctx, path.Root("id"), p.ID)...)
	for name, value := range pointDefaults() {
		diags.Append(resource.SetAttribute(ctx, path.Root(name), value)...)
	}
	var model pointModel
	diags.Append(resource.Get(ctx, &model)...)
	model.refreshed(p)
	diags.Append(resource.Set(ctx, &model)...)
	return diags
}
