package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// pointElement is a point in the data sources.
type pointElement struct {
	ID             types.String `tfsdk:"id"`
	ServerID       types.String `tfsdk:"server_id"`
	ServerName     types.String `tfsdk:"server_name"`
	InstanceID     types.String `tfsdk:"instance_id"`
	Name           types.String `tfsdk:"name"`
	ScheduleType   types.String `tfsdk:"schedule_type"`
	PolicyID       types.String `tfsdk:"policy_id"`
	LocationName   types.String `tfsdk:"location_name"`
	Tags           types.Map    `tfsdk:"tags"`
	DeletionStatus types.String `tfsdk:"deletion_status"`
	RecoverUntil   types.String `tfsdk:"recover_until"`
	pointFacts
}

func pointElementOf(p backup.Point) pointElement {
	return pointElement{
		ID:             types.StringValue(p.ID),
		ServerID:       stringOrNull(p.ServerID),
		ServerName:     stringOrNull(p.ServerName),
		InstanceID:     stringOrNull(p.InstanceID),
		Name:           stringOrNull(p.Name),
		ScheduleType:   stringOrNull(p.ScheduleType),
		PolicyID:       stringOrNull(p.PolicyID),
		LocationName:   stringOrNull(p.LocationName),
		Tags:           keepMap(types.MapNull(types.StringType), p.Tags),
		DeletionStatus: stringOrNull(p.DeletionStatus),
		RecoverUntil:   timeOrNull(p.RecoverUntil),
		pointFacts:     factsOf(p),
	}
}

func pointElementAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{
		"tags": schema.MapAttribute{ElementType: types.StringType, Computed: true, MarkdownDescription: "Tags of the point; null if it has none."},
	}
	for name, text := range map[string]string{
		"id":              "Id of the point.",
		"server_id":       "Id of the server.",
		"server_name":     "Name of the server; null where the service does not say.",
		"instance_id":     "Id of the instance; null where the service does not say.",
		"name":            "Name of the point; null if it has none.",
		"schedule_type":   "Who asked for the point: " + inCode(pointScheduleTypes) + "; null where the service does not say.",
		"policy_id":       "Id of the policy that took the point; null if none did or the service does not say.",
		"location_name":   "Name of the location; null where the service does not say.",
		"deletion_status": "Whether the point still exists: " + inCode(deletionStatuses) + "; null where the service does not say.",
		"recover_until":   "Until when a deleted point can be recovered, RFC 3339 in UTC; null for others.",
	} {
		attributes[name] = schema.StringAttribute{Computed: true, MarkdownDescription: text}
	}
	for name, text := range pointFactTexts {
		switch name {
		case "progress", "incomplete_files", "size_bytes", "source_size_bytes":
			attributes[name] = schema.Int64Attribute{Computed: true, MarkdownDescription: text}
		case "size_gb":
			attributes[name] = schema.Float64Attribute{Computed: true, MarkdownDescription: text}
		case "instant_restore":
			attributes[name] = schema.BoolAttribute{Computed: true, MarkdownDescription: text}
		default:
			attributes[name] = schema.StringAttribute{Computed: true, MarkdownDescription: text}
		}
	}
	return attributes
}
