package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// ModifyPlan checks what is to be restored, and plans and announces that it is restored again. A
// replacement is planned twice; it is checked when it is planned as a creation.
func (r *restoreResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	resp.Deferred = r.deferral(req.ClientCapabilities.DeferralAllowed)
	if req.Plan.Raw.IsNull() {
		return
	}
	var plan restoreModel
	resp.Diagnostics.Append(get(ctx, req.Plan, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		r.check(ctx, plan, req, resp)
		return
	}
	var state restoreModel
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	replaced, d := state.replacedBy(ctx, plan)
	resp.Diagnostics.Append(d...)
	if len(replaced) == 0 {
		return
	}
	resp.RequiresReplace.Append(replaced...)
	summary, detail := "Restored Once More", "Because %s changes, a point is restored again. What the %s made stays; where a cloud restores "+
		"into a new server or volume, this makes another one, which costs money. If the point is only taken anew, because the one "+
		"before lapsed or was deleted, set point_id to an id instead, or on_missing = \"error\" on the point."
	if plan.OverwriteExistingData.ValueBool() {
		summary, detail = "Data Will Be Overwritten", "Because %s changes, a point is restored again, over the data that are there now, as "+
			"overwrite_existing_data allows. What was written there since the %s is lost. Take a point of it first if it may be needed."
	}
	resp.Diagnostics.AddAttributeWarning(replaced[0], summary, fmt.Sprintf(detail, inProse(replaced), state.label()))
}

// replacedBy lists the inputs whose change asks for another restore.
func (m restoreModel) replacedBy(ctx context.Context, plan restoreModel) (path.Paths, diag.Diagnostics) {
	paths := changedValues([]input{
		{"point_id", m.PointID, plan.PointID},
		{"triggers", m.Triggers, plan.Triggers},
	})
	var diags diag.Diagnostics
	for _, option := range restoreOptions() {
		changes, d := option.changes(ctx, option.value(m), option.value(plan))
		diags.Append(d...)
		if changes {
			paths.Append(path.Root(option.name))
		}
	}
	return paths, diags
}

func (r *restoreResource) check(ctx context.Context, plan restoreModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if !r.ready() {
		return
	}
	request, d := plan.toDomain(ctx)
	resp.Diagnostics.Append(d...)
	if !resp.Diagnostics.HasError() {
		r.checkRestore(ctx, request, req.Config, &resp.Diagnostics)
	}
}

// checkRestore asks the service what it cannot do of a restore that a configuration asks for.
func (c *client) checkRestore(ctx context.Context, request backup.RestoreRequest, config attributeReader, diags *diag.Diagnostics) {
	service, ok := capability[backup.Restorer](c, "Restore Backup Point", lacksRestores, diags)
	if !ok {
		return
	}
	scope, err := c.service.Scope(ctx)
	if err != nil {
		unable(diags, "Identify the Backup Store", err)
		return
	}
	for _, option := range restoreOptions() {
		if option.name != scope.Service {
			refuseForeign(ctx, scope.Service, option.name, config, diags)
		}
	}
	if !diags.HasError() {
		report(ctx, diags, config, service.CheckRestore(ctx, request))
	}
}
