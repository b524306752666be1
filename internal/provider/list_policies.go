package provider

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

func newPolicyList() list.ListResource {
	return &namedList[backup.Policy, policyFilter]{
		kind:        "policy",
		description: "Finds policies for `terraform query`, to import them. Needs Terraform 1.14 or later.",
		filters:     policyFilterAttributes,
		find:        policyLookup,
		rows:        rowsOfPolicies,
		show:        listPolicy,
	}
}

func rowsOfPolicies(ctx context.Context, c *client, filter policyFilter, _ *diag.Diagnostics) (iter.Seq2[backup.Policy, error], []backup.Problem) {
	return c.service.Policies(ctx), filter.unsupported(ctx, c.service)
}

func listPolicy(ctx context.Context, object backup.Policy, resource *tfsdk.Resource) diag.Diagnostics {
	var model policyModel
	diags := resource.Get(ctx, &model)
	model.ID = types.StringValue(object.ID)
	diags.Append(model.fromDomain(ctx, object, backup.Policy{})...)
	diags.Append(resource.Set(ctx, &model)...)
	return diags
}
