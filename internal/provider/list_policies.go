package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var _ list.ListResourceWithConfigure = (*policyList)(nil)

type policyList struct {
	withClient
}

type policyListModel struct {
	Name    types.String `tfsdk:"name"`
	Default types.Bool   `tfsdk:"default"`
}

func newPolicyList() list.ListResource {
	return &policyList{}
}

func (l *policyList) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName + "_policy"
}

func (l *policyList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{
		MarkdownDescription: "Finds policies for `terraform query`, to import them. Needs Terraform 1.14 or later.",
		Attributes:          listAttributes(policyFilterAttributes()),
	}
}

func (l *policyList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var (
		model policyListModel
		diags diag.Diagnostics
	)
	diags.Append(req.Config.Get(ctx, &model)...)
	if diags.HasError() || !l.demand(&diags) {
		stream.Results = refused(diags)
		return
	}
	filter := policyFilter{Name: model.Name, Default: model.Default}
	report(ctx, &diags, req.Config, filter.unsupported(ctx, l.service))
	if diags.HasError() {
		stream.Results = refused(diags)
		return
	}
	found, _, err := policyLookup.sift(l.service.Policies(ctx), filter.match)
	if err != nil {
		unable(&diags, "List Backup Policies", err)
		stream.Results = refused(diags)
		return
	}
	stream.Results = listing[backup.Policy]{
		client: l.client, action: "List Backup Policies", label: policyLookup.label, show: listPolicy,
	}.results(ctx, req, all(found))
}

func listPolicy(ctx context.Context, object backup.Policy, resource *tfsdk.Resource) diag.Diagnostics {
	var model policyModel
	diags := resource.Get(ctx, &model)
	model.ID = types.StringValue(object.ID)
	diags.Append(model.fromDomain(ctx, object, backup.Policy{})...)
	diags.Append(resource.Set(ctx, &model)...)
	return diags
}
