package provider

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/objectvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud"
)

type vngcloudRestoreModel struct {
	Server    *vngcloudServerModel `tfsdk:"server"`
	Volume    *vngcloudVolumeModel `tfsdk:"volume"`
	ExtraBody types.String         `tfsdk:"extra_body"`
}

type vngcloudServerModel struct {
	Name             types.String `tfsdk:"name"`
	FlavorID         types.String `tfsdk:"flavor_id"`
	NetworkID        types.String `tfsdk:"network_id"`
	SubnetID         types.String `tfsdk:"subnet_id"`
	ImageID          types.String `tfsdk:"image_id"`
	RootDiskSizeGB   types.Int64  `tfsdk:"root_disk_size_gb"`
	RootDiskTypeID   types.String `tfsdk:"root_disk_type_id"`
	ZoneID           types.String `tfsdk:"zone_id"`
	SecurityGroupIDs types.Set    `tfsdk:"security_group_ids"`
	SSHKeyID         types.String `tfsdk:"ssh_key_id"`
}

type vngcloudVolumeModel struct {
	VolumePointID types.String `tfsdk:"volume_point_id"`
	Name          types.String `tfsdk:"name"`
	SizeGB        types.Int64  `tfsdk:"size_gb"`
	VolumeTypeID  types.String `tfsdk:"volume_type_id"`
	ZoneID        types.String `tfsdk:"zone_id"`
}

func vngcloudRestoreOption() restoreOption {
	return restoreOption{
		name:      "vngcloud",
		attribute: vngcloudRestoreSchema,
		value:     func(m restoreModel) types.Object { return m.VNGCloud },
		toDomain:  vngcloudRestoreToDomain,
	}
}

func vngcloudRestoreSchema() schema.SingleNestedAttribute {
	required := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Required: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)}, MarkdownDescription: description}
	}
	optional := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)}, MarkdownDescription: description}
	}
	size := func(description string, least int64) schema.Int64Attribute {
		return schema.Int64Attribute{Optional: true, Validators: []validator.Int64{int64validator.AtLeast(least)}, MarkdownDescription: description}
	}
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "What to make of the point on the `vngcloud` service, where it is required: a restore always makes a new server or a new volume, " +
			"which is billed and stays when this resource is destroyed. A change restores again.",
		Attributes: map[string]schema.Attribute{
			"server": schema.SingleNestedAttribute{
				Optional:            true,
				Validators:          []validator.Object{objectvalidator.ExactlyOneOf(path.MatchRelative().AtParent().AtName("volume"))},
				MarkdownDescription: "A new server, which comes up stopped. Exactly one of `server` and `volume` is required.",
				Attributes: map[string]schema.Attribute{
					"name":               required("Name of the new server, 5 to 65 characters."),
					"flavor_id":          required("Id of its flavor."),
					"network_id":         required("Id of its network."),
					"subnet_id":          required("Id of its subnet."),
					"root_disk_type_id":  required("Id of the type of its root disk."),
					"image_id":           optional("Id of its image; default that of the server that was backed up."),
					"root_disk_size_gb":  size("Size of its root disk in GB, 20 or more; default that of the disk that was backed up.", 20),
					"zone_id":            optional("Id of its zone; default: the service decides."),
					"ssh_key_id":         optional("Id of an SSH key; default none."),
					"security_group_ids": schema.SetAttribute{ElementType: types.StringType, Optional: true, Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.NoNullValues()}, MarkdownDescription: "Ids of its security groups; default: the service decides."},
				},
			},
			"volume": schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "A new volume.",
				Attributes: map[string]schema.Attribute{
					"volume_point_id": required("Id of the volume to restore, from `volumes` of the data source `serverbackup_point`."),
					"name":            required("Name of the new volume."),
					"size_gb":         size("Size in GB, 1 or more; default that of the volume that was backed up.", 1),
					"volume_type_id":  optional("Id of its type; default that of the volume that was backed up."),
					"zone_id":         optional("Id of its zone; default: the service decides."),
				},
			},
			"extra_body": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "JSON object, as `jsonencode` writes it, whose members are added to the request or replace those of it; default none. " +
					"For what the provider does not know of the service.",
			},
		},
	}
}

func vngcloudRestoreToDomain(ctx context.Context, v types.Object) (any, diag.Diagnostics) {
	var m vngcloudRestoreModel
	diags := as(ctx, v, &m, basetypes.ObjectAsOptions{UnhandledUnknownAsEmpty: true})
	o := vngcloud.RestoreOptions{ExtraBody: m.ExtraBody.ValueString()}
	if s := m.Server; s != nil {
		o.Server = &vngcloud.ServerRestore{
			Name: s.Name.ValueString(), FlavorID: s.FlavorID.ValueString(),
			NetworkID: s.NetworkID.ValueString(), SubnetID: s.SubnetID.ValueString(),
			ImageID: s.ImageID.ValueString(), RootDiskSizeGB: s.RootDiskSizeGB.ValueInt64(), RootDiskTypeID: s.RootDiskTypeID.ValueString(),
			ZoneID: s.ZoneID.ValueString(), SSHKeyID: s.SSHKeyID.ValueString(),
			SecurityGroupIDs: slices.Sorted(slices.Values(stringsOf(s.SecurityGroupIDs))),
		}
	}
	if s := m.Volume; s != nil {
		o.Volume = &vngcloud.VolumeRestore{
			VolumePointID: s.VolumePointID.ValueString(), Name: s.Name.ValueString(),
			SizeGB: s.SizeGB.ValueInt64(), VolumeTypeID: s.VolumeTypeID.ValueString(), ZoneID: s.ZoneID.ValueString(),
		}
	}
	return o, diags
}
