package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// serverData is a server as data sources show it.
type serverData struct {
	ID              types.String `tfsdk:"id"`
	Name            types.String `tfsdk:"name"`
	InstanceID      types.String `tfsdk:"instance_id"`
	InstanceDeleted types.Bool   `tfsdk:"instance_deleted"`
	PolicyID        types.String `tfsdk:"policy_id"`
	LocationID      types.String `tfsdk:"location_id"`
	Enabled         types.Bool   `tfsdk:"enabled"`
	PointCount      types.Int64  `tfsdk:"point_count"`
	LastPointAt     types.String `tfsdk:"last_point_at"`
	LastSuccessAt   types.String `tfsdk:"last_success_at"`
	LastStatus      types.String `tfsdk:"last_status"`
}

func newServerData(s backup.Server) serverData {
	return serverData{
		ID:              types.StringValue(s.ID),
		Name:            stringOrNull(s.Name),
		InstanceID:      stringOrNull(s.InstanceID),
		InstanceDeleted: types.BoolPointerValue(s.InstanceDeleted),
		PolicyID:        stringOrNull(s.PolicyID),
		LocationID:      stringOrNull(s.LocationID),
		Enabled:         types.BoolValue(s.Enabled),
		PointCount:      types.Int64PointerValue(s.PointCount),
		LastPointAt:     timeOrNull(s.LastPointAt),
		LastSuccessAt:   timeOrNull(s.LastSuccessAt),
		LastStatus:      stringOrNull(s.LastStatus),
	}
}

// serverDataAttributes are all computed.
func serverDataAttributes() map[string]schema.Attribute {
	statuses := []backup.Status{
		backup.StatusCreating, backup.StatusAvailable, backup.StatusRestoring, backup.StatusDeleting, backup.StatusError,
	}
	return map[string]schema.Attribute{
		"id":               schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the server: what `server_id` elsewhere takes."},
		"name":             schema.StringAttribute{Computed: true, MarkdownDescription: "Name of the server."},
		"instance_id":      schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the machine in the cloud; null on `local`."},
		"instance_deleted": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the machine is gone while its points stay; null where the service does not say."},
		"policy_id":        schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the policy that backs the server up; null if it is backed up on demand only."},
		"location_id":      schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the location that new points are written to; null where the service has none."},
		"enabled":          schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the policy's schedules run for this server."},
		"point_count":      schema.Int64Attribute{Computed: true, MarkdownDescription: "How many points the server has, in any status; null where the service does not say."},
		"last_point_at":    schema.StringAttribute{Computed: true, MarkdownDescription: "When the newest point was begun, RFC 3339 in UTC; null if there is none."},
		"last_success_at":  schema.StringAttribute{Computed: true, MarkdownDescription: "When the newest point in status `available` was begun, RFC 3339 in UTC; null if there is none, or where the service does not say."},
		"last_status":      schema.StringAttribute{Computed: true, MarkdownDescription: "Status of the newest point, one of " + inCode(statuses) + "; null if there is none."},
	}
}

// serverFilter selects servers; null members select everything.
type serverFilter struct {
	Name       types.String `tfsdk:"name"`
	InstanceID types.String `tfsdk:"instance_id"`
	PolicyID   types.String `tfsdk:"policy_id"`
	LocationID types.String `tfsdk:"location_id"`
}

func (f serverFilter) match(s backup.Server) bool {
	return containsFold(s.Name, f.Name) &&
		equalOrNull(s.InstanceID, f.InstanceID) &&
		equalOrNull(s.PolicyID, f.PolicyID) &&
		equalOrNull(s.LocationID, f.LocationID)
}

func (f serverFilter) String() string {
	return describe("name", f.Name, "instance_id", f.InstanceID, "policy_id", f.PolicyID, "location_id", f.LocationID)
}

// unsupported are the filters that the service cannot answer: an empty list would look like an answer.
func (f serverFilter) unsupported(ctx context.Context, svc backup.Service) []backup.Problem {
	var problems []backup.Problem
	if !f.InstanceID.IsNull() {
		probe := backup.Server{InstanceID: f.InstanceID.ValueString()}
		problems = append(problems, about(svc.CheckServer(ctx, probe, nil), "instance_id")...)
	}
	if !f.LocationID.IsNull() {
		probe := backup.Server{LocationID: f.LocationID.ValueString()}
		problems = append(problems, about(svc.CheckServer(ctx, probe, nil), "location_id")...)
	}
	return problems
}

// serverLookup is how servers are found and named.
var serverLookup = lookup[backup.Server]{
	one: "Backup Server", many: "Backup Servers",
	label: func(s backup.Server) (string, string) { return s.Name, s.ID },
}

// serverFilterAttributes are the arguments that select servers.
func serverFilterAttributes() map[string]schema.Attribute {
	filter := func(text string) schema.StringAttribute {
		return schema.StringAttribute{
			Optional:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: text,
		}
	}
	return map[string]schema.Attribute{
		"name":        filter("Only servers whose name contains this text, in upper or lower case; default any."),
		"instance_id": filter("Only the servers of this machine; default any. Not available on `local`."),
		"policy_id":   filter("Only servers that use the policy with this id; default any."),
		"location_id": filter("Only servers that write to the location with this id; default any."),
	}
}
