package provider

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

type localRestoreModel struct {
	Target          types.String `tfsdk:"target"`
	InPlace         types.Bool   `tfsdk:"in_place"`
	VolumeIDs       types.Set    `tfsdk:"volume_ids"`
	Overwrite       types.String `tfsdk:"overwrite"`
	SkipOwners      types.Bool   `tfsdk:"skip_owners"`
	AllowIncomplete types.Bool   `tfsdk:"allow_incomplete"`
}

func localRestoreOption() restoreOption {
	return restoreOption{
		name:      "local",
		attribute: localRestoreSchema,
		value:     func(m restoreModel) types.Object { return m.Local },
		toDomain:  localRestoreToDomain,
	}
}

// The attributes have no defaults in the schema: one that a later version adds would change the state,
// and with it restore again.
func localRestoreSchema() schema.SingleNestedAttribute {
	overwrites := []local.Overwrite{local.OverwriteNever, local.OverwriteIfNewer, local.OverwriteAlways}
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "Where to and how to restore on the `local` service, where it is required. A change restores again.",
		Attributes: map[string]schema.Attribute{
			"target": schema.StringAttribute{
				Optional:   true,
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "Directory to restore into; it is created if it does not exist. A relative path starts at the directory that Terraform runs in. " +
					"With several volumes, each gets a directory of its own below it. Exactly one of `target` and `in_place = true` is required.",
			},
			"in_place": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to restore to the paths that were backed up, on the host that has them; default `false`. " +
					"Needs `overwrite_existing_data = true`.",
			},
			"volume_ids": schema.SetAttribute{
				ElementType:         types.StringType,
				Optional:            true,
				Validators:          []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.NoNullValues()},
				MarkdownDescription: "Ids of the volumes to restore, from `volumes` of the data source `serverbackup_point`; default all.",
			},
			"overwrite": schema.StringAttribute{
				Optional:   true,
				Validators: []validator.String{stringvalidator.OneOf(converted[string](overwrites)...)},
				MarkdownDescription: "What happens to a file that exists: one of " + inCode(overwrites) + "; default `never`, which fails. " +
					"`if_newer` replaces it if the one of the point is newer, `always` in any case.",
			},
			"skip_owners": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether files belong to whoever runs the provider; default `false`, which gives them back their users and groups if that is root.",
			},
			"allow_incomplete": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether a point in status `error` may be restored, with what there is of it; default `false`.",
			},
		},
	}
}

func localRestoreToDomain(ctx context.Context, v types.Object) (any, diag.Diagnostics) {
	var m localRestoreModel
	diags := as(ctx, v, &m, basetypes.ObjectAsOptions{})
	o := local.RestoreOptions{
		InPlace:         m.InPlace.ValueBool(),
		VolumeIDs:       slices.Sorted(slices.Values(stringsOf(m.VolumeIDs))),
		Overwrite:       local.OverwriteNever,
		SkipOwners:      m.SkipOwners.ValueBool(),
		AllowIncomplete: m.AllowIncomplete.ValueBool(),
	}
	if how := m.Overwrite.ValueString(); how != "" {
		o.Overwrite = local.Overwrite(how)
	}
	if target := m.Target.ValueString(); target != "" {
		abs, err := filepath.Abs(target)
		if err != nil {
			diags.AddAttributeError(path.Root("local").AtName("target"), "Invalid Path", sentence(explain(err)))
		}
		o.Target = abs
	}
	return o, diags
}
