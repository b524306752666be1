package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var (
	_ action.ActionWithConfigure  = (*restoreAction)(nil)
	_ action.ActionWithModifyPlan = (*restoreAction)(nil)
)

// restoreAction restores a point each time that it is invoked.
type restoreAction struct {
	withActionClient
}

func newRestoreAction() action.Action {
	return &restoreAction{}
}

func (a *restoreAction) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = typeName + "_restore_point"
}

func (a *restoreAction) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"point_id": schema.StringAttribute{
			Required:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Id of the point, whose status must be `available`.",
		},
		"overwrite_existing_data": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Must be `true` for a restore that puts data in the place of existing ones: on `local`, one with `local.in_place`. " +
				"Default `false`.",
		},
		"timeouts": actionTimeoutsAttribute(ctx, defaultRestoreTimeout),
	}
	for _, option := range restoreOptions() {
		attributes[option.name] = actionAttribute(option.attribute())
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Restores a point, each time that the action is invoked. The last message says where the data are and has the id of the restore. " +
			"Nothing of it is in the state; the resource `serverbackup_restore` restores once and keeps that in the state. Actions need Terraform 1.14 or later.",
		Attributes: attributes,
	}
}

// request is what a configuration asks for, without what is not known yet.
func (a *restoreAction) request(ctx context.Context, config tfsdk.Config, diags *diag.Diagnostics) backup.RestoreRequest {
	var (
		pointID   types.String
		overwrite types.Bool
	)
	diags.Append(config.GetAttribute(ctx, path.Root("point_id"), &pointID)...)
	diags.Append(config.GetAttribute(ctx, path.Root("overwrite_existing_data"), &overwrite)...)
	request, d := restoreRequest(ctx, pointID, overwrite, func(option restoreOption) types.Object {
		var nested types.Object
		diags.Append(config.GetAttribute(ctx, path.Root(option.name), &nested)...)
		return nested
	})
	diags.Append(d...)
	return request
}

// ModifyPlan checks what the resource checks.
func (a *restoreAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	if !a.ready() {
		return
	}
	request := a.request(ctx, req.Config, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		a.checkRestore(ctx, request, req.Config, &resp.Diagnostics)
	}
}

// Invoke takes the same steps as the resource.
func (a *restoreAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	if !a.demand(&resp.Diagnostics) {
		return
	}
	defer a.notices(&resp.Diagnostics)
	request := a.request(ctx, req.Config, &resp.Diagnostics)
	var limits timeouts.Value
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("timeouts"), &limits)...)
	timeout, d := limits.Invoke(ctx, defaultRestoreTimeout)
	resp.Diagnostics.Append(d...)
	service, ok := capability[backup.Restorer](a.client, "Restore Backup Point", lacksRestores, &resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	say := saying(resp)
	restore, err := startRestore(ctx, service, request)
	if err != nil {
		unable(&resp.Diagnostics, "Restore Backup Point", err)
		return
	}
	say("restore %s of point %s: begun", restore.ID, restore.PointID)
	w := restoreWait{service: service, waiting: waiting{timeout: timeout, say: verbatim(say)}}
	restore = w.follow(ctx, restore, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		say("restore %s of point %s: %s, in %s", restore.ID, restore.PointID, restore.Status, orElse(restore.RestoredID, "its place"))
	}
}
