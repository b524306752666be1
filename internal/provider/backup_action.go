package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var (
	_ action.ActionWithConfigure  = (*backupAction)(nil)
	_ action.ActionWithModifyPlan = (*backupAction)(nil)
)

// backupAction takes a point that no state knows.
type backupAction struct {
	withActionClient
}

type backupModel struct {
	ServerID     types.String   `tfsdk:"server_id"`
	Name         types.String   `tfsdk:"name"`
	Full         types.Bool     `tfsdk:"full"`
	Tags         types.Map      `tfsdk:"tags"`
	Wait         types.Bool     `tfsdk:"wait"`
	StallTimeout types.String   `tfsdk:"stall_timeout"`
	Timeouts     timeouts.Value `tfsdk:"timeouts"`
}

func newBackupAction() action.Action {
	return &backupAction{}
}

func (a *backupAction) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = typeName + "_backup_now"
}

func (a *backupAction) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Takes a point of a server now, for example before the server is changed or destroyed. The last message has the id of the point. " +
			"Nothing of it is in the state: Terraform does not delete the point later, and neither does the retention of a policy. " +
			"Use the resource `serverbackup_point` for a point that the configuration refers to and owns. " +
			"If the point is not available in the end the action fails, and with it what it was triggered before. Actions need Terraform 1.14 or later.",
		Attributes: map[string]schema.Attribute{
			"server_id": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "Id of the `serverbackup_server` to back up.",
			},
			"name": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "Name of the point; default what the service calls it, which may be nothing.",
			},
			"full": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether to ask for a full point: `true` or `false`; default what the service does by itself.",
			},
			"tags": schema.MapAttribute{
				ElementType: types.StringType, Optional: true,
				Validators:          []validator.Map{mapvalidator.NoNullValues()},
				MarkdownDescription: "Tags of the point; default none.",
			},
			"wait": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to wait until the point is finished; default `true`. Must be `true` where the provider itself takes the points, " +
					"and should be where something is destroyed afterwards.",
			},
			"stall_timeout": schema.StringAttribute{
				Optional:   true,
				Validators: []validator.String{isDuration()},
				MarkdownDescription: "How long the point may show no progress before the wait fails, as a Go duration; default `" + defaultStallTimeout + "`; " +
					"`0s` waits until `timeouts.invoke`.",
			},
			"timeouts": actionTimeoutsAttribute(ctx, defaultPointCreateTimeout),
		},
	}
}

// toDomain leaves out what is not known yet.
func (m backupModel) toDomain() backup.PointRequest {
	return backup.PointRequest{
		ServerID: m.ServerID.ValueString(),
		Name:     m.Name.ValueString(),
		Full:     boolPtr(m.Full),
		Tags:     stringMapOf(m.Tags),
	}
}

// ModifyPlan checks what the resource checks.
func (a *backupAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	var model backupModel
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() || !a.ready() {
		return
	}
	a.checkWait(model.Wait, &resp.Diagnostics)
	report(ctx, &resp.Diagnostics, req.Config, a.service.CheckPoint(ctx, model.toDomain()))
}
