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

func newServerList() list.ListResource {
	return &namedList[backup.Server, serverFilter]{
		kind:        "server",
		description: "Finds servers for `terraform query`, to import them. Needs Terraform 1.14 or later.",
		filters:     serverFilterAttributes,
		find:        serverLookup,
		rows:        rowsOfServers,
		show:        listServer,
	}
}

func rowsOfServers(ctx context.Context, c *client, filter serverFilter, _ *diag.Diagnostics) (iter.Seq2[backup.Server, error], []backup.Problem) {
	return c.service.Servers(ctx), filter.unsupported(ctx, c.service)
}

func listServer(ctx context.Context, object backup.Server, resource *tfsdk.Resource) diag.Diagnostics {
	var model serverModel
	diags := resource.Get(ctx, &model)
	model.ID = types.StringValue(object.ID)
	diags.Append(model.fromDomain(ctx, object)...)
	diags.Append(resource.Set(ctx, &model)...)
	return diags
}
