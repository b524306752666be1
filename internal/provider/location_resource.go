package provider

import (
	"context"
	"errors"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var (
	_ resource.ResourceWithConfigure   = (*locationResource)(nil)
	_ resource.ResourceWithIdentity    = (*locationResource)(nil)
	_ resource.ResourceWithImportState = (*locationResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*locationResource)(nil)
)

const (
	// kindLocation is what messages call the object.
	kindLocation = "backup location"

	// lacksLocations is what a service does that is no [backup.Locator].
	lacksLocations = "has no locations to manage: it keeps the points of a server in a place of its own choice"

	// locationInUse is for those who move servers away from a location and remove it in one apply.
	locationInUse = "Servers that use the location need another one first. If this configuration moves them and removes the location at once, " +
		"Terraform deletes it first: move the servers and apply while the location is still in the configuration, then remove it."

	// locationOccupied is for those whose location holds points.
	locationOccupied = "force_destroy of this location is false, so it is not deleted while it holds points, deleted ones that can be recovered included. " +
		"To delete them with it, set force_destroy = true and apply that first: a destroy or replacement goes by what was applied last."
)

type locationResource struct {
	withClient
}

func newLocationResource() resource.Resource {
	return &locationResource{}
}

func (r *locationResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName + "_location"
}

func (r *locationResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identitySchema()
}

func (r *locationResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan locationModel
	resp.Diagnostics.Append(get(ctx, req.Plan, &plan)...)
	if resp.Diagnostics.HasError() || !r.demand(&resp.Diagnostics) {
		return
	}
	service, _ := capability[backup.Locator](r.client, "Create Backup Location", lacksLocations, &resp.Diagnostics)
	timeout, diags := plan.Timeouts.Create(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	location, diags := plan.wanted(ctx, req.Config, nil)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	created, err := service.CreateLocation(ctx, location)
	r.notices(&resp.Diagnostics)
	if err != nil {
		unable(&resp.Diagnostics, "Create Backup Location", err)
		return
	}
	plan.settle(created)
	resp.Diagnostics.Append(set(ctx, &resp.State, plan)...)
	resp.Diagnostics.Append(plan.remember(ctx, created, resp.Private)...)
	resp.Diagnostics.Append(r.claim(ctx, created.ID, resp.Private, resp.Identity)...)
}

func (r *locationResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state locationModel
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id := state.ID.ValueString()
	if !r.refreshable(ctx, kindLocation, id, req, resp) {
		return
	}
	service, ok := capability[backup.Locator](r.client, "Read Backup Location", lacksLocations, &resp.Diagnostics)
	if !ok {
		return
	}
	location, err := service.Location(ctx, id)
	switch {
	case errors.Is(err, backup.ErrNotFound):
		forget(ctx, "Backup Location", named(kindLocation, state.Name.ValueString(), id), "; the points that it held are not in the new one", resp)
		return
	case err != nil:
		unable(&resp.Diagnostics, "Read Backup Location", err)
		return
	}
	resp.Diagnostics.Append(state.fromDomain(ctx, location)...)
	resp.Diagnostics.Append(state.remember(ctx, location, resp.Private)...)
	resp.Diagnostics.Append(set(ctx, &resp.State, state)...)
}

func (r *locationResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state locationModel
	resp.Diagnostics.Append(get(ctx, req.Plan, &plan)...)
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() || !r.demand(&resp.Diagnostics) {
		return
	}
	id := state.ID.ValueString()
	service, _ := capability[backup.Locator](r.client, "Update Backup Location", lacksLocations, &resp.Diagnostics)
	timeout, diags := plan.Timeouts.Update(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(r.guard(ctx, kindLocation, id, req.Private)...)
	want, diags := plan.wanted(ctx, req.Config, &state)
	resp.Diagnostics.Append(diags...)
	have, diags := state.toDomain(ctx)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	// force_destroy, versions and timeouts are Terraform's own: the service is not asked to write what it has.
	if want.Default == nil {
		have.Default = nil
	}
	if !reflect.DeepEqual(want, have) {
		updated, err := service.UpdateLocation(ctx, want)
		r.notices(&resp.Diagnostics)
		if err != nil {
			unable(&resp.Diagnostics, "Update Backup Location", err)
			return
		}
		want = updated
	}
	plan.settle(want)
	resp.Diagnostics.Append(set(ctx, &resp.State, plan)...)
	resp.Diagnostics.Append(r.claim(ctx, id, resp.Private, resp.Identity)...)
}

func (r *locationResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state locationModel
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() || !r.demand(&resp.Diagnostics) {
		return
	}
	id := state.ID.ValueString()
	service, _ := capability[backup.Locator](r.client, "Delete Backup Location", lacksLocations, &resp.Diagnostics)
	timeout, diags := state.Timeouts.Delete(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(r.guard(ctx, kindLocation, id, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	force := state.ForceDestroy.ValueBool()
	err := service.DeleteLocation(ctx, id, force)
	r.notices(&resp.Diagnostics)
	switch {
	case err == nil, errors.Is(err, backup.ErrNotFound):
	case errors.Is(err, backup.ErrConflict):
		advice := locationInUse
		if !force && state.VNGCloud.IsNull() { // it does not help there
			advice += "\n\n" + locationOccupied
		}
		resp.Diagnostics.AddError("Unable to Delete Backup Location", explain(err)+"\n\n"+advice)
	default:
		unable(&resp.Diagnostics, "Delete Backup Location", err)
	}
}

func (r *locationResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.importByIDOrIdentity(ctx, req, resp)
}
