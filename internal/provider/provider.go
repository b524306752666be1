// Package provider is the Terraform side: schemas, models, diagnostics and plan logic. It talks to a
// [backup.Service] and knows no service by name, except in configure.go and the options_*.go files.
package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// typeName is the prefix of every resource and data source.
const typeName = "serverbackup"

type serverbackupProvider struct {
	version string
}

var _ provider.Provider = (*serverbackupProvider)(nil)

// New returns the provider; version is what the CLI shows.
func New(version string) func() provider.Provider {
	return func() provider.Provider {
		return &serverbackupProvider{version: version}
	}
}

func (p *serverbackupProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = typeName
	resp.Version = p.version
}

func (p *serverbackupProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{}
}

func (p *serverbackupProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{}
}
