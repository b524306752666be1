package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// NewServer returns what serves the provider over protocol 6; version is what the CLI shows.
func NewServer(version string) tfprotov6.ProviderServer {
	return newServer(New(version)())
}

func newServer(p provider.Provider) server {
	return server{providerserver.NewProtocol6(p)().(frameworkServer)} //nolint:forcetypeassert // it is, and every test would fail
}

// frameworkServer is everything that the framework serves.
type frameworkServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// server lends the contexts of the calls that each resource of a plan takes. The framework keeps the context of each call,
// with its loggers, until the provider ends: that was 70 KiB for each resource.
type server struct {
	frameworkServer
}

func (s server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	l := lend(ctx)
	defer l.end()
	return s.frameworkServer.ValidateResourceConfig(l, req)
}

func (s server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	l := lend(ctx)
	defer l.end()
	return s.frameworkServer.UpgradeResourceState(l, req)
}

func (s server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	l := lend(ctx)
	defer l.end()
	return s.frameworkServer.ReadResource(l, req)
}

func (s server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	l := lend(ctx)
	defer l.end()
	return s.frameworkServer.PlanResourceChange(l, req)
}
