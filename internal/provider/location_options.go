package provider

import (
	"context"
	"encoding/json"

	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// locationOption is what one service adds to serverbackup_location: its nested attribute, in the
// resource and in the data sources.
type locationOption struct {
	name      string
	attribute func() schema.SingleNestedAttribute
	value     func(*locationModel) *types.Object
	// toDomain gets an object that is neither null nor unknown. It has no secrets: plans and states hold
	// none.
	toDomain func(context.Context, types.Object) (any, diag.Diagnostics)
	// withSecrets adds those write-only values of the configuration whose version in the plan is not the
	// one in the state, to what toDomain made. The state is null for a new location.
	withSecrets func(ctx context.Context, options any, config, plan, state types.Object) (any, diag.Diagnostics)
	// fromDomain returns null for the options of another service.
	fromDomain func(ctx context.Context, state types.Object, options any) (types.Object, diag.Diagnostics)
	// remember returns what the plan has to know of the options beside the state; nil for nothing. Private state
	// has it, by the name of the service.
	remember func(options any) any

	data      dataschema.SingleNestedAttribute
	dataValue func(*locationData) *types.Object
	// toData returns null for the options of another service.
	toData func(ctx context.Context, options any) (types.Object, diag.Diagnostics)
}

// locationOptions are the services that have a say in serverbackup_location.
func locationOptions() []locationOption {
	return []locationOption{localLocationOption(), vngcloudLocationOption(), cbrLocationOption()}
}

// remember puts what the plan has to know of a location into its private state.
func (m *locationModel) remember(ctx context.Context, l backup.Location, private privateSetter) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, option := range locationOptions() {
		if option.remember == nil || option.value(m).IsNull() {
			continue
		}
		value, err := json.Marshal(option.remember(l.Options))
		if err != nil {
			unable(&diags, "Record the Backup Location", err)
			return diags
		}
		diags.Append(private.SetKey(ctx, option.name, value)...)
	}
	return diags
}

// noSecrets is withSecrets of a service whose locations have none.
func noSecrets(_ context.Context, options any, _, _, _ types.Object) (any, diag.Diagnostics) {
	return options, nil
}
