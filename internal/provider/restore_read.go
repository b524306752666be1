package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Read looks only at a restore that was still running: a finished one does not change, and its record
// may be gone by now. It never removes one, because the next apply would then restore again.
func (r *restoreResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state restoreModel
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() || !state.runs() {
		return
	}
	resp.Deferred = r.deferral(req.ClientCapabilities.DeferralAllowed)
	if !r.ready() {
		return
	}
	id := state.ID.ValueString()
	resp.Diagnostics.Append(r.guard(ctx, kindRestore, id, req.Private)...)
	service, ok := capability[backup.Restorer](r.client, "Read Restore", lacksRestores, &resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	restore, err := service.Restore(ctx, id)
	switch {
	case errors.Is(err, backup.ErrNotFound):
		resp.Diagnostics.AddWarning("Restore Not Found", fmt.Sprintf(
			"The %s was running when it was last seen, and the service does not know it any more: nobody can say how it ended. "+
				"It stays in the state, and is not run again by itself. Look at the restored data; a change of triggers restores again.", state.label()))
		return
	case err != nil:
		unable(&resp.Diagnostics, "Read Restore "+id, err)
		return
	}
	state.seen(restore)
	resp.Diagnostics.Append(set(ctx, &resp.State, &state)...)
	switch restore.Status {
	case backup.HistoryRunning:
		resp.Diagnostics.AddWarning("Restore Not Finished", fmt.Sprintf("The %s still runs. %s", state.label(), statusInWords(restore.Status, restore.Progress, restore.Error)))
	case backup.HistorySucceeded:
	default:
		resp.Diagnostics.AddWarning("Restore Failed", fmt.Sprintf(
			"The %s failed: %s\n\nIt is not run again by itself; a change of triggers restores again.",
			state.label(), sentence(orElse(restore.Error, "the service does not say why"))))
	}
}
