package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

type serverModel struct {
	ID               types.String   `tfsdk:"id"`
	Name             types.String   `tfsdk:"name"`
	InstanceID       types.String   `tfsdk:"instance_id"`
	PolicyID         types.String   `tfsdk:"policy_id"`
	LocationID       types.String   `tfsdk:"location_id"`
	Enabled          types.Bool     `tfsdk:"enabled"`
	ExcludeVolumeIDs types.Set      `tfsdk:"exclude_volume_ids"`
	PointsOnDestroy  types.String   `tfsdk:"points_on_destroy"`
	Local            types.Object   `tfsdk:"local"`
	Timeouts         timeouts.Value `tfsdk:"timeouts"`
}

// toDomain leaves out what is not known yet.
func (m serverModel) toDomain(ctx context.Context) (backup.Server, diag.Diagnostics) {
	var diags diag.Diagnostics
	s := backup.Server{
		ID:               m.ID.ValueString(),
		Name:             m.Name.ValueString(),
		InstanceID:       m.InstanceID.ValueString(),
		PolicyID:         m.PolicyID.ValueString(),
		LocationID:       m.LocationID.ValueString(),
		Enabled:          m.Enabled.ValueBool(),
		ExcludeVolumeIDs: stringsOf(m.ExcludeVolumeIDs),
	}
	for _, option := range serverOptions() {
		if value := option.value(&m); !value.IsNull() && !value.IsUnknown() {
			options, d := option.toDomain(ctx, *value)
			diags.Append(d...)
			s.Options = options
		}
	}
	return s, diags
}

// fromDomain is for Read.
func (m *serverModel) fromDomain(ctx context.Context, s backup.Server) diag.Diagnostics {
	var diags diag.Diagnostics
	m.Name = stringOrNull(s.Name)
	m.InstanceID = stringOrNull(s.InstanceID)
	m.PolicyID = stringOrNull(s.PolicyID)
	m.LocationID = stringOrNull(s.LocationID)
	m.Enabled = types.BoolValue(s.Enabled)
	m.ExcludeVolumeIDs = keepSet(m.ExcludeVolumeIDs, s.ExcludeVolumeIDs)
	// The service knows nothing of it; an import begins with the default.
	if m.PointsOnDestroy.IsNull() {
		m.PointsOnDestroy = types.StringValue(string(backup.PointsFail))
	}
	for _, option := range serverOptions() {
		value := option.value(m)
		next, d := option.fromDomain(ctx, *value, s.Options)
		diags.Append(d...)
		*value = next
	}
	return diags
}

// settle is for Create and Update: it fills in what the plan left open and nothing else, because
// Terraform holds the provider to its plan. What the service made of the rest shows in the next refresh.
func (m *serverModel) settle(ctx context.Context, s backup.Server) diag.Diagnostics {
	var diags diag.Diagnostics
	m.ID = types.StringValue(s.ID)
	for attribute, value := range map[*types.String]string{&m.Name: s.Name, &m.PolicyID: s.PolicyID, &m.LocationID: s.LocationID} {
		if attribute.IsUnknown() {
			*attribute = stringOrNull(value)
		}
	}
	for _, option := range serverOptions() {
		value := option.value(m)
		if unknown(ctx, *value) {
			next, d := option.settle(ctx, *value, s.Options)
			diags.Append(d...)
			*value = next
		}
	}
	return diags
}
