package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

type restoreModel struct {
	ID                    types.String   `tfsdk:"id"`
	PointID               types.String   `tfsdk:"point_id"`
	Triggers              types.Map      `tfsdk:"triggers"`
	OverwriteExistingData types.Bool     `tfsdk:"overwrite_existing_data"`
	Local                 types.Object   `tfsdk:"local"`
	VNGCloud              types.Object   `tfsdk:"vngcloud"`
	CSBS                  types.Object   `tfsdk:"csbs"`
	CBR                   types.Object   `tfsdk:"cbr"`
	Status                types.String   `tfsdk:"status"`
	Progress              types.Int64    `tfsdk:"progress"`
	StartedAt             types.String   `tfsdk:"started_at"`
	FinishedAt            types.String   `tfsdk:"finished_at"`
	Error                 types.String   `tfsdk:"error"`
	RestoredID            types.String   `tfsdk:"restored_id"`
	Timeouts              timeouts.Value `tfsdk:"timeouts"`
}

// toDomain leaves out what is not known yet.
func (m restoreModel) toDomain(ctx context.Context) (backup.RestoreRequest, diag.Diagnostics) {
	return restoreRequest(ctx, m.PointID, m.OverwriteExistingData, func(option restoreOption) types.Object { return option.value(m) })
}

// restoreRequest leaves out what is not known yet; nested is the nested attribute of a service.
func restoreRequest(ctx context.Context, pointID types.String, overwrite types.Bool, nested func(restoreOption) types.Object) (backup.RestoreRequest, diag.Diagnostics) {
	var diags diag.Diagnostics
	request := backup.RestoreRequest{PointID: pointID.ValueString(), OverwriteExistingData: overwrite.ValueBool()}
	for _, option := range restoreOptions() {
		if value := nested(option); !value.IsNull() && !value.IsUnknown() {
			options, d := option.toDomain(ctx, value)
			diags.Append(d...)
			request.Options = options
		}
	}
	return request, diags
}

// seen takes over what the service says of the restore. Inputs stay as they were given.
func (m *restoreModel) seen(r backup.Restore) {
	m.ID = types.StringValue(r.ID)
	m.Status = types.StringValue(string(r.Status))
	m.Progress = types.Int64PointerValue(r.Progress)
	m.StartedAt = timeOrNull(r.StartedAt)
	m.FinishedAt = timeOrNull(r.FinishedAt)
	m.Error = stringOrNull(r.Error)
	m.RestoredID = stringOrNull(r.RestoredID)
}

// runs says whether the restore was not finished when it was last seen.
func (m restoreModel) runs() bool {
	return m.Status.ValueString() == string(backup.HistoryRunning)
}

// label names the restore in messages.
func (m restoreModel) label() string {
	return "restore " + m.ID.ValueString() + " of backup point " + m.PointID.ValueString()
}
