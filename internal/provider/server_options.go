package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// serverOption is what one service adds to serverbackup_server: its nested attribute, and what it
// makes of common attributes that are left out.
type serverOption struct {
	name      string
	attribute func() schema.SingleNestedAttribute
	value     func(*serverModel) *types.Object
	// toDomain gets an object that is neither null nor unknown.
	toDomain func(context.Context, types.Object) (any, diag.Diagnostics)
	// fromDomain returns null for the options of another service.
	fromDomain func(ctx context.Context, state types.Object, options any) (types.Object, diag.Diagnostics)
	// settle fills in what a plan left open.
	settle func(ctx context.Context, plan types.Object, options any) (types.Object, diag.Diagnostics)
	// nullWhenOmitted are the optional and computed attributes that this service decides nothing
	// about: taking one out of the configuration takes it off the server.
	nullWhenOmitted []string
	// defaultWhenOmitted is the value of those that this service gives always the same: taking one out
	// of the configuration sets it back.
	defaultWhenOmitted map[string]string
}

// serverOptions are the services that have a say in serverbackup_server.
func serverOptions() []serverOption {
	return []serverOption{localServerOption()}
}

// refuseForeign refuses the nested attribute of a service that is not the configured one.
func refuseForeign(ctx context.Context, service, name string, config attributeReader, diags *diag.Diagnostics) {
	var nested types.Object
	at := path.Root(name)
	diags.Append(config.GetAttribute(ctx, at, &nested)...)
	if !nested.IsNull() && !nested.IsUnknown() {
		diags.AddAttributeError(at, "Attribute of Another Backup Service", fmt.Sprintf(
			"The provider is configured for %s, so %s means nothing here. Remove it, or set provider to a provider block that is configured for %s.",
			service, name, name))
	}
}

// planServerOptions refuses the nested attributes of services that are not configured and plans what
// taking out an attribute does on the one that is.
func planServerOptions(ctx context.Context, service string, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	for _, option := range serverOptions() {
		if option.name != service {
			refuseForeign(ctx, service, option.name, req.Config, &resp.Diagnostics)
			continue
		}
		omitted := make(map[string]types.String)
		for _, name := range option.nullWhenOmitted {
			omitted[name] = types.StringNull()
		}
		for name, value := range option.defaultWhenOmitted {
			omitted[name] = types.StringValue(value)
		}
		for name, value := range omitted {
			var configured types.String
			at := path.Root(name)
			resp.Diagnostics.Append(req.Config.GetAttribute(ctx, at, &configured)...)
			if configured.IsNull() {
				resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, at, value)...)
			}
		}
	}
}
