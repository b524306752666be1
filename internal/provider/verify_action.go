package provider

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var (
	_ action.ActionWithConfigure  = (*verifyAction)(nil)
	_ action.ActionWithModifyPlan = (*verifyAction)(nil)
)

// defaultVerifyTimeout is that of the backup: as many bytes are read.
const defaultVerifyTimeout = 24 * time.Hour

// lacksVerification is what a service is that is no [backup.Verifier].
const lacksVerification = "has no means to verify points; restore one to see whether it can be read"

// verifyAction reads a point back.
type verifyAction struct {
	withActionClient
}

type verifyModel struct {
	PointID  types.String   `tfsdk:"point_id"`
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

func newVerifyAction() action.Action {
	return &verifyAction{}
}

func (a *verifyAction) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = typeName + "_verify_point"
}

func (a *verifyAction) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads every byte of a point back from where it is stored, past any cache, and fails if something is damaged or missing: " +
			"proof that the point can be restored, without the space to restore it. " +
			"The last message says how many files and bytes were read. Actions need Terraform 1.14 or later.",
		Attributes: map[string]schema.Attribute{
			"point_id": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "Id of the point.",
			},
			"timeouts": actionTimeoutsAttribute(ctx, defaultVerifyTimeout),
		},
	}
}

// ModifyPlan looks whether the point is there, unless it is still to be taken.
func (a *verifyAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	var model verifyModel
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() || !a.ready() {
		return
	}
	if _, ok := capability[backup.Verifier](a.client, "Verify Backup Point", lacksVerification, &resp.Diagnostics); !ok || model.PointID.IsUnknown() {
		return
	}
	a.expectPoint(ctx, model.PointID.ValueString(), "", &resp.Diagnostics)
}

// expectPoint refuses a point_id that names no point; more is advice for that case.
func (c *client) expectPoint(ctx context.Context, id, more string, diags *diag.Diagnostics) {
	_, err := c.service.Point(ctx, id, backup.Cached)
	switch {
	case errors.Is(err, backup.ErrNotFound):
		diags.AddAttributeError(path.Root("point_id"), "Backup Point Not Found", naming(path.Root("point_id"), sentence(explain(err))+more))
	case err != nil:
		unable(diags, "Read Backup Point "+id, err)
	}
}
