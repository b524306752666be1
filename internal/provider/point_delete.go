package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Delete needs no more than the id: after a failed create the rest may be null.
func (r *pointResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state pointModel
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() || state.OnDestroy.ValueString() == onDestroyKeep || !r.demand(&resp.Diagnostics) {
		return
	}
	defer r.notices(&resp.Diagnostics)
	id := state.ID.ValueString()
	timeout, d := state.Timeouts.Delete(ctx, defaultPointDeleteTimeout)
	resp.Diagnostics.Append(d...)
	resp.Diagnostics.Append(r.guard(ctx, kindPoint, id, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err := whileBusy(ctx, func() error { return r.service.DeletePoint(ctx, id) })
	if err != nil && !errors.Is(err, backup.ErrNotFound) {
		unable(&resp.Diagnostics, "Delete Backup Point "+id, err)
		return
	}
	r.tellOfBin(ctx, id, state.label(), &resp.Diagnostics)
}
