package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	_ resource.ResourceWithConfigure   = (*pointResource)(nil)
	_ resource.ResourceWithIdentity    = (*pointResource)(nil)
	_ resource.ResourceWithImportState = (*pointResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*pointResource)(nil)
)

// kindPoint is what messages call the object.
const kindPoint = "backup point"

// pointResource is one on-demand backup. Its life is told in the point_*.go files, one per step.
type pointResource struct {
	withClient
}

func newPointResource() resource.Resource {
	return &pointResource{}
}

func (r *pointResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_point"
}

func (r *pointResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identitySchema()
}

// ImportState sets the defaults too, which nothing else would set before the first plan compares
// them; Read does the rest.
func (r *pointResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.importByIDOrIdentity(ctx, req, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	for name, value := range pointDefaults() {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
}

// pointDefaults are the defaults of what no service knows.
func pointDefaults() map[string]any {
	return map[string]any{
		"on_destroy":    onDestroyDelete,
		"on_missing":    onMissingRecreate,
		"wait":          types.BoolValue(true),
		"stall_timeout": defaultStallTimeout,
	}
}
