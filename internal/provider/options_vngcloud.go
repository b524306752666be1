package provider

import (
	"cmp"
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud"
)

type vngcloudModel struct {
	ClientID        types.String `tfsdk:"client_id"`
	ClientSecret    types.String `tfsdk:"client_secret"`
	Region          types.String `tfsdk:"region"`
	ProjectID       types.String `tfsdk:"project_id"`
	BackendID       types.String `tfsdk:"backend_id"`
	IAMEndpoint     types.String `tfsdk:"iam_endpoint"`
	BackupEndpoint  types.String `tfsdk:"backup_endpoint"`
	VServerEndpoint types.String `tfsdk:"vserver_endpoint"`
}

func vngcloudOption() serviceOption {
	return serviceOption{
		name:      "vngcloud",
		attribute: vngcloudProviderSchema,
		value:     func(m providerModel) types.Object { return m.VNGCloud },
		open:      openVNGCloud,
	}
}

func vngcloudProviderSchema() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "Backup Center of VNG Cloud (GreenNode). Attributes that are left out come from the environment variables that they name; " +
			"the [guide](guides/vngcloud.md) says which rights the service account needs.",
		Attributes: map[string]schema.Attribute{
			"client_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Id of an IAM service account; default `VNGCLOUD_CLIENT_ID`.",
			},
			"client_secret": schema.StringAttribute{
				Optional:            true,
				Sensitive:           true,
				MarkdownDescription: "Secret of the service account; default `VNGCLOUD_CLIENT_SECRET`.",
			},
			"region": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{stringvalidator.OneOf(vngcloud.Regions()...)},
				MarkdownDescription: "Region, one of " + inCode(vngcloud.Regions()) + "; default `VNGCLOUD_REGION`, or else `HCM-3`.",
			},
			"project_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Id of the project, `pro-…`; default `VNGCLOUD_PROJECT_ID`, or else the one that the region shows.",
			},
			"backend_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Id of the backup backend; default `VNGCLOUD_BACKEND_ID`, or else the one that the region shows.",
			},
			"iam_endpoint": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Address of IAM, with its path; default `VNGCLOUD_IAM_ENDPOINT`, or else that of VNG Cloud.",
			},
			"backup_endpoint": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Address of the vBackup gateway, with its path; default `VNGCLOUD_BACKUP_ENDPOINT`, or else that of the region.",
			},
			"vserver_endpoint": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Address of the vServer gateway, with its path, which restores; default `VNGCLOUD_VSERVER_ENDPOINT`, or else that of the region.",
			},
		},
	}
}

func openVNGCloud(ctx context.Context, value types.Object, common commonConfig) (backup.Service, diag.Diagnostics) {
	var (
		model vngcloudModel
		diags diag.Diagnostics
	)
	if !value.IsNull() {
		diags.Append(as(ctx, value, &model, basetypes.ObjectAsOptions{})...)
		if diags.HasError() {
			return nil, diags
		}
	}
	svc, err := vngcloud.New(vngcloud.Config{
		ClientID:              orEnvironment(model.ClientID, "VNGCLOUD_CLIENT_ID"),
		ClientSecret:          orEnvironment(model.ClientSecret, "VNGCLOUD_CLIENT_SECRET"),
		Region:                orEnvironment(model.Region, "VNGCLOUD_REGION"),
		ProjectID:             orEnvironment(model.ProjectID, "VNGCLOUD_PROJECT_ID"),
		BackendID:             orEnvironment(model.BackendID, "VNGCLOUD_BACKEND_ID"),
		IAMEndpoint:           orEnvironment(model.IAMEndpoint, "VNGCLOUD_IAM_ENDPOINT"),
		BackupEndpoint:        orEnvironment(model.BackupEndpoint, "VNGCLOUD_BACKUP_ENDPOINT"),
		VServerEndpoint:       orEnvironment(model.VServerEndpoint, "VNGCLOUD_VSERVER_ENDPOINT"),
		MaxConcurrentRequests: common.maxRequests,
		// No caching is below 0 there.
		ReadCache:    cmp.Or(common.readCache, -1),
		Log:          requestLog(),
		Now:          common.time.now,
		Sleep:        common.time.sleep,
		PollInterval: common.time.poll,
	})
	if err != nil {
		diags.AddAttributeError(path.Root("vngcloud"), "Invalid Backup Service Configuration", explain(err))
		return nil, diags
	}
	return svc, diags
}
