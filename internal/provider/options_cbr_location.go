package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
)

// cbrLocationModel is used by the resource and by the data sources.
type cbrLocationModel struct {
	PolicyID            types.String `tfsdk:"policy_id"`
	ReplicationPolicyID types.String `tfsdk:"replication_policy_id"`
	AutoExpand          types.Bool   `tfsdk:"auto_expand"`
	AutoBindTags        types.Map    `tfsdk:"auto_bind_tags"`
	Locked              types.Bool   `tfsdk:"locked"`
	ConsistentLevel     types.String `tfsdk:"consistent_level"`
	ChargingMode        types.String `tfsdk:"charging_mode"`
	Tags                types.Map    `tfsdk:"tags"`
}

// The values of attributes that say nothing; the first of each is the default.
var (
	consistentLevels = []string{"crash_consistent", "app_consistent"}
	chargingModes    = []string{"post_paid", "pre_paid"}
)

func cbrLocationOption() locationOption {
	return locationOption{
		name:        "cbr",
		attribute:   cbrLocationSchema,
		value:       func(m *locationModel) *types.Object { return &m.CBR },
		toDomain:    cbrLocationToDomain,
		withSecrets: noSecrets,
		fromDomain:  cbrLocationFromDomain,
		data:        cbrLocationDataSchema(),
		dataValue:   func(d *locationData) *types.Object { return &d.CBR },
		toData:      cbrLocationToData,
	}
}

func cbrLocationSchema() schema.SingleNestedAttribute {
	// A replacement would have to take the servers out first, and their points with them.
	const fixed = "It cannot be changed: make another location, and move the servers there, which takes their points along."
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "What only a vault of Cloud Backup and Recovery has.",
		Attributes: map[string]schema.Attribute{
			"policy_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Id of the policy that backs up every server in the vault; default none. On `cbr` servers have no policy of their own.",
			},
			"replication_policy_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Id of a policy that replicates the points to another region; default none.",
			},
			"auto_expand": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether the vault grows when it is full, which costs more; default `false`.",
			},
			"auto_bind_tags": schema.MapAttribute{
				ElementType: types.StringType,
				Optional:    true,
				Validators:  []validator.Map{mapvalidator.NoNullValues()},
				MarkdownDescription: "Servers that have these tags are brought into the vault by the service; `{}` brings all, and by default none is. " +
					"Such servers are not in this configuration until they are imported.",
			},
			"locked": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether points that the policy took are kept until its retention lets them go; default `false`. It cannot be taken back.",
			},
			"consistent_level": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{stringvalidator.OneOf(consistentLevels...)},
				MarkdownDescription: "One of " + inCode(consistentLevels) + ", the second on Huawei Cloud only; default `crash_consistent`. " + fixed,
			},
			"charging_mode": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{stringvalidator.OneOf(chargingModes...)},
				MarkdownDescription: "One of " + inCode(chargingModes) + "; default `post_paid`, the only one that can be created here. " + fixed,
			},
			"tags": schema.MapAttribute{
				ElementType:         types.StringType,
				Optional:            true,
				Validators:          []validator.Map{mapvalidator.NoNullValues()},
				MarkdownDescription: "Tags of the vault; default none.",
			},
		},
	}
}

