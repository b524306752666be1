package provider

import (
	"context"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

type localLocationModel struct {
	Repository      types.String          `tfsdk:"repository"`
	Password        types.String          `tfsdk:"password_wo"`
	PasswordVersion types.Int64           `tfsdk:"password_wo_version"`
	S3              *localLocationS3Model `tfsdk:"s3"`
	ObjectLock      *objectLockModel      `tfsdk:"object_lock"`
}

type localLocationS3Model struct {
	Endpoint           types.String `tfsdk:"endpoint"`
	Region             types.String `tfsdk:"region"`
	CAFile             types.String `tfsdk:"ca_file"`
	Profile            types.String `tfsdk:"profile"`
	AccessKey          types.String `tfsdk:"access_key_wo"`
	SecretKey          types.String `tfsdk:"secret_key_wo"`
	CredentialsVersion types.Int64  `tfsdk:"credentials_wo_version"`
}

// objectLockModel is used by the resource and by the data sources.
type objectLockModel struct {
	Mode types.String `tfsdk:"mode"`
	Days types.Int64  `tfsdk:"days"`
}

func localLocationOption() locationOption {
	return locationOption{
		name:        "local",
		attribute:   localLocationSchema,
		value:       func(m *locationModel) *types.Object { return &m.Local },
		toDomain:    localLocationToDomain,
		withSecrets: localLocationWithSecrets,
		fromDomain:  localLocationFromDomain,
		data:        localLocationDataSchema(),
		dataValue:   func(d *locationData) *types.Object { return &d.Local },
		toData:      localLocationToData,
	}
}

// localLocationOf reads an object whose nested objects may be unknown: those are left out.
func localLocationOf(ctx context.Context, v types.Object) (localLocationModel, diag.Diagnostics) {
	var m localLocationModel
	diags := as(ctx, v, &m, basetypes.ObjectAsOptions{UnhandledUnknownAsEmpty: true})
	return m, diags
}

func localLocationToDomain(ctx context.Context, v types.Object) (any, diag.Diagnostics) {
	m, diags := localLocationOf(ctx, v)
	o := local.LocationOptions{Repository: m.Repository.ValueString()}
	if m.S3 != nil {
		o.S3 = &local.S3Options{
			Endpoint: m.S3.Endpoint.ValueString(),
			Region:   m.S3.Region.ValueString(),
			CAFile:   m.S3.CAFile.ValueString(),
			Profile:  m.S3.Profile.ValueString(),
		}
	}
	if m.ObjectLock != nil {
		o.ObjectLock = &local.ObjectLock{Mode: m.ObjectLock.Mode.ValueString(), Days: m.ObjectLock.Days.ValueInt64()}
	}
	return o, diags
}

func localLocationWithSecrets(ctx context.Context, options any, config, plan, state types.Object) (any, diag.Diagnostics) {
	o, ok := options.(local.LocationOptions)
	if !ok {
		return options, nil
	}
	given, diags := localLocationOf(ctx, config)
	wanted, d := localLocationOf(ctx, plan)
	diags.Append(d...)
	var had localLocationModel
	if !state.IsNull() {
		had, d = localLocationOf(ctx, state)
		diags.Append(d...)
	}
	if state.IsNull() || !wanted.PasswordVersion.Equal(had.PasswordVersion) {
		o.Password = given.Password.ValueString()
	}
	if o.S3 == nil || wanted.S3 == nil || given.S3 == nil {
		return o, diags
	}
	if had.S3 == nil || !wanted.S3.CredentialsVersion.Equal(had.S3.CredentialsVersion) {
		o.S3.AccessKey, o.S3.SecretKey = given.S3.AccessKey.ValueString(), given.S3.SecretKey.ValueString()
	}
	return o, diags
}

func localLocationFromDomain(ctx context.Context, state types.Object, options any) (types.Object, diag.Diagnostics) {
	attributes := objectTypes(localLocationSchema())
	o, ok := options.(local.LocationOptions)
	if !ok {
		return types.ObjectNull(attributes), nil
	}
	var (
		prior localLocationModel
		diags diag.Diagnostics
	)
	if !state.IsNull() {
		prior, diags = localLocationOf(ctx, state)
	}
	m := localLocationModel{
		Repository:      keepRepository(prior.Repository, o.Repository),
		PasswordVersion: prior.PasswordVersion,
		ObjectLock:      newObjectLockModel(o.ObjectLock),
	}
	if o.S3 != nil {
		if prior.S3 == nil {
			prior.S3 = &localLocationS3Model{}
		}
		m.S3 = &localLocationS3Model{
			Endpoint:           keepString(prior.S3.Endpoint, o.S3.Endpoint),
			Region:             keepString(prior.S3.Region, o.S3.Region),
			CAFile:             keepString(prior.S3.CAFile, o.S3.CAFile),
			Profile:            keepString(prior.S3.Profile, o.S3.Profile),
			CredentialsVersion: prior.S3.CredentialsVersion,
		}
	}
	next, d := types.ObjectValueFrom(ctx, attributes, m)
	diags.Append(d...)
	return next, diags
}

// keepRepository keeps the spelling of the configuration while it means the same directory: a
// difference would replace the location.
func keepRepository(state types.String, got string) types.String {
	if !state.IsNull() && filepath.Clean(state.ValueString()) == filepath.Clean(got) {
		return state
	}
	return stringOrNull(got)
}

// newObjectLockModel is nil for nil.
func newObjectLockModel(l *local.ObjectLock) *objectLockModel {
	if l == nil {
		return nil
	}
	return &objectLockModel{Mode: types.StringValue(l.Mode), Days: types.Int64Value(l.Days)}
}
