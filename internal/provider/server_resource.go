package provider

import (
	"context"
	"errors"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var (
	_ resource.ResourceWithConfigure   = (*serverResource)(nil)
	_ resource.ResourceWithIdentity    = (*serverResource)(nil)
	_ resource.ResourceWithImportState = (*serverResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*serverResource)(nil)
)

// kindServer is what messages call the object.
const kindServer = "backup server"

type serverResource struct {
	withClient
}

func newServerResource() resource.Resource {
	return &serverResource{}
}

func (r *serverResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName + "_server"
}

func (r *serverResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identitySchema()
}

// ModifyPlan plans what left-out attributes mean on the configured service, and asks it what it
// cannot do, only about a server that changes.
func (r *serverResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	resp.Deferred = r.deferral(req.ClientCapabilities.DeferralAllowed)
	if req.Plan.Raw.IsNull() || !r.ready() {
		return
	}
	scope, err := r.service.Scope(ctx)
	if err != nil {
		unable(&resp.Diagnostics, "Identify the Backup Store", err)
		return
	}
	planServerOptions(ctx, scope.Service, req, resp)
	if resp.Diagnostics.HasError() || resp.Plan.Raw.Equal(req.State.Raw) {
		return
	}
	want, diags := serverOf(ctx, resp.Plan)
	resp.Diagnostics.Append(diags...)
	var prior *backup.Server
	if !req.State.Raw.IsNull() {
		have, diags := serverOf(ctx, req.State)
		// A plan without refresh has not asked yet.
		resp.Diagnostics.Append(r.guard(ctx, kindServer, have.ID, req.Private)...)
		resp.Diagnostics.Append(diags...)
		if have.InstanceID != want.InstanceID {
			// Another server is made in its place: that is planned, and checked, by itself, without what the service
			// says of this one.
			return
		}
		prior = &have
	}
	if resp.Diagnostics.HasError() {
		return
	}
	checkFate(ctx, scope.Service, req.Config, &resp.Diagnostics)
	report(ctx, &resp.Diagnostics, req.Config, r.service.CheckServer(ctx, want, prior))
}

// serverOf reads the server of a plan or a state.
func serverOf(ctx context.Context, from getter) (backup.Server, diag.Diagnostics) {
	var model serverModel
	if diags := get(ctx, from, &model); diags.HasError() {
		return backup.Server{}, diags
	}
	return model.toDomain(ctx)
}

func (r *serverResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan serverModel
	resp.Diagnostics.Append(get(ctx, req.Plan, &plan)...)
	if resp.Diagnostics.HasError() || !r.demand(&resp.Diagnostics) {
		return
	}
	timeout, diags := plan.Timeouts.Create(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	server, diags := plan.toDomain(ctx)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	created, err := r.service.CreateServer(ctx, server)
	r.notices(&resp.Diagnostics)
	if err != nil {
		unable(&resp.Diagnostics, "Create Backup Server", err)
		return
	}
	resp.Diagnostics.Append(plan.settle(ctx, created)...)
	resp.Diagnostics.Append(set(ctx, &resp.State, plan)...)
	resp.Diagnostics.Append(r.claim(ctx, created.ID, resp.Private, resp.Identity)...)
}

func (r *serverResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state serverModel
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id := state.ID.ValueString()
	if !r.refreshable(ctx, kindServer, id, req, resp) {
		return
	}
	server, err := r.service.Server(ctx, id)
	switch {
	case errors.Is(err, backup.ErrNotFound):
		forget(ctx, "Backup Server", named(kindServer, state.Name.ValueString(), id), "; points that are left of it stay in the store and do not become points of the new one", resp)
		return
	case err != nil:
		unable(&resp.Diagnostics, "Read Backup Server", err)
		return
	}
	resp.Diagnostics.Append(state.fromDomain(ctx, server)...)
	resp.Diagnostics.Append(set(ctx, &resp.State, state)...)
}

func (r *serverResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state serverModel
	resp.Diagnostics.Append(get(ctx, req.Plan, &plan)...)
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() || !r.demand(&resp.Diagnostics) {
		return
	}
	id := state.ID.ValueString()
	timeout, diags := plan.Timeouts.Update(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(r.guard(ctx, kindServer, id, req.Private)...)
	want, diags := plan.toDomain(ctx)
	resp.Diagnostics.Append(diags...)
	have, diags := state.toDomain(ctx)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	// points_on_destroy and timeouts are Terraform's own: the service is not asked to write what it has.
	if !reflect.DeepEqual(want, have) {
		updated, err := r.service.UpdateServer(ctx, want)
		r.notices(&resp.Diagnostics)
		if err != nil {
			unable(&resp.Diagnostics, "Update Backup Server", err)
			return
		}
		want = updated
	}
	resp.Diagnostics.Append(plan.settle(ctx, want)...)
	resp.Diagnostics.Append(set(ctx, &resp.State, plan)...)
	resp.Diagnostics.Append(r.claim(ctx, id, resp.Private, resp.Identity)...)
}

func (r *serverResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state serverModel
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() || !r.demand(&resp.Diagnostics) {
		return
	}
	id := state.ID.ValueString()
	timeout, diags := state.Timeouts.Delete(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(r.guard(ctx, kindServer, id, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	fate := backup.PointsOnDestroy(state.PointsOnDestroy.ValueString())
	if fate == "" {
		fate = backup.PointsFail
	}
	err := r.service.DeleteServer(ctx, id, fate)
	r.notices(&resp.Diagnostics)
	switch {
	case err == nil, errors.Is(err, backup.ErrNotFound):
	case errors.Is(err, backup.ErrConflict) && fate == backup.PointsFail:
		scope, _ := r.service.Scope(ctx) // Known: the guard has asked.
		resp.Diagnostics.AddError("Unable to Delete Backup Server", explain(err)+"\n\n"+fateAdvice(scope.Service))
	default:
		unable(&resp.Diagnostics, "Delete Backup Server", err)
	}
}

func (r *serverResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.importByIDOrIdentity(ctx, req, resp)
}
