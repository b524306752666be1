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

var _ list.ListResourceWithConfigure = (*serverList)(nil)

type serverList struct {
	withClient
}

type serverListModel struct {
	Name       types.String `tfsdk:"name"`
	InstanceID types.String `tfsdk:"instance_id"`
	PolicyID   types.String `tfsdk:"policy_id"`
	LocationID types.String `tfsdk:"location_id"`
}

func newServerList() list.ListResource {
	return &serverList{}
}

func (l *serverList) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName + "_server"
}

func (l *serverList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{
		MarkdownDescription: "Finds servers for `terraform query`, to import them. Needs Terraform 1.14 or later.",
		Attributes:          listAttributes(serverFilterAttributes()),
	}
}

func (l *serverList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var (
		model serverListModel
		diags diag.Diagnostics
	)
	diags.Append(req.Config.Get(ctx, &model)...)
	if diags.HasError() || !l.demand(&diags) {
		stream.Results = refused(diags)
		return
	}
	filter := serverFilter{Name: model.Name, InstanceID: model.InstanceID, PolicyID: model.PolicyID, LocationID: model.LocationID}
	report(ctx, &diags, req.Config, filter.unsupported(ctx, l.service))
	if diags.HasError() {
		stream.Results = refused(diags)
		return
	}
	found, _, err := serverLookup.sift(l.service.Servers(ctx), filter.match)
	if err != nil {
		unable(&diags, "List Backup Servers", err)
		stream.Results = refused(diags)
		return
	}
	stream.Results = listing[backup.Server]{
		client: l.client, action: "List Backup Servers", label: serverLookup.label, show: listServer,
	}.results(ctx, req, all(found))
}

func listServer(ctx context.Context, object backup.Server, resource *tfsdk.Resource) diag.Diagnostics {
	var model serverModel
	diags := resource.Get(ctx, &model)
	model.ID = types.StringValue(object.ID)
	diags.Append(model.fromDomain(ctx, object)...)
	diags.Append(resource.Set(ctx, &model)...)
	return diags
}
