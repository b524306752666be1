package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// maxQuotaGB keeps a quota in bytes within an int64.
const maxQuotaGB = 1_000_000_000

func (r *locationResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed:            true,
			PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			MarkdownDescription: "Id of the location, given by the service: what `location_id` of a server takes.",
		},
		"name": schema.StringAttribute{
			Required:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Name of the location. Changed in place.",
		},
		"quota_gb": schema.Int64Attribute{
			Optional:   true,
			Validators: []validator.Int64{int64validator.Between(1, maxQuotaGB)},
			MarkdownDescription: "What the location may hold, in GB of 2^30 bytes, 1 or more; default no limit. Required on `cbr`, where it is what you pay for. Changed in place. " +
				"On `local` a point that would start above it fails before it reads a byte; a point that starts below it is finished, whatever its size.",
		},
		"default": schema.BoolAttribute{
			Optional:      true,
			Computed:      true,
			PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			MarkdownDescription: "Whether servers that name no location get this one. `true` takes that over from the location that had it; " +
				"to give it up, make another location the default. Null and not settable on other services than `vngcloud`; on `local` that is the repository of the provider. " +
				"`vngcloud` takes `true` only for a location that is being made.",
		},
		"soft_delete": softDeleteSchema(),
		"lock":        locationLockSchema(),
		"force_destroy": schema.BoolAttribute{
			Optional: true,
			Computed: true,
			Default:  booldefault.StaticBool(false),
			MarkdownDescription: "Whether the points of the location, deleted ones that can be recovered included, are deleted with it; default `false`, which refuses to " +
				"destroy a location that holds any. A destroy goes by what was applied last, so apply a change of this attribute first.",
		},
		"timeouts": timeoutsAttribute(ctx, defaultTimeout, defaultTimeout, defaultTimeout),
	}
	for _, option := range locationOptions() {
		attributes[option.name] = option.attribute()
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A location is where points are stored. Servers name theirs with `location_id`; a server that moves to another location leaves its points where they are, " +
			"and they count for its retention as before. The location with the id `main` of the `local` service is the repository of the provider: " +
			"it is there without this resource, and is imported to give it a quota, a bin or a lock. Not available on `csbs`, which has no locations.",
		Attributes: attributes,
	}
}

func softDeleteSchema() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "Keeps deleted points in a bin, from which they can be recovered; default none, points are deleted at once. Not available on `cbr`. Changed in place. " +
			"Points that are in the bin when this is removed lapse on their dates on `local`; `vngcloud` deletes them at once, and the plan says how many they are.",
		Attributes: map[string]schema.Attribute{
			"retention_days": schema.Int64Attribute{
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
				MarkdownDescription: "How many days of 24 hours a deleted point can be recovered, 1 or more. It is the value at the time of the deletion that counts.",
			},
		},
	}
}

func locationLockSchema() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "Keeps points from being deleted too early; default none. Not available on `cbr`, which has `cbr.locked`. On a disk the lock of `local` is the promise of this provider and its agent only: " +
			"who can write to the disk can delete all the same. `local.object_lock` makes a bucket refuse it.",
		Attributes: map[string]schema.Attribute{
			"min_days": schema.Int64Attribute{
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
				MarkdownDescription: "Age in days of 24 hours, 1 or more, below which no point is deleted, neither by hand nor by retention.",
			},
			"max_days": schema.Int64Attribute{
				Optional:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
				MarkdownDescription: "Age in days, 1 or more, above which the service deletes every point. Only on `vngcloud`, where it is required.",
			},
			"grace_days": schema.Int64Attribute{
				Optional:   true,
				Validators: []validator.Int64{int64validator.AtLeast(0)},
				MarkdownDescription: "How many days the lock can still be changed or removed, 0 to 7. " +
					"0 makes it permanent at once. Only on `vngcloud`, where it is required.",
			},
		},
	}
}
