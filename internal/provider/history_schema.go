package provider

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func (d *historyDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"server_id": schema.StringAttribute{
			Optional:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Only jobs of the server with this id.",
		},
		"instance_id": schema.StringAttribute{
			Optional:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Only jobs of the instance with this id.",
		},
		"location_id": schema.StringAttribute{
			Optional:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Only jobs on the location with this id.",
		},
		"kind": schema.SetAttribute{
			ElementType: types.StringType, Optional: true,
			Validators:          enumSet(historyKinds),
			MarkdownDescription: "Only jobs of these kinds: " + inCode(historyKinds) + "; default `[\"backup\"]`.",
		},
		"status": schema.SetAttribute{
			ElementType: types.StringType, Optional: true,
			Validators:          enumSet(historyStatuses),
			MarkdownDescription: "Only jobs that ended like this: " + inCode(historyStatuses) + "; default all.",
		},
		"entries": schema.ListNestedAttribute{
			Computed:            true,
			NestedObject:        schema.NestedAttributeObject{Attributes: historyElementAttributes()},
			MarkdownDescription: "The jobs, newest first.",
		},
		"retention_note": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "How long the service keeps history, or what it is derived from; null where it is kept as long as the store.",
		},
	}
	maps.Copy(attributes, windowAttributes("started"))
	maps.Copy(attributes, rowsAttributes("jobs"))
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists finished and running jobs: what was backed up, deleted or restored, when, and what failed. An entry outlives its point.",
		Attributes:          attributes,
	}
}

func historyElementAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{
		"size_bytes": schema.Int64Attribute{Computed: true, MarkdownDescription: "Size of the point in bytes; null where the service does not say."},
		"size_gb":    schema.Float64Attribute{Computed: true, MarkdownDescription: pointFactTexts["size_gb"]},
	}
	for name, text := range map[string]string{
		"id":              "Id of the job.",
		"kind":            "What the job did: " + inCode(historyKinds) + ".",
		"status":          "How it ended: " + inCode(historyStatuses) + ".",
		"service_status":  "The service's own word for `status`.",
		"point_id":        "Id of the point; null if there was none.",
		"server_id":       "Id of the server; null if there was none.",
		"server_name":     "Name of the server; null where the service does not say.",
		"policy_id":       "Id of the policy that started the job; null if none did or the service does not say.",
		"type":            "Type of the point: " + inCode(pointTypes) + "; null where the service does not say.",
		"schedule_type":   "Who asked for the job: " + inCode(pointScheduleTypes) + "; null where the service does not say.",
		"started_at":      "When it started, RFC 3339 in UTC.",
		"finished_at":     "When it finished, RFC 3339 in UTC; null until then.",
		"deletion_status": "Whether the point still exists: " + inCode(deletionStatuses) + "; null where the service does not say.",
		"error":           "Why the job failed or was skipped; null for others.",
	} {
		attributes[name] = schema.StringAttribute{Computed: true, MarkdownDescription: text}
	}
	return attributes
}
