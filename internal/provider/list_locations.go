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

func newLocationList() list.ListResource {
	return &namedList[backup.Location, locationFilter]{
		kind:        "location",
		description: "Finds locations for `terraform query`, to import them. Needs Terraform 1.14 or later.",
		filters:     locationFilterAttributes,
		find:        locationLookup,
		rows:        rowsOfLocations,
		show:        listLocation,
	}
}

func rowsOfLocations(ctx context.Context, c *client, filter locationFilter, diags *diag.Diagnostics) (iter.Seq2[backup.Location, error], []backup.Problem) {
	service, ok := capability[backup.Locator](c, "List Backup Locations", lacksLocations, diags)
	if !ok {
		return nil, nil
	}
	return service.Locations(ctx), filter.unsupported(ctx, service)
}

func listLocation(ctx context.Context, object backup.Location, resource *tfsdk.Resource) diag.Diagnostics {
	var model locationModel
	diags := resource.Get(ctx, &model)
	model.ID = types.StringValue(object.ID)
	diags.Append(model.fromDomain(ctx, object)...)
	diags.Append(resource.Set(ctx, &model)...)
	return diags
}