func cbrLocationDataSchema() dataschema.SingleNestedAttribute {
	text := func(description string) dataschema.StringAttribute {
		return dataschema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	flag := func(description string) dataschema.BoolAttribute {
		return dataschema.BoolAttribute{Computed: true, MarkdownDescription: description}
	}
	tags := func(description string) dataschema.MapAttribute {
		return dataschema.MapAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
	}
	return dataschema.SingleNestedAttribute{
		Computed:            true,
		MarkdownDescription: "What only a vault has; null on other services than `cbr`.",
		Attributes: map[string]dataschema.Attribute{
			"policy_id":             text("Id of the policy that backs up every server in the vault; null: none."),
			"replication_policy_id": text("Id of the policy that replicates its points; null: none."),
			"auto_expand":           flag("Whether the vault grows when it is full."),
			"auto_bind_tags":        tags("Tags of the servers that the service brings into the vault; empty: all, null: none."),
			"locked":                flag("Whether points that the policy took are kept until its retention lets them go."),
			"consistent_level":      text("One of " + inCode(consistentLevels) + "."),
			"charging_mode":         text("One of " + inCode(chargingModes) + "."),
			"tags":                  tags("Tags of the vault; null if it has none."),
		},
	}
}

func cbrLocationOf(ctx context.Context, v types.Object) (cbrLocationModel, diag.Diagnostics) {
	var m cbrLocationModel
	diags := as(ctx, v, &m, basetypes.ObjectAsOptions{UnhandledUnknownAsEmpty: true})
	return m, diags
}

func cbrLocationToDomain(ctx context.Context, v types.Object) (any, diag.Diagnostics) {
	m, diags := cbrLocationOf(ctx, v)
	o := cbr.LocationOptions{
		PolicyID: m.PolicyID.ValueString(), ReplicationPolicyID: m.ReplicationPolicyID.ValueString(),
		AutoExpand: m.AutoExpand.ValueBool(), Locked: m.Locked.ValueBool(),
		ConsistentLevel: m.ConsistentLevel.ValueString(), ChargingMode: m.ChargingMode.ValueString(),
		Tags: stringMapOf(m.Tags),
	}
	if !m.AutoBindTags.IsNull() && !m.AutoBindTags.IsUnknown() {
		o.AutoBindTags = map[string]string{}
		for key, value := range stringMapOf(m.AutoBindTags) {
			o.AutoBindTags[key] = value
		}
	}
	return o, diags
}

// cbrLocationFromDomain leaves out what was left out and is as it then is.
func cbrLocationFromDomain(ctx context.Context, state types.Object, options any) (types.Object, diag.Diagnostics) {
	attributes := objectTypes(cbrLocationSchema())
	o, ok := options.(cbr.LocationOptions)
	if !ok {
		return types.ObjectNull(attributes), nil
	}
	prior := cbrLocationModel{Tags: types.MapNull(types.StringType), AutoBindTags: types.MapNull(types.StringType)}
	var diags diag.Diagnostics
	if !state.IsNull() {
		prior, diags = cbrLocationOf(ctx, state)
	}
	flag := func(prior types.Bool, got bool) types.Bool {
		if prior.IsNull() && !got {
			return prior
		}
		return types.BoolValue(got)
	}
	text := func(prior types.String, got, normal string) types.String {
		if prior.IsNull() && got == normal {
			return prior
		}
		return stringOrNull(got)
	}
	m := cbrLocationModel{
		PolicyID:            keepString(prior.PolicyID, o.PolicyID),
		ReplicationPolicyID: keepString(prior.ReplicationPolicyID, o.ReplicationPolicyID),
		AutoExpand:          flag(prior.AutoExpand, o.AutoExpand),
		AutoBindTags:        bindTags(o.AutoBindTags),
		Locked:              flag(prior.Locked, o.Locked),
		ConsistentLevel:     text(prior.ConsistentLevel, o.ConsistentLevel, consistentLevels[0]),
		ChargingMode:        text(prior.ChargingMode, o.ChargingMode, chargingModes[0]),
		Tags:                keepMap(prior.Tags, o.Tags),
	}
	next, d := types.ObjectValueFrom(ctx, attributes, m)
	diags.Append(d...)
	if empty, d := types.ObjectValueFrom(ctx, attributes, cbrLocationModel{
		Tags: types.MapNull(types.StringType), AutoBindTags: types.MapNull(types.StringType),
	}); state.IsNull() && next.Equal(empty) {
		diags.Append(d...)
		return types.ObjectNull(attributes), diags
	}
	return next, diags
}

func cbrLocationToData(ctx context.Context, options any) (types.Object, diag.Diagnostics) {
	attributes := objectTypes(cbrLocationSchema())
	o, ok := options.(cbr.LocationOptions)
	if !ok {
		return types.ObjectNull(attributes), nil
	}
	return types.ObjectValueFrom(ctx, attributes, cbrLocationModel{
		PolicyID: stringOrNull(o.PolicyID), ReplicationPolicyID: stringOrNull(o.ReplicationPolicyID),
		AutoExpand: types.BoolValue(o.AutoExpand), Locked: types.BoolValue(o.Locked),
		AutoBindTags:    bindTags(o.AutoBindTags),
		ConsistentLevel: stringOrNull(o.ConsistentLevel), ChargingMode: stringOrNull(o.ChargingMode),
		Tags: keepMap(types.MapNull(types.StringType), o.Tags),
	})
}

// bindTags keeps none and all apart.
func bindTags(tags map[string]string) types.Map {
	if tags == nil {
		return types.MapNull(types.StringType)
	}
	return keepMap(types.MapValueMust(types.StringType, nil), tags)
}
