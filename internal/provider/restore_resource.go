package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var (
	_ resource.ResourceWithConfigure  = (*restoreResource)(nil)
	_ resource.ResourceWithModifyPlan = (*restoreResource)(nil)
)

// kindRestore is what messages call the object.
const kindRestore = "restore"

// lacksRestores is what a service is that is no [backup.Restorer].
const lacksRestores = "cannot restore points through this provider"

// restoreResource is one run of a restore. It is a job that was done, not a thing that could be gone:
// it never runs again unless its inputs ask for another one. Hence it has no import and no identity.
type restoreResource struct {
	withClient
}

func newRestoreResource() resource.Resource {
	return &restoreResource{}
}

func (r *restoreResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName + "_restore"
}

// Create records the restore as soon as its id is known and only then waits, with a context of its own,
// as [pointResource.Create] does.
func (r *restoreResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var model restoreModel
	resp.Diagnostics.Append(get(ctx, req.Plan, &model)...)
	if resp.Diagnostics.HasError() || !r.demand(&resp.Diagnostics) {
		return
	}
	defer r.notices(&resp.Diagnostics)
	service, ok := capability[backup.Restorer](r.client, "Restore Backup Point", lacksRestores, &resp.Diagnostics)
	timeout, d := model.Timeouts.Create(ctx, defaultRestoreTimeout)
	resp.Diagnostics.Append(d...)
	request, d := model.toDomain(ctx)
	resp.Diagnostics.Append(d...)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	waitCtx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	restore, err := startRestore(waitCtx, service, request)
	if err != nil {
		unable(&resp.Diagnostics, "Restore Backup Point", err)
		return
	}
	recordCtx := context.WithoutCancel(ctx)
	model.seen(restore)
	resp.Diagnostics.Append(resp.State.Set(recordCtx, &model)...)
	resp.Diagnostics.Append(r.claim(recordCtx, restore.ID, resp.Private, nil)...)
	if resp.Diagnostics.HasError() {
		return
	}
	restore = restoreWait{service: service, waiting: waiting{timeout: timeout, kept: true}}.follow(waitCtx, restore, &resp.Diagnostics)
	model.seen(restore)
	resp.Diagnostics.Append(resp.State.Set(recordCtx, &model)...)
}

// startRestore asks for the restore. A busy service has refused, so asking again starts no second one.
func startRestore(ctx context.Context, service backup.Restorer, request backup.RestoreRequest) (backup.Restore, error) {
	var restore backup.Restore
	err := whileBusy(ctx, func() (err error) {
		restore, err = service.StartRestore(ctx, request)
		return err
	})
	return restore, err
}

// Update is of the state alone: what it may change restores nothing.
func (r *restoreResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan restoreModel
	resp.Diagnostics.Append(get(ctx, req.Plan, &plan)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(set(ctx, &resp.State, &plan)...)
	}
}

// Delete forgets: a restore cannot be undone.
func (r *restoreResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state restoreModel
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	text := fmt.Sprintf("The %s is forgotten, and whatever it has restored stays", state.label())
	if where := state.RestoredID.ValueString(); where != "" {
		text += ", in " + where
	}
	text += ". Delete that by hand if nobody needs it."
	own := false
	if r.ready() {
		_, own = r.service.(backup.RestoreCanceler)
	}
	if !own {
		text += " A server or a disk in a cloud costs money until then."
	}
	if state.runs() {
		text += " When it was last looked at, it was still running, and it goes on."
	}
	resp.Diagnostics.AddWarning("Restored Data Stay", text)
}
