package provider

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud"
)

// vngcloudPolicyModel is used by the resource and by the data sources.
type vngcloudPolicyModel struct {
	IncrementalsPerFull *incrementalsModel `tfsdk:"incrementals_per_full"`
	EmailOn             types.Set          `tfsdk:"email_on"`
	ProtectServer       types.Bool         `tfsdk:"protect_server"`
}

type incrementalsModel struct {
	Hourly  types.Int64 `tfsdk:"hourly"`
	Daily   types.Int64 `tfsdk:"daily"`
	Weekly  types.Int64 `tfsdk:"weekly"`
	Monthly types.Int64 `tfsdk:"monthly"`
}

func vngcloudPolicyOption() policyOption {
	return policyOption{
		name:       "vngcloud",
		attribute:  vngcloudPolicySchema,
		value:      func(m *policyModel) *types.Object { return &m.VNGCloud },
		toDomain:   vngcloudPolicyToDomain,
		fromDomain: vngcloudPolicyFromDomain,
		shorten:    shortenVNGCloudPolicy,
		data:       vngcloudPolicyDataSchema(),
		dataValue:  func(d *policyData) *types.Object { return &d.VNGCloud },
	}
}

var (
	// cadences are the kinds of schedule that Backup Center counts apart.
	cadences      = []string{"hourly", "daily", "weekly", "monthly"}
	emailOutcomes = []string{vngcloud.EmailOnError, vngcloud.EmailOnSuccess}
)

func vngcloudPolicySchema() schema.SingleNestedAttribute {
	incrementals := make(map[string]schema.Attribute, len(cadences))
	for _, name := range cadences {
		incrementals[name] = schema.Int64Attribute{
			Optional:            true,
			Validators:          []validator.Int64{int64validator.AtLeast(0)},
			MarkdownDescription: "Incremental points after each full one of the " + name + " schedule, 0 or more; default 0.",
		}
	}
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "What only Backup Center has; default: no incremental points, no e-mail.",
		Attributes: map[string]schema.Attribute{
			"incrementals_per_full": schema.SingleNestedAttribute{
				Optional:            true,
				Attributes:          incrementals,
				MarkdownDescription: "Incremental points after each full one, for each kind of schedule; default the common `incrementals_per_full` for all.",
			},
			"email_on": schema.SetAttribute{
				ElementType: types.StringType,
				Optional:    true,
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(),
					setvalidator.ValueStringsAre(stringvalidator.OneOf(emailOutcomes...)),
				},
				MarkdownDescription: "Outcomes of a backup that e-mail is sent on, of " + inCode(emailOutcomes) + "; default none.",
			},
			"protect_server": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "The service's own flag `protectServer`, whose effect it does not document; default `false`.",
			},
		},
	}
}

func vngcloudPolicyDataSchema() dataschema.SingleNestedAttribute {
	incrementals := make(map[string]dataschema.Attribute, len(cadences))
	for _, name := range cadences {
		incrementals[name] = dataschema.Int64Attribute{
			Computed: true, MarkdownDescription: "Of the " + name + " schedule; null if there is none.",
		}
	}
	return dataschema.SingleNestedAttribute{
		Computed:            true,
		MarkdownDescription: "What only Backup Center has; null on other services than `vngcloud`.",
		Attributes: map[string]dataschema.Attribute{
			"incrementals_per_full": dataschema.SingleNestedAttribute{
				Computed: true, Attributes: incrementals,
				MarkdownDescription: "Incremental points after each full one, for each kind of schedule.",
			},
			"email_on":       dataschema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Outcomes of a backup that e-mail is sent on; null: none."},
			"protect_server": dataschema.BoolAttribute{Computed: true, MarkdownDescription: "The service's own flag `protectServer`."},
		},
	}
}

func vngcloudPolicyToDomain(ctx context.Context, v types.Object) (any, diag.Diagnostics) {
	var m vngcloudPolicyModel
	diags := as(ctx, v, &m, basetypes.ObjectAsOptions{UnhandledUnknownAsEmpty: true})
	o := vngcloud.PolicyOptions{
		EmailOn:       slices.Sorted(slices.Values(stringsOf(m.EmailOn))),
		ProtectServer: m.ProtectServer.ValueBool(),
	}
	if n := m.IncrementalsPerFull; n != nil {
		o.IncrementalsPerFull = &vngcloud.Incrementals{
			Hourly: int64Ptr(n.Hourly), Daily: int64Ptr(n.Daily), Weekly: int64Ptr(n.Weekly), Monthly: int64Ptr(n.Monthly),
		}
	}
	return o, diags
}

func vngcloudPolicyFromDomain(ctx context.Context, options any) (types.Object, diag.Diagnostics) {
	attributes := objectTypes(vngcloudPolicySchema())
	o, ok := options.(vngcloud.PolicyOptions)
	if !ok {
		return types.ObjectNull(attributes), nil
	}
	m := vngcloudPolicyModel{EmailOn: types.SetNull(types.StringType), ProtectServer: types.BoolValue(o.ProtectServer)}
	if len(o.EmailOn) > 0 {
		m.EmailOn = setOf(o.EmailOn)
	}
	if n := o.IncrementalsPerFull; n != nil {
		m.IncrementalsPerFull = &incrementalsModel{
			Hourly: types.Int64PointerValue(n.Hourly), Daily: types.Int64PointerValue(n.Daily),
			Weekly: types.Int64PointerValue(n.Weekly), Monthly: types.Int64PointerValue(n.Monthly),
		}
	}
	return types.ObjectValueFrom(ctx, attributes, m)
}

// shortenVNGCloudPolicy says the number of incremental points once if it is the same for all schedules, and
// not at all if there are none.
func shortenVNGCloudPolicy(ctx context.Context, m *policyModel) diag.Diagnostics {
	var o vngcloudPolicyModel
	diags := as(ctx, m.VNGCloud, &o, basetypes.ObjectAsOptions{})
	if !m.IncrementalsPerFull.IsNull() {
		o.IncrementalsPerFull = nil
	}
	if m.IncrementalsPerFull.ValueInt64() == 0 {
		m.IncrementalsPerFull = types.Int64Null()
	}
	if !o.ProtectServer.ValueBool() {
		o.ProtectServer = types.BoolNull()
	}
	if o.IncrementalsPerFull == nil && o.EmailOn.IsNull() && o.ProtectServer.IsNull() {
		m.VNGCloud = types.ObjectNull(m.VNGCloud.AttributeTypes(ctx))
		return diags
	}
	short, d := types.ObjectValueFrom(ctx, m.VNGCloud.AttributeTypes(ctx), o)
	m.VNGCloud = short
	diags.Append(d...)
	return diags
}
