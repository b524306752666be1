package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Update writes tags; all else that can change in place is of the state alone. What the service
// reports is left to the next refresh, since the plan has promised that it stays.
func (r *pointResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state pointModel
	resp.Diagnostics.Append(get(ctx, req.Plan, &plan)...)
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() || !r.demand(&resp.Diagnostics) {
		return
	}
	defer r.notices(&resp.Diagnostics)
	id := state.ID.ValueString()
	resp.Diagnostics.Append(r.guard(ctx, kindPoint, id, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	missing := state.Status.ValueString() == string(backup.StatusMissing)
	if tags := stringMapOf(plan.Tags); !plan.Tags.Equal(state.Tags) && !missing {
		if _, err := r.service.UpdatePoint(ctx, id, backup.PointUpdate{Tags: &tags}); err != nil {
			unable(&resp.Diagnostics, "Update Backup Point "+id, err)
			return
		}
	}
	resp.Diagnostics.Append(set(ctx, &resp.State, &plan)...)
	resp.Diagnostics.Append(r.claim(ctx, id, resp.Private, resp.Identity)...)
}
