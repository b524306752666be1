package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Read does what on_missing says of a point that is gone.
func (r *pointResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state pointModel
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id := state.ID.ValueString()
	if !r.refreshable(ctx, kindPoint, id, req, resp) {
		return
	}
	if hinter, ok := r.service.(backup.PointHinter); ok {
		hinter.PointBelongsTo(id, state.ServerID.ValueString())
	}
	point, err := r.service.Point(ctx, id, backup.Cached)
	switch {
	case errors.Is(err, backup.ErrNotFound) || err == nil && gone(point):
		r.readMissing(ctx, state, point, resp)
	case err != nil:
		unable(&resp.Diagnostics, "Read Backup Point "+id, err)
	default:
		state.refreshed(point)
		resp.Diagnostics.Append(set(ctx, &resp.State, &state)...)
		if point.Status == backup.StatusCreating {
			resp.Diagnostics.AddWarning("Backup Point Not Finished", fmt.Sprintf(
				"The %s is still being taken. %s It cannot be restored yet.", state.label(), inWords(point)))
		}
	}
}

// gone says whether a point that can still be read is deleted all the same.
func gone(p backup.Point) bool {
	return p.DeletionStatus == backup.DeletionSoftDeleted || p.DeletionStatus == backup.DeletionDeleted
}

// readMissing does what on_missing asks for. The point is zero unless it is soft-deleted.
func (r *pointResource) readMissing(ctx context.Context, state pointModel, point backup.Point, resp *resource.ReadResponse) {
	if state.imported() {
		resp.State.RemoveResource(ctx)
		return
	}
	known := fmt.Sprintf("The %s was deleted outside Terraform.", state.label())
	if point.DeletionStatus == backup.DeletionSoftDeleted {
		known += " " + r.recoverable(point) + " Once it is recovered, nothing is missing any more, unless the state has forgotten it: then import it."
	}
	switch state.OnMissing.ValueString() {
	case onMissingError:
		resp.Diagnostics.AddError("Backup Point Missing", known+
			"\n\nBecause of on_missing = \"error\", nothing goes on until the point is back, or \"terraform state rm\" has forgotten it.")
	case onMissingKeep:
		if state.Status.ValueString() == string(backup.StatusMissing) {
			return
		}
		state.Status = types.StringValue(string(backup.StatusMissing))
		resp.Diagnostics.Append(set(ctx, &resp.State, &state)...)
		resp.Diagnostics.AddWarning("Backup Point Missing", known+
			"\n\nBecause of on_missing = \"keep\", it stays in the state with status missing, and no other is taken.")
	default:
		resp.State.RemoveResource(ctx)
		resp.Diagnostics.AddWarning("Backup Point Missing", known+
			"\n\nIf the configuration still has it, the next apply takes another one, of the data as they are then. on_missing = \"keep\" or \"error\" would not.")
	}
}
