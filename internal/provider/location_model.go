package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// bytesPerGB is what consoles and quotas call a GB.
const bytesPerGB = 1 << 30

type locationModel struct {
	ID           types.String   `tfsdk:"id"`
	Name         types.String   `tfsdk:"name"`
	QuotaGB      types.Int64    `tfsdk:"quota_gb"`
	Default      types.Bool     `tfsdk:"default"`
	SoftDelete   types.Object   `tfsdk:"soft_delete"`
	Lock         types.Object   `tfsdk:"lock"`
	ForceDestroy types.Bool     `tfsdk:"force_destroy"`
	Local        types.Object   `tfsdk:"local"`
	VNGCloud     types.Object   `tfsdk:"vngcloud"`
	CBR          types.Object   `tfsdk:"cbr"`
	Timeouts     timeouts.Value `tfsdk:"timeouts"`
}

// softDeleteModel and locationLockModel are used by the resource and by the data sources.
type softDeleteModel struct {
	RetentionDays types.Int64 `tfsdk:"retention_days"`
}

type locationLockModel struct {
	MinDays   types.Int64 `tfsdk:"min_days"`
	MaxDays   types.Int64 `tfsdk:"max_days"`
	GraceDays types.Int64 `tfsdk:"grace_days"`
}

// toDomain leaves out what is not known yet, and secrets.
func (m locationModel) toDomain(ctx context.Context) (backup.Location, diag.Diagnostics) {
	var diags diag.Diagnostics
	l := backup.Location{
		ID:      m.ID.ValueString(),
		Name:    m.Name.ValueString(),
		Default: boolPtr(m.Default),
	}
	if gb := int64Ptr(m.QuotaGB); gb != nil {
		quota := *gb * bytesPerGB
		l.QuotaBytes = &quota
	}
	if !m.SoftDelete.IsNull() && !m.SoftDelete.IsUnknown() {
		var bin softDeleteModel
		diags.Append(as(ctx, m.SoftDelete, &bin, basetypes.ObjectAsOptions{})...)
		l.SoftDelete = &backup.SoftDelete{RetentionDays: bin.RetentionDays.ValueInt64()}
	}
	if !m.Lock.IsNull() && !m.Lock.IsUnknown() {
		var lock locationLockModel
		diags.Append(as(ctx, m.Lock, &lock, basetypes.ObjectAsOptions{})...)
		l.Lock = &backup.LocationLock{
			MinDays: lock.MinDays.ValueInt64(), MaxDays: int64Ptr(lock.MaxDays), GraceDays: int64Ptr(lock.GraceDays),
		}
	}
	for _, option := range locationOptions() {
		if value := option.value(&m); !value.IsNull() && !value.IsUnknown() {
			options, d := option.toDomain(ctx, *value)
			diags.Append(d...)
			l.Options = options
		}
	}
	return l, diags
}

// wanted is the location of a plan as the service is asked for it: with the secrets that are new, and
// without a default that the configuration leaves out, which would take it back from the location that
// has it now. The state is nil for a new location.
func (m locationModel) wanted(ctx context.Context, from tfsdk.Config, state *locationModel) (backup.Location, diag.Diagnostics) {
	l, diags := m.toDomain(ctx)
	var configured types.Bool
	diags.Append(from.GetAttribute(ctx, path.Root("default"), &configured)...)
	l.Default = boolPtr(configured)
	for _, option := range locationOptions() {
		plan := option.value(&m)
		if plan.IsNull() || plan.IsUnknown() {
			continue
		}
		var config types.Object
		diags.Append(from.GetAttribute(ctx, path.Root(option.name), &config)...)
		prior := types.ObjectNull(objectTypes(option.attribute()))
		if state != nil {
			prior = *option.value(state)
		}
		if config.IsNull() || config.IsUnknown() || diags.HasError() {
			continue
		}
		options, d := option.withSecrets(ctx, l.Options, config, *plan, prior)
		diags.Append(d...)
		l.Options = options
	}
	return l, diags
}

// fromDomain is for Read.
func (m *locationModel) fromDomain(ctx context.Context, l backup.Location) diag.Diagnostics {
	var diags diag.Diagnostics
	imported := m.Name.IsNull()
	m.Name = types.StringValue(l.Name)
	m.QuotaGB = quotaGB(l.QuotaBytes)
	m.Default = types.BoolPointerValue(l.Default)
	var d diag.Diagnostics
	m.SoftDelete, d = types.ObjectValueFrom(ctx, objectTypes(softDeleteSchema()), newSoftDeleteModel(l.SoftDelete))
	diags.Append(d...)
	m.Lock, d = types.ObjectValueFrom(ctx, objectTypes(locationLockSchema()), newLocationLockModel(l.Lock))
	diags.Append(d...)
	// The service knows nothing of it; an import begins with the default.
	if m.ForceDestroy.IsNull() {
		m.ForceDestroy = types.BoolValue(false)
	}
	for _, option := range locationOptions() {
		value := option.value(m)
		if !imported && value.IsNull() {
			continue // The repository of the provider need not be described again.
		}
		*value, d = option.fromDomain(ctx, *value, l.Options)
		diags.Append(d...)
	}
	return diags
}

// settle is for Create and Update: it fills in what the plan left open and nothing else, because
// Terraform holds the provider to its plan. What the service made of the rest shows in the next refresh.
func (m *locationModel) settle(l backup.Location) {
	m.ID = types.StringValue(l.ID)
	if m.Default.IsUnknown() {
		m.Default = types.BoolPointerValue(l.Default)
	}
}

// quotaGB rounds up, so that a quota that was set elsewhere to a part of a GB shows as a difference to
// a whole number, and never as none.
func quotaGB(bytes *int64) types.Int64 {
	if bytes == nil {
		return types.Int64Null()
	}
	gb := *bytes / bytesPerGB
	if *bytes%bytesPerGB != 0 {
		gb++
	}
	return types.Int64Value(gb)
}

// newSoftDeleteModel is nil for nil.
func newSoftDeleteModel(s *backup.SoftDelete) *softDeleteModel {
	if s == nil {
		return nil
	}
	return &softDeleteModel{RetentionDays: types.Int64Value(s.RetentionDays)}
}

// newLocationLockModel is nil for nil.
func newLocationLockModel(l *backup.LocationLock) *locationLockModel {
	if l == nil {
		return nil
	}
	return &locationLockModel{
		MinDays:   types.Int64Value(l.MinDays),
		MaxDays:   types.Int64PointerValue(l.MaxDays),
		GraceDays: types.Int64PointerValue(l.GraceDays),
	}
}
