package provider

import (
	"context"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/csbs"
)

// huaweicloudModel is the account, which csbs and cbr take alike.
type huaweicloudModel struct {
	AuthURL       types.String `tfsdk:"auth_url"`
	Region        types.String `tfsdk:"region"`
	ProjectID     types.String `tfsdk:"project_id"`
	ProjectName   types.String `tfsdk:"project_name"`
	DomainID      types.String `tfsdk:"domain_id"`
	DomainName    types.String `tfsdk:"domain_name"`
	UserName      types.String `tfsdk:"user_name"`
	Password      types.String `tfsdk:"password"`
	AccessKey     types.String `tfsdk:"access_key"`
	SecretKey     types.String `tfsdk:"secret_key"`
	SecurityToken types.String `tfsdk:"security_token"`
	Endpoint      types.String `tfsdk:"endpoint"`
	CAFile        types.String `tfsdk:"ca_file"`
}

func csbsOption() serviceOption {
	return serviceOption{
		name: "csbs",
		attribute: func() schema.SingleNestedAttribute {
			return huaweicloudProviderSchema("csbs", "Cloud Server Backup Service (CSBS) of Open Telekom Cloud and Huawei Cloud, for those who use it already; "+
				"new customers use `cbr`.")
		},
		value: func(m providerModel) types.Object { return m.CSBS },
		open: func(ctx context.Context, value types.Object, common commonConfig) (backup.Service, diag.Diagnostics) {
			return openHuaweicloud(ctx, "csbs", value, func(cfg huaweicloud.Config) (backup.Service, error) {
				return csbs.New(csbs.Config{
					Config: cfg, ReadCache: common.readCache, MaxConcurrentRequests: common.maxRequests,
					PollInterval: common.time.poll, Now: common.time.now, Pause: common.time.sleep, Log: requestLog(),
				})
			})
		},
	}
}

func cbrOption() serviceOption {
	return serviceOption{
		name: "cbr",
		attribute: func() schema.SingleNestedAttribute {
			return huaweicloudProviderSchema("cbr", "Cloud Backup and Recovery (CBR) of Open Telekom Cloud and Huawei Cloud.")
		},
		value: func(m providerModel) types.Object { return m.CBR },
		open: func(ctx context.Context, value types.Object, common commonConfig) (backup.Service, diag.Diagnostics) {
			return openHuaweicloud(ctx, "cbr", value, func(cfg huaweicloud.Config) (backup.Service, error) {
				return cbr.New(cbr.Config{
					Config: cfg, ReadCache: common.readCache, MaxConcurrentRequests: common.maxRequests,
					PollInterval: common.time.poll, Now: common.time.now, Pause: common.time.sleep, Log: requestLog(),
				})
			})
		},
	}
}

func huaweicloudProviderSchema(name, description string) schema.SingleNestedAttribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: description}
	}
	secret := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: description}
	}
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: description + " Attributes that are left out come from the environment: `OS_…` as the tools of OpenStack have them, " +
			"and then `HW_…`; the [guide](guides/" + name + ".md) lists them.",
		Attributes: map[string]schema.Attribute{
			"auth_url":       text("Address of IAM, with or without `/v3`; default `OS_AUTH_URL`, or else that of the region."),
			"region":         text("Region such as `eu-de`; default `OS_REGION_NAME`, or else the first part of the project's name."),
			"project_id":     text("Id of the project; default `OS_PROJECT_ID`."),
			"project_name":   text("Name of the project, such as `eu-de_backup`; default `OS_PROJECT_NAME`, or else the region."),
			"domain_id":      text("Id of the account (domain) of the user; default `OS_DOMAIN_ID`."),
			"domain_name":    text("Name of the account (domain) of the user; default `OS_DOMAIN_NAME`."),
			"user_name":      text("User; default `OS_USERNAME`. Either user and password, or access key and secret key."),
			"password":       secret("Password of the user; default `OS_PASSWORD`."),
			"access_key":     text("Access key; default `OS_ACCESS_KEY`. Requests are then signed, and no token is asked for."),
			"secret_key":     secret("Secret key; default `OS_SECRET_KEY`."),
			"security_token": secret("Token of temporary access keys; default `OS_SECURITY_TOKEN`."),
			"endpoint":       text("Address of the service; default that of the catalog, or else that of the region."),
			"ca_file":        text("File with certificates in PEM that are trusted beside those of the system; default `OS_CACERT`."),
		},
	}
}

func openHuaweicloud(ctx context.Context, name string, value types.Object, open func(huaweicloud.Config) (backup.Service, error)) (backup.Service, diag.Diagnostics) {
	var (
		model huaweicloudModel
		diags diag.Diagnostics
	)
	if !value.IsNull() {
		diags.Append(as(ctx, value, &model, basetypes.ObjectAsOptions{})...)
		if diags.HasError() {
			return nil, diags
		}
	}
	svc, err := open(huaweicloud.Config{
		AuthURL: model.AuthURL.ValueString(), Region: model.Region.ValueString(),
		ProjectID: model.ProjectID.ValueString(), ProjectName: model.ProjectName.ValueString(),
		DomainID: model.DomainID.ValueString(), DomainName: model.DomainName.ValueString(),
		UserName: model.UserName.ValueString(), Password: model.Password.ValueString(),
		AccessKey: model.AccessKey.ValueString(), SecretKey: model.SecretKey.ValueString(), SecurityToken: model.SecurityToken.ValueString(),
		Endpoint: model.Endpoint.ValueString(), CAFile: model.CAFile.ValueString(),
	}.WithEnvironment(os.Getenv))
	if err != nil {
		diags.AddAttributeError(path.Root(name), "Invalid Backup Service Configuration", explain(err))
		return nil, diags
	}
	return svc, diags
}
