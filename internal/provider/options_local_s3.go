package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

type localS3Model struct {
	Endpoint     types.String `tfsdk:"endpoint"`
	Region       types.String `tfsdk:"region"`
	CAFile       types.String `tfsdk:"ca_file"`
	Profile      types.String `tfsdk:"profile"`
	AccessKey    types.String `tfsdk:"access_key"`
	SecretKey    types.String `tfsdk:"secret_key"`
	SessionToken types.String `tfsdk:"session_token"`
}

func (m *localS3Model) options() *local.S3Options {
	if m == nil {
		return nil
	}
	return &local.S3Options{
		Endpoint:     m.Endpoint.ValueString(),
		Region:       m.Region.ValueString(),
		CAFile:       m.CAFile.ValueString(),
		Profile:      m.Profile.ValueString(),
		AccessKey:    m.AccessKey.ValueString(),
		SecretKey:    m.SecretKey.ValueString(),
		SessionToken: m.SessionToken.ValueString(),
	}
}

func localS3Schema() schema.SingleNestedAttribute {
	beside := func(name string) path.Expression { return path.MatchRelative().AtParent().AtName(name) }
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "How to reach the bucket of a repository on `s3://`; default Amazon's, with the keys of the environment. Keys are taken from `access_key` and `secret_key`, else from `profile`, " +
			"else from the environment variables `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, else from the profile that `AWS_PROFILE` names, or `default`; never from the metadata service of the machine.",
		Attributes: map[string]schema.Attribute{
			"endpoint": schema.StringAttribute{
				Optional:   true,
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "Address of the service, `https://host` or `https://host:port`; default Amazon's. With `http://` only the content of the repository is encrypted on the way: " +
					"whoever listens sees the session token, names and sizes. The bucket is addressed by path, Amazon's by host name.",
			},
			"region": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Region of the bucket. Default: with Amazon's endpoint `AWS_REGION` or `AWS_DEFAULT_REGION`; else the service is asked.",
			},
			"ca_file": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "File with the certificates, in PEM, to trust instead of the system's.",
			},
			"profile": schema.StringAttribute{
				Optional: true,
				Validators: []validator.String{
					stringvalidator.LengthAtLeast(1),
					stringvalidator.ConflictsWith(beside("access_key")),
				},
				MarkdownDescription: "Profile of the AWS credentials file, which is `~/.aws/credentials` or what `AWS_SHARED_CREDENTIALS_FILE` names. It has keys or a `credential_process`; roles and single sign-on of `~/.aws/config` are not supported.",
			},
			"access_key": schema.StringAttribute{
				Optional: true,
				Validators: []validator.String{
					stringvalidator.LengthAtLeast(1),
					stringvalidator.AlsoRequires(beside("secret_key")),
				},
				MarkdownDescription: "Access key id.",
			},
			"secret_key": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				Validators: []validator.String{
					stringvalidator.LengthAtLeast(1),
					stringvalidator.AlsoRequires(beside("access_key")),
				},
				MarkdownDescription: "Secret access key.",
			},
			"session_token": schema.StringAttribute{
				Optional:            true,
				Sensitive:           true,
				Validators:          []validator.String{stringvalidator.AlsoRequires(beside("access_key"))},
				MarkdownDescription: "Session token that belongs to temporary keys. They must last as long as an apply takes.",
			},
		},
	}
}
