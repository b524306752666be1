package provider

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// pointFilterModel selects points in the data sources.
type pointFilterModel struct {
	ServerID       types.String `tfsdk:"server_id"`
	ServerName     types.String `tfsdk:"server_name"`
	InstanceID     types.String `tfsdk:"instance_id"`
	LocationID     types.String `tfsdk:"location_id"`
	IDs            types.Set    `tfsdk:"ids"`
	Name           types.String `tfsdk:"name"`
	Status         types.Set    `tfsdk:"status"`
	Type           types.String `tfsdk:"type"`
	ScheduleType   types.String `tfsdk:"schedule_type"`
	Tags           types.Map    `tfsdk:"tags"`
	IncludeDeleted types.Bool   `tfsdk:"include_deleted"`
	windowModel
}

func pointFilterAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{
		"server_id": schema.StringAttribute{
			Optional:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Only points of the server with this id.",
		},
		"server_name": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Only points of servers whose name contains this, in upper or lower case.",
		},
		"instance_id": schema.StringAttribute{
			Optional:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Only points of the instance with this id.",
		},
		"location_id": schema.StringAttribute{
			Optional:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Only points in the location with this id.",
		},
		"ids": schema.SetAttribute{
			ElementType: types.StringType, Optional: true,
			MarkdownDescription: "Only points with one of these ids; with an empty set, none.",
		},
		"name": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Only points whose name contains this, in upper or lower case.",
		},
		"status": schema.SetAttribute{
			ElementType: types.StringType, Optional: true,
			Validators:          enumSet(pointStatuses),
			MarkdownDescription: "Only points in one of these states: " + inCode(pointStatuses) + ".",
		},
		"type": schema.StringAttribute{
			Optional:            true,
			Validators:          []validator.String{stringvalidator.OneOf(converted[string](pointTypes)...)},
			MarkdownDescription: "Only points of this type: " + inCode(pointTypes) + ".",
		},
		"schedule_type": schema.StringAttribute{
			Optional:            true,
			Validators:          []validator.String{stringvalidator.OneOf(converted[string](pointScheduleTypes)...)},
			MarkdownDescription: "Only points that were asked for by this: " + inCode(pointScheduleTypes) + ".",
		},
		"tags": schema.MapAttribute{
			ElementType: types.StringType, Optional: true,
			Validators:          []validator.Map{mapvalidator.SizeAtMost(backup.MaxFilterTags), mapvalidator.NoNullValues()},
			MarkdownDescription: fmt.Sprintf("Only points that have all of these tags, at most %d. Not available on `vngcloud` and `cbr`, whose points carry none.", backup.MaxFilterTags),
		},
		"include_deleted": schema.BoolAttribute{
			Optional:            true,
			MarkdownDescription: "Whether to include points that are deleted but can be recovered; default `false`.",
		},
	}
	maps.Copy(attributes, windowAttributes("created"))
	return attributes
}

func (m pointFilterModel) toDomain(now time.Time, diags *diag.Diagnostics) backup.PointFilter {
	from, to := m.windowModel.toDomain(now, diags)
	return backup.PointFilter{
		ServerID:       m.ServerID.ValueString(),
		InstanceID:     m.InstanceID.ValueString(),
		LocationID:     m.LocationID.ValueString(),
		IDs:            stringsOf(m.IDs),
		Name:           m.Name.ValueString(),
		ServerName:     m.ServerName.ValueString(),
		Status:         converted[backup.Status](stringsOf(m.Status)),
		Type:           backup.PointType(m.Type.ValueString()),
		ScheduleType:   backup.ScheduleType(m.ScheduleType.ValueString()),
		From:           from,
		To:             to,
		Tags:           stringMapOf(m.Tags),
		IncludeDeleted: m.IncludeDeleted.ValueBool(),
	}
}

// matchesNothing says whether no point can match; an empty list of ids in the domain matches all.
func (m pointFilterModel) matchesNothing() bool {
	return !m.IDs.IsNull() && len(m.IDs.Elements()) == 0
}

// describePointFilter is a filter in the words of the configuration.
func describePointFilter(f backup.PointFilter) string {
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+" = "+value)
		}
	}
	add("server_id", f.ServerID)
	add("server_name", f.ServerName)
	add("instance_id", f.InstanceID)
	add("location_id", f.LocationID)
	add("ids", strings.Join(f.IDs, ", "))
	add("name", f.Name)
	add("status", strings.Join(converted[string](f.Status), " or "))
	add("type", string(f.Type))
	add("schedule_type", string(f.ScheduleType))
	add("from", timeOrNull(f.From).ValueString())
	add("to", timeOrNull(f.To).ValueString())
	for _, key := range slices.Sorted(maps.Keys(f.Tags)) {
		add("tags."+key, f.Tags[key])
	}
	if len(parts) == 0 {
		return "no filter"
	}
	return strings.Join(parts, ", ")
}
