package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/csbs"
)

// huaweicloudRestoreModel is what csbs and cbr take alike.
type huaweicloudRestoreModel struct {
	ServerID      types.String `tfsdk:"server_id"`
	PowerOn       types.Bool   `tfsdk:"power_on"`
	VolumeMapping types.Map    `tfsdk:"volume_mapping"`
}

func csbsRestoreOption() restoreOption {
	return restoreOption{
		name:      "csbs",
		attribute: func() schema.SingleNestedAttribute { return huaweicloudRestoreSchema("csbs") },
		value:     func(m restoreModel) types.Object { return m.CSBS },
		toDomain: func(ctx context.Context, v types.Object) (any, diag.Diagnostics) {
			m, diags := huaweicloudRestoreOf(ctx, v)
			powerOn := m.powerOn()
			return csbs.RestoreOptions{ServerID: m.ServerID.ValueString(), PowerOn: &powerOn, VolumeMapping: stringMapOf(m.VolumeMapping)}, diags
		},
	}
}

func cbrRestoreOption() restoreOption {
	return restoreOption{
		name:      "cbr",
		attribute: func() schema.SingleNestedAttribute { return huaweicloudRestoreSchema("cbr") },
		value:     func(m restoreModel) types.Object { return m.CBR },
		toDomain: func(ctx context.Context, v types.Object) (any, diag.Diagnostics) {
			m, diags := huaweicloudRestoreOf(ctx, v)
			return cbr.RestoreOptions{ServerID: m.ServerID.ValueString(), PowerOn: m.powerOn(), VolumeMapping: stringMapOf(m.VolumeMapping)}, diags
		},
	}
}

func huaweicloudRestoreSchema(name string) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "Which server to restore to on the `" + name + "` service, where it is required. Its disks are overwritten, " +
			"which needs `overwrite_existing_data = true`. A change restores again.",
		Attributes: map[string]schema.Attribute{
			"server_id": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "Id of the Elastic Cloud Server whose disks are overwritten.",
			},
			"power_on": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether the server is started afterwards; default `true`.",
			},
			"volume_mapping": schema.MapAttribute{
				ElementType: types.StringType,
				Optional:    true,
				Validators:  []validator.Map{mapvalidator.SizeAtLeast(1), mapvalidator.NoNullValues()},
				MarkdownDescription: "Disks to overwrite, by the disks that were backed up: id of the source to id of the target. " +
					"Default: each disk goes back to itself, which only the server that was backed up has.",
			},
		},
	}
}

func huaweicloudRestoreOf(ctx context.Context, v types.Object) (huaweicloudRestoreModel, diag.Diagnostics) {
	var m huaweicloudRestoreModel
	diags := as(ctx, v, &m, basetypes.ObjectAsOptions{})
	return m, diags
}

func (m huaweicloudRestoreModel) powerOn() bool { return m.PowerOn.IsNull() || m.PowerOn.ValueBool() }
