package provider

import (
	"context"
	"maps"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/float64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

const (
	onDestroyDelete = "delete"
	onDestroyKeep   = "keep"

	onMissingRecreate = "recreate"
	onMissingKeep     = "keep"
	onMissingError    = "error"

	defaultStallTimeout = "30m"
	// A first full backup may take most of a day; one that hangs is ended by stall_timeout.
	defaultPointCreateTimeout = 24 * time.Hour
	defaultPointDeleteTimeout = time.Hour
)

func (r *pointResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := pointInputs(ctx)
	maps.Copy(attributes, pointFactAttributes())
	resp.Schema = schema.Schema{
		MarkdownDescription: "One on-demand backup of a server, taken when the resource is created and, unless `on_destroy` is `keep`, deleted with it. " +
			"A change of `triggers`, or of what defines the point, takes another one; " +
			"with `lifecycle { create_before_destroy = true }` the old one goes only when the new one is there. " +
			"Points that a policy takes are not resources: read them with the data source `serverbackup_points`.",
		Attributes: attributes,
	}
}

// What forces replacement is decided in replacedBy, for all attributes at once, because the plan has
// to warn of it.
func pointInputs(ctx context.Context) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed:            true,
			PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			MarkdownDescription: "Id of the point.",
		},
		"server_id": schema.StringAttribute{
			Required:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Id of the `serverbackup_server` to back up. A change takes another point.",
		},
		"name": schema.StringAttribute{
			Optional: true, Computed: true,
			PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			Validators:    []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Name of the point; default what the service calls it, which may be nothing. " +
				"A change of a name that was set takes another point. Not available on `vngcloud`.",
		},
		"description": schema.StringAttribute{
			Optional:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Description of the point. A change of one that was set takes another point. Not available on `vngcloud`.",
		},
		"full": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether to ask for a full point: `true` or `false`; default what the service does by itself. `type` says what it became. " +
				"A change of a value that was set takes another point. On `vngcloud` every point on demand is full, so that `false` is refused.",
		},
		"tags": schema.MapAttribute{
			ElementType: types.StringType, Optional: true,
			Validators:          []validator.Map{mapvalidator.NoNullValues()},
			MarkdownDescription: "Tags of the point, changed in place. Not available on `vngcloud` and `cbr`.",
		},
		"triggers": schema.MapAttribute{
			ElementType: types.StringType, Optional: true,
			MarkdownDescription: "Any values, such as a release number: a change takes another point. " +
				"Setting them for the first time, for example after an import, or removing them does not. " +
				"Use it with `lifecycle { create_before_destroy = true }`, or the old point is deleted first.",
		},
		"on_destroy": schema.StringAttribute{
			Optional: true, Computed: true, Default: stringdefault.StaticString(onDestroyDelete),
			Validators: []validator.String{stringvalidator.OneOf(onDestroyDelete, onDestroyKeep)},
			MarkdownDescription: "What becomes of the point when the resource is destroyed or replaced: `delete` (default), or `keep` to only forget it. " +
				"What counts is the value of the last apply.",
		},
		"on_missing": schema.StringAttribute{
			Optional: true, Computed: true, Default: stringdefault.StaticString(onMissingRecreate),
			Validators: []validator.String{stringvalidator.OneOf(onMissingRecreate, onMissingKeep, onMissingError)},
			MarkdownDescription: "What to do when the point was deleted outside Terraform: `recreate` (default) warns and plans another one, " +
				"`keep` leaves it in the state with status `missing`, `error` stops.",
		},
		"wait": schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(true),
			MarkdownDescription: "Whether to wait until the point is finished; default `true`. Must be `true` where the provider itself takes the points.",
		},
		"stall_timeout": schema.StringAttribute{
			Optional: true, Computed: true, Default: stringdefault.StaticString(defaultStallTimeout),
			Validators: []validator.String{isDuration()},
			MarkdownDescription: "How long the point may show no progress before the wait fails, as a Go duration; default `" + defaultStallTimeout + "`; " +
				"`0s` waits until `timeouts.create`.",
		},
		"timeouts": timeoutsAttribute(ctx, defaultPointCreateTimeout, 0, defaultPointDeleteTimeout),
	}
}

// pointFactAttributes keep their values while a point is updated in place: no update moves them.
func pointFactAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{
		"status": schema.StringAttribute{
			Computed:      true,
			PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			MarkdownDescription: pointFactTexts["status"] + " With `on_missing = \"keep\"` also `missing`. " +
				"A refresh that finds `error` plans another point; one that finds `creating` warns.",
		},
		"size_gb": schema.Float64Attribute{
			Computed:            true,
			PlanModifiers:       []planmodifier.Float64{float64planmodifier.UseStateForUnknown()},
			MarkdownDescription: pointFactTexts["size_gb"],
		},
		"instant_restore": schema.BoolAttribute{
			Computed:            true,
			PlanModifiers:       []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			MarkdownDescription: pointFactTexts["instant_restore"],
		},
	}
	for _, name := range []string{"service_status", "error", "type", "location_id", "created_at", "finished_at"} {
		attributes[name] = schema.StringAttribute{
			Computed:            true,
			PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			MarkdownDescription: pointFactTexts[name],
		}
	}
	for _, name := range []string{"progress", "incomplete_files", "size_bytes", "source_size_bytes"} {
		attributes[name] = schema.Int64Attribute{
			Computed:            true,
			PlanModifiers:       []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
			MarkdownDescription: pointFactTexts[name],
		}
	}
	return attributes
}
