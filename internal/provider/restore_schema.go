package provider

import (
	"context"
	"maps"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// defaultRestoreTimeout is that of the backup, which reads what a restore writes.
const defaultRestoreTimeout = 24 * time.Hour

func (r *restoreResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := restoreInputs(ctx)
	maps.Copy(attributes, restoreFactAttributes())
	for _, option := range restoreOptions() {
		attributes[option.name] = option.attribute()
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Restores a point, once, when the resource is created. It runs again only if `triggers` or another input changes, or with `terraform apply -replace`: " +
			"never because the restored data, the point or the record of the restore is gone. " +
			"Destroying it deletes nothing: the restored data stay. The resource cannot be imported.",
		Attributes: attributes,
	}
}

// What forces replacement is decided in replacedBy, for all attributes at once, because the plan has
// to warn of it.
func restoreInputs(ctx context.Context) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"point_id": schema.StringAttribute{
			Required:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Id of the point, whose status must be `available`. A change restores the other point.",
		},
		"triggers": schema.MapAttribute{
			ElementType: types.StringType, Optional: true,
			MarkdownDescription: "Any values: a change restores again. Setting them for the first time or removing them does not.",
		},
		"overwrite_existing_data": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Must be `true` for a restore that puts data in the place of existing ones: on `local`, one with `local.in_place`; on `csbs` and `cbr`, every one. " +
				"Default `false`. A change restores nothing.",
		},
		"timeouts": timeoutsAttribute(ctx, defaultRestoreTimeout, 0, 0),
	}
}

func restoreFactAttributes() map[string]schema.Attribute {
	statuses := []backup.HistoryStatus{backup.HistoryRunning, backup.HistorySucceeded, backup.HistoryFailed}
	attributes := map[string]schema.Attribute{
		"progress": schema.Int64Attribute{
			Computed:            true,
			PlanModifiers:       []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
			MarkdownDescription: "Progress in percent, 0 to 100, while the restore runs; null where the service gives none.",
		},
	}
	for name, text := range map[string]string{
		"id": "Id of the restore.",
		"status": "State of the restore: " + inCode(statuses) + ". " +
			"It is `running` if Terraform gave up waiting for a service that goes on; a refresh then looks what became of it.",
		"started_at":  "When the restore was begun, RFC 3339 in UTC.",
		"finished_at": "When the restore ended, RFC 3339 in UTC; null until then.",
		"error":       "Why the restore failed.",
		"restored_id": "Where the restored data are: on `local`, the target directory, or for a restore in place the paths that were restored, with colons between them; on `vngcloud`, the id of the new server or volume; on `csbs` and `cbr`, the id of the server whose disks were overwritten.",
	} {
		attributes[name] = schema.StringAttribute{
			Computed:            true,
			PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			MarkdownDescription: text,
		}
	}
	return attributes
}
