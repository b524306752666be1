package provider

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud"
)

// vngcloudLocationModel is used by the resource and by the data sources.
type vngcloudLocationModel struct {
	RegionID types.String `tfsdk:"region_id"`
	Product  types.String `tfsdk:"product"`
}

// vngcloudProducts are what locations are for; the first is the default.
var vngcloudProducts = []string{"vServer", "vDB"}

func vngcloudLocationOption() locationOption {
	return locationOption{
		name:      "vngcloud",
		attribute: vngcloudLocationSchema,
		value:     func(m *locationModel) *types.Object { return &m.VNGCloud },
		toDomain: func(ctx context.Context, v types.Object) (any, diag.Diagnostics) {
			m, diags := vngcloudLocationOf(ctx, v)
			return vngcloud.LocationOptions{RegionID: m.RegionID.ValueString(), Product: m.Product.ValueString()}, diags
		},
		withSecrets: noSecrets,
		fromDomain:  vngcloudLocationFromDomain,
		remember:    func(options any) any { return regionOf(options) },
		data:        vngcloudLocationDataSchema(),
		dataValue:   func(d *locationData) *types.Object { return &d.VNGCloud },
		toData:      vngcloudLocationToData,
	}
}

// vngcloudRegion is how the region of a location can be spelled.
type vngcloudRegion struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func regionOf(options any) vngcloudRegion {
	o, _ := options.(vngcloud.LocationOptions)
	return vngcloudRegion{ID: o.RegionID, Name: o.RegionName}
}

// means says whether a spelling is of this region.
func (r vngcloudRegion) means(spelling string) bool {
	return spelling != "" && (spelling == r.ID || strings.EqualFold(spelling, r.Name))
}

// regionChanges asks for another location only for another region, not for another spelling of its own.
func regionChanges(ctx context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
	var is vngcloudRegion
	value, diags := req.Private.GetKey(ctx, "vngcloud")
	resp.Diagnostics.Append(diags...)
	known := json.Unmarshal(value, &is) == nil
	resp.RequiresReplace = !req.StateValue.IsNull() && (!known || req.PlanValue.IsUnknown() || !is.means(req.PlanValue.ValueString()))
}

// productChanges asks for another location only for another product: to leave out the default is none.
func productChanges(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
	was, is := orElse(req.StateValue.ValueString(), vngcloudProducts[0]), orElse(req.PlanValue.ValueString(), vngcloudProducts[0])
	resp.RequiresReplace = req.PlanValue.IsUnknown() || is != was
}

func vngcloudLocationSchema() schema.SingleNestedAttribute {
	const replaces = "A change replaces the location."
	return schema.SingleNestedAttribute{
		Optional:            true,
		PlanModifiers:       replaceUnknown(),
		MarkdownDescription: "Where a location of the `vngcloud` service is; required there.",
		Attributes: map[string]schema.Attribute{
			"region_id": schema.StringAttribute{
				Required:      true,
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplaceIf(regionChanges, replaces, replaces)},
				Validators:    []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "Storage region: its name such as `HCM04`, or its id; the data source `serverbackup_regions` lists them. " +
					"Another spelling of the same region changes nothing. " + replaces,
			},
			"product": schema.StringAttribute{
				Optional:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplaceIf(productChanges, replaces, replaces)},
				Validators:          []validator.String{stringvalidator.OneOf(vngcloudProducts...)},
				MarkdownDescription: "What the location is for, one of " + inCode(vngcloudProducts) + "; default `vServer`, the only one whose points this provider knows. " + replaces,
			},
		},
	}
}

func vngcloudLocationDataSchema() dataschema.SingleNestedAttribute {
	return dataschema.SingleNestedAttribute{
		Computed:            true,
		MarkdownDescription: "Where the location is; null on other services than `vngcloud`.",
		Attributes: map[string]dataschema.Attribute{
			"region_id": dataschema.StringAttribute{Computed: true, MarkdownDescription: "Id of the storage region; `region` has its name."},
			"product":   dataschema.StringAttribute{Computed: true, MarkdownDescription: "What the location is for, one of " + inCode(vngcloudProducts) + "."},
		},
	}
}

func vngcloudLocationOf(ctx context.Context, v types.Object) (vngcloudLocationModel, diag.Diagnostics) {
	var m vngcloudLocationModel
	diags := as(ctx, v, &m, basetypes.ObjectAsOptions{UnhandledNullAsEmpty: true, UnhandledUnknownAsEmpty: true})
	return m, diags
}

func vngcloudLocationFromDomain(ctx context.Context, state types.Object, options any) (types.Object, diag.Diagnostics) {
	attributes := objectTypes(vngcloudLocationSchema())
	o, ok := options.(vngcloud.LocationOptions)
	if !ok {
		return types.ObjectNull(attributes), nil
	}
	m, diags := vngcloudLocationOf(ctx, state)
	if !regionOf(o).means(m.RegionID.ValueString()) {
		m.RegionID = types.StringValue(orElse(o.RegionName, o.RegionID))
	}
	if !m.Product.IsNull() || o.Product != vngcloudProducts[0] {
		m.Product = stringOrNull(o.Product)
	}
	next, d := types.ObjectValueFrom(ctx, attributes, m)
	diags.Append(d...)
	return next, diags
}

func vngcloudLocationToData(ctx context.Context, options any) (types.Object, diag.Diagnostics) {
	attributes := objectTypes(vngcloudLocationSchema())
	o, ok := options.(vngcloud.LocationOptions)
	if !ok {
		return types.ObjectNull(attributes), nil
	}
	return types.ObjectValueFrom(ctx, attributes, vngcloudLocationModel{stringOrNull(o.RegionID), stringOrNull(o.Product)})
}
