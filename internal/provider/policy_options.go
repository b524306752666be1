package provider

import (
	"context"

	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// policyOption is what one service adds to serverbackup_policy: its nested attribute, in the resource and
// in the data sources.
type policyOption struct {
	name      string
	attribute func() schema.SingleNestedAttribute
	value     func(*policyModel) *types.Object
	// toDomain gets an object that is neither null nor unknown.
	toDomain func(context.Context, types.Object) (any, diag.Diagnostics)
	// fromDomain returns null for the options of another service.
	fromDomain func(ctx context.Context, options any) (types.Object, diag.Diagnostics)
	// shorten takes out of an imported policy what a configuration need not say, so that one that does not say
	// it plans no change.
	shorten func(context.Context, *policyModel) diag.Diagnostics

	data      dataschema.SingleNestedAttribute
	dataValue func(*policyData) *types.Object
}

// policyOptions are the services that have a say in serverbackup_policy.
func policyOptions() []policyOption {
	return []policyOption{vngcloudPolicyOption()}
}
