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

var _ list.ListResourceWithConfigure = (*locationList)(nil)

type locationList struct {
	withClient
}

type locationListModel struct {
	Name    types.String `tfsdk:"name"`
	Region  types.String `tfsdk:"region"`
	Default types.Bool   `tfsdk:"default"`
}

func newLocationList() list.ListResource {
	return &locationList{}
}

func (l *locationList) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName + "_location"
}

func (l *locationList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{
		MarkdownDescription: "Finds locations for `terraform query`, to import them. Needs Terraform 1.14 or later.",
		Attributes:          listAttributes(locationFilterAttributes()),
	}
}

func (l *locationList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var (
		model locationListModel
		diags diag.Diagnostics
	)
	diags.Append(req.Config.Get(ctx, &model)...)
	if diags.HasError() || !l.demand(&diags) {
		stream.Results = refused(diags)
		return
	}
	service, ok := capability[backup.Locator](l.client, "List Backup Locations", lacksLocations, &diags)
	if !ok {
		stream.Results = refused(diags)
		return
	}
	filter := locationFilter{Name: model.Name, Region: model.Region, Default: model.Default}
	report(ctx, &diags, req.Config, filter.unsupported(ctx, service))
	if diags.HasError() {
		stream.Results = refused(diags)
		return
	}
	found, _, err := locationLookup.sift(service.Locations(ctx), filter.match)
	if err != nil {
		unable(&diags, "List Backup Locations", err)
		stream.Results = refused(diags)
		return
	}
	stream.Results = listing[backup.Location]{
		client: l.client, action: "List Backup Locations", label: locationLookup.label, show: listLocation,
	}.results(ctx, req, all(found))
}

func listLocation(ctx context.Context, object backup.Location, resource *tfsdk.Resource) diag.Diagnostics {
	var model locationModel
	diags := resource.Get(ctx, &model)
	model.ID = types.StringValue(object.ID)
	diags.Append(model.fromDomain(ctx, object)...)
	diags.Append(resource.Set(ctx, &model)...)
	return diags
}
