package provider

import (
	"context"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// Update changes the permissions, or writes a file again that the plan found altered. Whether the file
// is kept when the resource goes is of the state alone.
func (r *archiveResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state archiveModel
	resp.Diagnostics.Append(get(ctx, req.Plan, &plan)...)
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	switch {
	case plan.SHA256.IsUnknown():
		r.repair(ctx, &plan, req, resp)
	case plan.mode() != state.mode():
		file, err := plan.file()
		if err == nil {
			err = os.Chmod(file, plan.mode())
		}
		if err != nil {
			unable(&resp.Diagnostics, "Update Point Archive", err)
		}
	}
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(set(ctx, &resp.State, &plan)...)
	}
}

func (r *archiveResource) repair(ctx context.Context, plan *archiveModel, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	if !r.demand(&resp.Diagnostics) {
		return
	}
	timeout, d := plan.Timeouts.Update(ctx, defaultArchiveTimeout)
	resp.Diagnostics.Append(d...)
	resp.Diagnostics.Append(r.guard(ctx, kindArchive, plan.Path.ValueString(), req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if record, ok := r.write(ctx, "Update Point Archive", *plan, timeout, true, &resp.Diagnostics); ok {
		plan.written(record)
		resp.Diagnostics.Append(storeRecord(ctx, record, resp.Private)...)
	}
}
