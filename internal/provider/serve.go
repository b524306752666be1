package provider

import (
	"context"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	tf "github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// NewServer returns what serves the provider over protocol 6; version is what the CLI shows. The schema, which every CLI asks
// for first, is got ready while the CLI still connects.
func NewServer(version string) tf.ProviderServer {
	s := newServer(New(version)())
	go s.schema() //nolint:errcheck // whoever asks is told
	return s
}

func newServer(p provider.Provider) server {
	framework := providerserver.NewProtocol6(p)().(frameworkServer) //nolint:forcetypeassert // it is, and every test would fail
	return server{framework, sync.OnceValues(func() (*tf.GetProviderSchemaResponse, error) {
		return framework.GetProviderSchema(context.Background(), &tf.GetProviderSchemaRequest{})
	})}
}

// frameworkServer is everything that the framework serves.
type frameworkServer interface {
	tf.ProviderServer
	tf.ListResourceServer
	tf.ActionServer
	tf.StateStoreServer
}

// server lends the framework the contexts of the calls of which there are many. It keeps the context of each call, with its
// loggers, until the provider ends: that was 70 KiB for each resource of a plan.
type server struct {
	frameworkServer
	// schema is what GetProviderSchema answers.
	schema func() (*tf.GetProviderSchemaResponse, error)
}

func (s server) GetProviderSchema(context.Context, *tf.GetProviderSchemaRequest) (*tf.GetProviderSchemaResponse, error) {
	return s.schema()
}

func lending[Q, A any](ctx context.Context, req Q, call func(context.Context, Q) (A, error)) (A, error) {
	l := lend(ctx)
	defer l.end()
	return call(l, req)
}

func (s server) ValidateResourceConfig(ctx context.Context, req *tf.ValidateResourceConfigRequest) (*tf.ValidateResourceConfigResponse, error) {
	return lending(ctx, req, s.frameworkServer.ValidateResourceConfig)
}

func (s server) UpgradeResourceState(ctx context.Context, req *tf.UpgradeResourceStateRequest) (*tf.UpgradeResourceStateResponse, error) {
	return lending(ctx, req, s.frameworkServer.UpgradeResourceState)
}

func (s server) ReadResource(ctx context.Context, req *tf.ReadResourceRequest) (*tf.ReadResourceResponse, error) {
	return lending(ctx, req, s.frameworkServer.ReadResource)
}

func (s server) PlanResourceChange(ctx context.Context, req *tf.PlanResourceChangeRequest) (*tf.PlanResourceChangeResponse, error) {
	return lending(ctx, req, s.frameworkServer.PlanResourceChange)
}

func (s server) ApplyResourceChange(ctx context.Context, req *tf.ApplyResourceChangeRequest) (*tf.ApplyResourceChangeResponse, error) {
	return lending(ctx, req, s.frameworkServer.ApplyResourceChange)
}

func (s server) ReadDataSource(ctx context.Context, req *tf.ReadDataSourceRequest) (*tf.ReadDataSourceResponse, error) {
	return lending(ctx, req, s.frameworkServer.ReadDataSource)
}
