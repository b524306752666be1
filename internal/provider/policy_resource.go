package provider

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var (
	_ resource.ResourceWithConfigure   = (*policyResource)(nil)
	_ resource.ResourceWithIdentity    = (*policyResource)(nil)
	_ resource.ResourceWithImportState = (*policyResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*policyResource)(nil)
)

// defaultTimeout is for calls that wait for no backup.
const defaultTimeout = 10 * time.Minute

// policyInUse is for those who take a policy off its servers and remove it in one apply: Terraform
// then deletes it first, and never comes to the servers, however often it is tried.
const policyInUse = "If this configuration takes the policy off its servers and removes it at once, Terraform deletes it first. " +
	"Do it in two steps: change the servers and apply while the policy is still in the configuration, then remove the policy. " +
	"A policy that has lifecycle { create_before_destroy = true } since an earlier apply can go in one step."

// kindPolicy is what messages call the object.
const kindPolicy = "backup policy"

type policyResource struct {
	withClient
}

func newPolicyResource() resource.Resource {
	return &policyResource{}
}

func (r *policyResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName + "_policy"
}

func (r *policyResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identitySchema()
}

// ModifyPlan asks the service what it cannot do, only about a policy that changes, and says what a
// tighter retention deletes.
func (r *policyResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	resp.Deferred = r.deferral(req.ClientCapabilities.DeferralAllowed)
	if req.Plan.Raw.IsNull() || !r.ready() || req.Plan.Raw.Equal(req.State.Raw) {
		return
	}
	var plan policyModel
	resp.Diagnostics.Append(get(ctx, req.Plan, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.guard(ctx, kindPolicy, plan.ID.ValueString(), req.Private)...)
	policy, diags := plan.wanted(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	scope, err := r.service.Scope(ctx)
	if err != nil {
		unable(&resp.Diagnostics, "Plan Backup Policy", err)
		return
	}
	for _, option := range policyOptions() {
		if option.name != scope.Service {
			refuseForeign(ctx, scope.Service, option.name, req.Config, &resp.Diagnostics)
		}
	}
	problems := r.service.CheckPolicy(ctx, policy)
	if unknown(ctx, plan.Schedules) {
		// What nested attributes count may be of schedules that are not known yet.
		problems = slices.DeleteFunc(problems, func(p backup.Problem) bool { return len(p.Path) > 1 })
	}
	report(ctx, &resp.Diagnostics, req.Config, problems)
	if !resp.Diagnostics.HasError() {
		r.warnOfRetention(ctx, req, plan, policy, &resp.Diagnostics)
	}
}

func (r *policyResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan policyModel
	resp.Diagnostics.Append(get(ctx, req.Plan, &plan)...)
	if resp.Diagnostics.HasError() || !r.demand(&resp.Diagnostics) {
		return
	}
	timeout, diags := plan.Timeouts.Create(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	policy, diags := plan.wanted(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	created, err := r.service.CreatePolicy(ctx, policy)
	r.notices(&resp.Diagnostics)
	if err != nil {
		unable(&resp.Diagnostics, "Create Backup Policy", err)
		return
	}
	plan.settle(created)
	resp.Diagnostics.Append(set(ctx, &resp.State, plan)...)
	resp.Diagnostics.Append(r.claim(ctx, created.ID, resp.Private, resp.Identity)...)
}

func (r *policyResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state policyModel
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id := state.ID.ValueString()
	if !r.refreshable(ctx, kindPolicy, id, req, resp) {
		return
	}
	policy, err := r.service.Policy(ctx, id)
	switch {
	case errors.Is(err, backup.ErrNotFound):
		forget(ctx, "Backup Policy", named(kindPolicy, state.Name.ValueString(), id), "", resp)
		return
	case err != nil:
		unable(&resp.Diagnostics, "Read Backup Policy", err)
		return
	}
	stored, diags := state.toDomain(ctx)
	resp.Diagnostics.Append(diags...)
	if t, ok := r.service.(backup.PolicyTranslator); ok {
		stored = t.StoredPolicy(stored)
	}
	resp.Diagnostics.Append(state.fromDomain(ctx, policy, stored)...)
	resp.Diagnostics.Append(set(ctx, &resp.State, state)...)
}

func (r *policyResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state policyModel
	resp.Diagnostics.Append(get(ctx, req.Plan, &plan)...)
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() || !r.demand(&resp.Diagnostics) {
		return
	}
	id := state.ID.ValueString()
	timeout, diags := plan.Timeouts.Update(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(r.guard(ctx, kindPolicy, id, req.Private)...)
	want, diags := plan.wanted(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	have, diags := state.toDomain(ctx)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	// Timeouts are Terraform's own: the service is not asked to write what it has.
	if want.Default == nil {
		have.Default = nil
	}
	if !reflect.DeepEqual(want, have) {
		updated, err := r.service.UpdatePolicy(ctx, want)
		r.notices(&resp.Diagnostics)
		if err != nil {
			unable(&resp.Diagnostics, "Update Backup Policy", err)
			return
		}
		want = updated
	}
	plan.settle(want)
	resp.Diagnostics.Append(set(ctx, &resp.State, plan)...)
	resp.Diagnostics.Append(r.claim(ctx, id, resp.Private, resp.Identity)...)
}

func (r *policyResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state policyModel
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() || !r.demand(&resp.Diagnostics) {
		return
	}
	id := state.ID.ValueString()
	timeout, diags := state.Timeouts.Delete(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(r.guard(ctx, kindPolicy, id, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	err := r.service.DeletePolicy(ctx, id)
	r.notices(&resp.Diagnostics)
	switch {
	case err == nil, errors.Is(err, backup.ErrNotFound):
	case errors.Is(err, backup.ErrConflict):
		resp.Diagnostics.AddError("Unable to Delete Backup Policy", explain(err)+"\n\n"+policyInUse)
	default:
		unable(&resp.Diagnostics, "Delete Backup Policy", err)
	}
}

func (r *policyResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.importByIDOrIdentity(ctx, req, resp)
}
