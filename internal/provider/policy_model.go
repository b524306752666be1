package provider

import (
	"context"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

type policyModel struct {
	ID                  types.String   `tfsdk:"id"`
	Name                types.String   `tfsdk:"name"`
	Description         types.String   `tfsdk:"description"`
	Schedules           types.List     `tfsdk:"schedules"`
	Timezone            types.String   `tfsdk:"timezone"`
	Enabled             types.Bool     `tfsdk:"enabled"`
	Retention           types.Object   `tfsdk:"retention"`
	IncrementalsPerFull types.Int64    `tfsdk:"incrementals_per_full"`
	Default             types.Bool     `tfsdk:"default"`
	Tags                types.Map      `tfsdk:"tags"`
	VNGCloud            types.Object   `tfsdk:"vngcloud"`
	CreatedAt           types.String   `tfsdk:"created_at"`
	Timeouts            timeouts.Value `tfsdk:"timeouts"`
}

// toDomain leaves out what is not known yet.
func (m policyModel) toDomain(ctx context.Context) (backup.Policy, diag.Diagnostics) {
	retention, diags := retentionToDomain(ctx, m.Retention)
	var options any
	for _, option := range policyOptions() {
		if v := option.value(&m); !v.IsNull() && !v.IsUnknown() {
			o, d := option.toDomain(ctx, *v)
			diags.Append(d...)
			options = o
		}
	}
	return backup.Policy{
		Options:             options,
		ID:                  m.ID.ValueString(),
		Name:                m.Name.ValueString(),
		Description:         m.Description.ValueString(),
		Schedules:           stringsOf(m.Schedules),
		Timezone:            m.Timezone.ValueString(),
		Enabled:             m.Enabled.ValueBool(),
		Retention:           retention,
		IncrementalsPerFull: int64Ptr(m.IncrementalsPerFull),
		Default:             boolPtr(m.Default),
		Tags:                stringMapOf(m.Tags),
	}, diags
}

// wanted is the policy of a plan as the service is asked for it. A default that the configuration leaves
// out is left alone: to write what the state says would take it back from the policy that has it now.
func (m policyModel) wanted(ctx context.Context, config attributeReader) (backup.Policy, diag.Diagnostics) {
	p, diags := m.toDomain(ctx)
	var configured types.Bool
	diags.Append(config.GetAttribute(ctx, path.Root("default"), &configured)...)
	p.Default = boolPtr(configured)
	return p, diags
}

// fromDomain is for Read. stored is how the service would show the policy as the state has it: what is the
// same there as in what the service shows has not changed, and stays as the user spelled it.
func (m *policyModel) fromDomain(ctx context.Context, p, stored backup.Policy) diag.Diagnostics {
	imported := m.Name.IsNull()
	same := func(a, b any) bool { return !imported && reflect.DeepEqual(a, b) }
	var diags diag.Diagnostics
	m.Name = types.StringValue(p.Name)
	m.Description = keepString(m.Description, p.Description)
	// Rules mean something only in their zone.
	if imported || !backup.SchedulesEqual(stored.Schedules, p.Schedules) || stored.Timezone != p.Timezone {
		m.Timezone = types.StringValue(p.Timezone)
		if imported || !backup.SchedulesEqual(stringsOf(m.Schedules), p.Schedules) {
			m.Schedules = listOf(p.Schedules)
		}
	}
	if !same(stored.Enabled, p.Enabled) {
		m.Enabled = types.BoolValue(p.Enabled)
	}
	if !same(stored.Retention, p.Retention) {
		retention, d := retentionFromDomain(ctx, p.Retention)
		diags.Append(d...)
		m.Retention = retention
	}
	if !same(stored.IncrementalsPerFull, p.IncrementalsPerFull) {
		m.IncrementalsPerFull = types.Int64PointerValue(p.IncrementalsPerFull)
	}
	m.Default = types.BoolPointerValue(p.Default)
	m.Tags = keepMap(m.Tags, p.Tags)
	if !same(stored.Options, p.Options) {
		for _, option := range policyOptions() {
			options, d := option.fromDomain(ctx, p.Options)
			diags.Append(d...)
			*option.value(m) = options
		}
	}
	if imported {
		for _, option := range policyOptions() {
			if !option.value(m).IsNull() {
				diags.Append(option.shorten(ctx, m)...)
			}
		}
	}
	m.CreatedAt = timeOrNull(p.CreatedAt)
	return diags
}

// settle is for Create and Update: it fills in what the plan left open and nothing else, because
// Terraform holds the provider to its plan. What the service made of the rest shows in the next refresh.
func (m *policyModel) settle(p backup.Policy) {
	m.ID = types.StringValue(p.ID)
	if m.Default.IsUnknown() {
		m.Default = types.BoolPointerValue(p.Default)
	}
	if m.CreatedAt.IsUnknown() {
		m.CreatedAt = timeOrNull(p.CreatedAt)
	}
}

// retentionModel is used by the resource and by the data sources.
type retentionModel struct {
	Latest  types.Int64 `tfsdk:"latest"`
	Hourly  types.Int64 `tfsdk:"hourly"`
	Daily   types.Int64 `tfsdk:"daily"`
	Weekly  types.Int64 `tfsdk:"weekly"`
	Monthly types.Int64 `tfsdk:"monthly"`
	Yearly  types.Int64 `tfsdk:"yearly"`
	Days    types.Int64 `tfsdk:"days"`
}

func retentionToDomain(ctx context.Context, v types.Object) (*backup.Retention, diag.Diagnostics) {
	if v.IsNull() || v.IsUnknown() {
		return nil, nil
	}
	var m retentionModel
	diags := as(ctx, v, &m, basetypes.ObjectAsOptions{})
	return &backup.Retention{
		Latest:  int64Ptr(m.Latest),
		Hourly:  int64Ptr(m.Hourly),
		Daily:   int64Ptr(m.Daily),
		Weekly:  int64Ptr(m.Weekly),
		Monthly: int64Ptr(m.Monthly),
		Yearly:  int64Ptr(m.Yearly),
		Days:    int64Ptr(m.Days),
	}, diags
}

// newRetentionModel is nil for nil.
func newRetentionModel(r *backup.Retention) *retentionModel {
	if r == nil {
		return nil
	}
	return &retentionModel{
		Latest:  types.Int64PointerValue(r.Latest),
		Hourly:  types.Int64PointerValue(r.Hourly),
		Daily:   types.Int64PointerValue(r.Daily),
		Weekly:  types.Int64PointerValue(r.Weekly),
		Monthly: types.Int64PointerValue(r.Monthly),
		Yearly:  types.Int64PointerValue(r.Yearly),
		Days:    types.Int64PointerValue(r.Days),
	}
}

func retentionFromDomain(ctx context.Context, r *backup.Retention) (types.Object, diag.Diagnostics) {
	return types.ObjectValueFrom(ctx, objectTypes(retentionSchema()), newRetentionModel(r))
}
