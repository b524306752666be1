package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var (
	_ action.ActionWithConfigure  = (*recoverAction)(nil)
	_ action.ActionWithModifyPlan = (*recoverAction)(nil)
)

const (
	// recoverName is the action in messages.
	recoverName = typeName + "_recover_point"

	// lacksRecovery is what a service has that is no [backup.Recoverer].
	lacksRecovery = "has no means for programs to recover a deleted point"
)

// recoverAction takes a point out of the bin.
type recoverAction struct {
	withActionClient
}

type recoverModel struct {
	PointID  types.String   `tfsdk:"point_id"`
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

func newRecoverAction() action.Action {
	return &recoverAction{}
}

func (a *recoverAction) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = recoverName
}

func (a *recoverAction) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Takes a deleted point out of the bin of its location and makes it available again, as long as `recover_until` of the point says. " +
			"The data source `serverbackup_points` lists such points with `include_deleted = true`. A point that is not deleted stays as it is. " +
			"Actions need Terraform 1.14 or later.",
		Attributes: map[string]schema.Attribute{
			"point_id": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "Id of the point.",
			},
			"timeouts": actionTimeoutsAttribute(ctx, defaultTimeout),
		},
	}
}

// ModifyPlan looks whether the point is there.
func (a *recoverAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	var model recoverModel
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() || !a.ready() {
		return
	}
	if _, ok := capability[backup.Recoverer](a.client, "Recover Backup Point", lacksRecovery, &resp.Diagnostics); !ok || model.PointID.IsUnknown() {
		return
	}
	a.expectPoint(ctx, model.PointID.ValueString(), " It was never there, or its time in the bin is over.", &resp.Diagnostics)
}

// Invoke has no result but its messages: actions leave nothing in the state.
func (a *recoverAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var model recoverModel
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() || !a.demand(&resp.Diagnostics) {
		return
	}
	defer a.notices(&resp.Diagnostics)
	service, ok := capability[backup.Recoverer](a.client, "Recover Backup Point", lacksRecovery, &resp.Diagnostics)
	timeout, d := model.Timeouts.Invoke(ctx, defaultTimeout)
	resp.Diagnostics.Append(d...)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	id := model.PointID.ValueString()
	var point backup.Point
	err := whileBusy(ctx, func() (err error) {
		point, err = service.RecoverPoint(ctx, id)
		return err
	})
	if err != nil {
		unable(&resp.Diagnostics, "Recover Backup Point "+id, err)
		return
	}
	resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf(
		"point %s of server %q, taken at %s, is %s",
		point.ID, orElse(point.ServerName, point.ServerID), timeOrNull(point.CreatedAt).ValueString(), point.Status)})
}
