package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// ModifyPlan checks what is to be taken or changed, and plans and announces replacements. Terraform
// plans a replacement twice: with the prior state, which is where the warning belongs, and then as a
// creation, which is where the checks belong.
func (r *pointResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	resp.Deferred = r.deferral(req.ClientCapabilities.DeferralAllowed)
	if req.Plan.Raw.IsNull() {
		return
	}
	var plan pointModel
	resp.Diagnostics.Append(get(ctx, req.Plan, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.checkWait(plan.Wait, &resp.Diagnostics)
	if req.State.Raw.IsNull() {
		r.check(ctx, plan.toDomain(), req, resp)
		return
	}
	var state pointModel
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if state.Status.ValueString() == string(backup.StatusError) {
		// Terraform replaces for a path only if its value changes.
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("status"), types.StringUnknown())...)
		resp.RequiresReplace.Append(path.Root("status"))
		resp.Diagnostics.AddWarning("Backup Point in Error", fmt.Sprintf(
			"The %s is in error and of no use: %s\n\nAnother one is planned in its place.",
			state.label(), orElse(state.Error.ValueString(), "the service does not say why.")))
		return
	}
	if replaced := replacedBy(state, plan); len(replaced) > 0 {
		resp.RequiresReplace.Append(replaced...)
		warnReplaced(state, plan, replaced, &resp.Diagnostics)
		return
	}
	if !req.Plan.Raw.Equal(req.State.Raw) {
		r.check(ctx, changed(state, plan), req, resp)
	}
}

// checkWait refuses not to wait for a point that ends with this process.
func (c *client) checkWait(wait types.Bool, diags *diag.Diagnostics) {
	if !c.ready() || wait.IsNull() || wait.IsUnknown() || wait.ValueBool() {
		return
	}
	if _, ok := c.service.(backup.Canceler); ok {
		diags.AddAttributeError(path.Root("wait"), "Must Wait for Backup Point",
			"wait must be true: the provider itself takes the points of this service, and a point ends with it.")
	}
}

func (r *pointResource) check(ctx context.Context, request backup.PointRequest, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.ready() {
		report(ctx, &resp.Diagnostics, req.Config, r.service.CheckPoint(ctx, request))
	}
}

// replacedBy lists the inputs whose change asks for another point: only a value in place of another.
// What is set for the first time (an import has no inputs) or no longer set asks for nothing.
func replacedBy(state, plan pointModel) path.Paths {
	return changedValues([]input{
		{"server_id", state.ServerID, plan.ServerID},
		{"name", state.Name, plan.Name},
		{"description", state.Description, plan.Description},
		{"full", state.Full, plan.Full},
		{"triggers", state.Triggers, plan.Triggers},
	})
}

// changed is the request with no more in it than an update in place changes: what was taken long ago
// is not checked again.
func changed(state, plan pointModel) backup.PointRequest {
	request := plan.toDomain()
	request.ServerID, request.Triggers = "", nil
	if plan.Name.Equal(state.Name) {
		request.Name = ""
	}
	if plan.Description.Equal(state.Description) {
		request.Description = ""
	}
	if plan.Full.Equal(state.Full) {
		request.Full = nil
	}
	if plan.Tags.Equal(state.Tags) {
		request.Tags = nil
	}
	return request
}

// warnReplaced speaks up when a replacement deletes a backup that is there.
func warnReplaced(state, plan pointModel, replaced path.Paths, diags *diag.Diagnostics) {
	if state.OnDestroy.ValueString() == onDestroyKeep || state.Status.ValueString() == string(backup.StatusMissing) {
		return
	}
	text := fmt.Sprintf("Because %s changes, another point is taken and the %s is deleted. "+
		"It is deleted before the new one is taken, so that for a time there is neither, unless the resource has the following, which the provider cannot see:\n\n"+
		"  lifecycle {\n    create_before_destroy = true\n  }\n\n", inProse(replaced), state.label())
	if plan.OnDestroy.ValueString() == onDestroyKeep {
		text += "on_destroy = \"keep\" counts only once it is applied: apply it before the change, and the old point stays."
	} else {
		text += "To keep the old point, apply on_destroy = \"keep\" before the change."
	}
	diags.AddAttributeWarning(replaced[0], "Backup Point Will Be Replaced", text)
}
