package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// ModifyPlan refuses the whole resource where the service has no locations, and asks it what it cannot
// do, only about a location that changes.
func (r *locationResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	resp.Deferred = r.deferral(req.ClientCapabilities.DeferralAllowed)
	if req.Plan.Raw.IsNull() || !r.ready() {
		return
	}
	scope, err := r.service.Scope(ctx)
	if err != nil {
		unable(&resp.Diagnostics, "Identify the Backup Store", err)
		return
	}
	service, ok := capability[backup.Locator](r.client, "Plan Backup Location", lacksLocations, &resp.Diagnostics)
	if !ok {
		return
	}
	for _, option := range locationOptions() {
		if option.name != scope.Service {
			refuseForeign(ctx, scope.Service, option.name, req.Config, &resp.Diagnostics)
		}
	}
	if resp.Diagnostics.HasError() || req.Plan.Raw.Equal(req.State.Raw) {
		return
	}
	var plan locationModel
	resp.Diagnostics.Append(get(ctx, req.Plan, &plan)...)
	var (
		state *locationModel
		prior *backup.Location
	)
	if !req.State.Raw.IsNull() {
		state = &locationModel{}
		resp.Diagnostics.Append(get(ctx, req.State, state)...)
		have, diags := state.toDomain(ctx)
		resp.Diagnostics.Append(diags...)
		// A plan without refresh has not asked yet.
		resp.Diagnostics.Append(r.guard(ctx, kindLocation, have.ID, req.Private)...)
		prior = &have
	}
	want, diags := plan.wanted(ctx, req.Config, state)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	report(ctx, &resp.Diagnostics, req.Config, service.CheckLocation(ctx, want, prior))
}
