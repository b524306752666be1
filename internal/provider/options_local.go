package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

type localModel struct {
	Repository       types.String `tfsdk:"repository"`
	Password         types.String `tfsdk:"password"`
	PasswordFile     types.String `tfsdk:"password_file"`
	CacheDirectory   types.String `tfsdk:"cache_directory"`
	Host             types.String `tfsdk:"host"`
	User             types.String `tfsdk:"user"`
	Compression      types.String `tfsdk:"compression"`
	PointsInParallel types.Int64  `tfsdk:"points_in_parallel"`

	S3 *localS3Model `tfsdk:"s3"`
}

func localOption() serviceOption {
	return serviceOption{
		name:      "local",
		attribute: localProviderSchema,
		value:     func(m providerModel) types.Object { return m.Local },
		open:      openLocal,
	}
}

func localProviderSchema() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "The backup service embedded in the provider: points are Kopia snapshots in an encrypted repository. " +
			"`local = {}` keeps them on this machine, `s3://` in a bucket.",
		Attributes: map[string]schema.Attribute{
			"repository": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Directory of the repository, or `s3://bucket/prefix`; default `$XDG_DATA_HOME/serverbackup`, which is `~/.local/share/serverbackup` where that variable is not set. " +
					"The first apply that writes creates it; plans, refreshes and data sources never do. A bucket must exist; the [guide](guides/s3.md) says what it needs.",
			},
			"password": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				Validators: []validator.String{
					stringvalidator.LengthAtLeast(1),
					stringvalidator.ConflictsWith(path.MatchRelative().AtParent().AtName("password_file")),
				},
				MarkdownDescription: "Password of the repository. A repository on `s3://` needs `password` or `password_file`; with neither, one in a directory gets a random key when it is created, " +
					"and a warning names its file. Whoever loses the password loses the data.",
			},
			"password_file": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "File that holds the password; a line end at its end does not count.",
			},
			"cache_directory": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Directory for recently read content; default none, which is fastest for a repository on a disk. With a bucket it saves requests, above all of plans.",
			},
			"host": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Host name of the sources that this machine reads; default the short host name. A repository on `s3://` needs it: machines that share one must not mistake each other's sources for their own.",
			},
			"user": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "User name of the sources that this machine reads; default the user of the operating system.",
			},
			"compression": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Compressor of new points, by its Kopia name such as `zstd-fastest`, `zstd`, `s2-better` or `none`; default `zstd-fastest`. `zstd` takes a third more processor time for a repository that is up to 4 % smaller, `s2-better` up to a quarter less for one that is an eighth larger. An archive as `tar.zst` takes what is stored with `zstd` at any level as it is, and is sooner ready for that. What is stored already stays as it is.",
			},
			"points_in_parallel": schema.Int64Attribute{
				Optional:            true,
				Validators:          []validator.Int64{int64validator.Between(1, 64)},
				MarkdownDescription: "How many points this process takes at a time, 1 to 64; default 1, because every point already reads with all processors.",
			},
			"s3": localS3Schema(),
		},
	}
}

func openLocal(ctx context.Context, value types.Object, common commonConfig) (backup.Service, diag.Diagnostics) {
	var (
		model localModel
		diags diag.Diagnostics
	)
	if !value.IsNull() {
		diags.Append(as(ctx, value, &model, basetypes.ObjectAsOptions{})...)
		if diags.HasError() {
			return nil, diags
		}
	}
	svc, err := local.New(local.Config{
		Repository:       model.Repository.ValueString(),
		S3:               model.S3.options(),
		Password:         model.Password.ValueString(),
		PasswordFile:     model.PasswordFile.ValueString(),
		CacheDirectory:   model.CacheDirectory.ValueString(),
		Host:             model.Host.ValueString(),
		User:             model.User.ValueString(),
		Compression:      model.Compression.ValueString(),
		PointsInParallel: int(model.PointsInParallel.ValueInt64()),
		ReadCache:        common.readCache,
		Now:              common.time.now,
		StorageNow:       common.time.now,
	})
	if err != nil {
		diags.AddAttributeError(path.Root("local"), "Invalid Backup Service Configuration", explain(err))
		return nil, diags
	}
	return svc, diags
}
