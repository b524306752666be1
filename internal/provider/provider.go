// Package provider is the Terraform side: schemas, models, diagnostics and plan logic. It talks to a
// [backup.Service] and knows no service by name, except in configure.go and the options_*.go files.
package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// typeName is the prefix of every resource, data source and action.
const typeName = "serverbackup"

type serverbackupProvider struct {
	version string
	// open is openService, except in tests that bring a service of their own.
	open func(context.Context, providerModel, *diag.Diagnostics) backup.Service
}

var _ provider.ProviderWithActions = (*serverbackupProvider)(nil)

// New returns the provider; version is what the CLI shows.
func New(version string) func() provider.Provider {
	return func() provider.Provider {
		return &serverbackupProvider{version: version, open: openService}
	}
}

func (p *serverbackupProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = typeName
	resp.Version = p.version
}

func (p *serverbackupProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		newPolicyResource,
		newServerResource,
		newLocationResource,
		newPointResource,
		newArchiveResource,
		newRestoreResource,
	}
}

func (p *serverbackupProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{
		newBackupAction,
		newRestoreAction,
		newDeletePointsAction,
		newVerifyAction,
		newRecoverAction,
	}
}

func (p *serverbackupProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		newPoliciesDataSource,
		newPolicyDataSource,
		newServersDataSource,
		newServerDataSource,
		newLocationsDataSource,
		newLocationDataSource,
		newRegionsDataSource,
		newPointsDataSource,
		newPointDataSource,
		newHistoryDataSource,
		newSpaceUsageDataSource,
	}
}
