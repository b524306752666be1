package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var _ datasource.DataSourceWithConfigure = (*serverDataSource)(nil)

type serverDataSource struct {
	withDataClient
}

func newServerDataSource() datasource.DataSource {
	return &serverDataSource{}
}

func (d *serverDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = typeName + "_server"
}

func (d *serverDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	argument := func(text string, more ...validator.String) schema.StringAttribute {
		return schema.StringAttribute{
			Optional:            true,
			Computed:            true,
			Validators:          append(more, stringvalidator.LengthAtLeast(1)),
			MarkdownDescription: text,
		}
	}
	attributes := serverDataAttributes()
	attributes["id"] = argument("Id of the server. As an argument: the one server with this id.", stringvalidator.ConflictsWith(
		path.MatchRoot("name"), path.MatchRoot("instance_id"), path.MatchRoot("policy_id"), path.MatchRoot("location_id")))
	attributes["name"] = argument("Name of the server. As an argument: the one server whose name contains this text, in upper or lower case; " +
		"of several, the one whose name is exactly this.")
	attributes["instance_id"] = argument("Id of the machine in the cloud; null on `local`. As an argument: the one server of this machine.")
	attributes["policy_id"] = argument("Id of the policy that backs the server up; null if it is backed up on demand only. As an argument: the one server that uses this policy.")
	attributes["location_id"] = argument("Id of the location that new points are written to. As an argument: the one server that writes there.")
	resp.Schema = schema.Schema{
		MarkdownDescription: "One server with the state of its backups, found by its id or by filters. No match and several matches are errors that list what there is.",
		Attributes:          attributes,
	}
}

func (d *serverDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model serverData
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() || !d.awaits(req, resp) {
		return
	}
	var server backup.Server
	if id := model.ID.ValueString(); id != "" {
		var err error
		if server, err = d.service.Server(ctx, id); err != nil {
			unable(&resp.Diagnostics, "Read Backup Server", err)
			return
		}
	} else {
		filter := serverFilter{Name: model.Name, InstanceID: model.InstanceID, PolicyID: model.PolicyID, LocationID: model.LocationID}
		report(ctx, &resp.Diagnostics, req.Config, filter.unsupported(ctx, d.service))
		if resp.Diagnostics.HasError() {
			return
		}
		found, all, err := serverLookup.sift(d.service.Servers(ctx), filter.match)
		if err != nil {
			unable(&resp.Diagnostics, "List Backup Servers", err)
			return
		}
		var ok bool
		if server, ok = serverLookup.only(&resp.Diagnostics, filter.String(), model.Name.ValueString(), found, all); !ok {
			return
		}
	}
	resp.Diagnostics.Append(set(ctx, &resp.State, newServerData(server))...)
}
