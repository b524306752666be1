// Minimal is the smallest provider that the framework can serve: what any provider costs to start.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

func main() {
	err := providerserver.Serve(context.Background(), func() provider.Provider { return minimal{} }, providerserver.ServeOpts{
		Address: "registry.terraform.io/serverbackup/minimal", ProtocolVersion: 6,
	})
	if err != nil {
		log.Fatal(err)
	}
}

// minimal has no attributes, resources or data sources.
type minimal struct{}

func (minimal) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "minimal"
}

func (minimal) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (minimal) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (minimal) Resources(context.Context) []func() resource.Resource { return nil }

func (minimal) DataSources(context.Context) []func() datasource.DataSource { return nil }
