package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func (r *policyResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed:            true,
			PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			MarkdownDescription: "Id of the policy, given by the service.",
		},
		"name": schema.StringAttribute{
			Required:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Name of the policy. Changed in place.",
		},
		"description": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "What the policy is for; default none. Not available on `vngcloud` and `cbr`.",
		},
		"schedules": schema.ListAttribute{
			ElementType: types.StringType,
			Required:    true,
			Validators: []validator.List{
				listvalidator.NoNullValues(),
				listvalidator.ValueStringsAre(scheduleValidator{}),
			},
			PlanModifiers:       []planmodifier.List{keepEqualSchedules{}},
			MarkdownDescription: schedulesDescription,
		},
		"timezone": schema.StringAttribute{
			Optional:   true,
			Computed:   true,
			Default:    stringdefault.StaticString("UTC"),
			Validators: []validator.String{timezoneValidator{}},
			MarkdownDescription: "Zone of `schedules`, which also cuts the hours, days, weeks, months and years of `retention`: " +
				"a name of the IANA time zone database such as `Europe/Berlin`; default `UTC`.",
		},
		"enabled": schema.BoolAttribute{
			Optional:            true,
			Computed:            true,
			Default:             booldefault.StaticBool(true),
			MarkdownDescription: "Whether the schedules run; default `true`. Points can be taken on demand in any case. Cannot be `false` on `vngcloud`, where servers have the switch.",
		},
		"retention": retentionSchema(),
		"incrementals_per_full": schema.Int64Attribute{
			Optional:   true,
			Validators: []validator.Int64{int64validator.AtLeast(0)},
			MarkdownDescription: "How many incremental points follow each full one, 0 or more; 0 makes every point full. " +
				"Default: the service decides, on `vngcloud` 0. On `local` a full point reads every byte of the sources again and stores nothing twice. " +
				"Not available on `csbs`, and on `cbr` only on Huawei Cloud.",
		},
		"default": schema.BoolAttribute{
			Optional:      true,
			Computed:      true,
			PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			MarkdownDescription: "Whether servers that name no policy get this one. `true` takes that over from the policy that had it; " +
				"to give it up, make another policy the default. Null and not settable on other services than `vngcloud`.",
		},
		"tags": schema.MapAttribute{
			ElementType:         types.StringType,
			Optional:            true,
			Validators:          []validator.Map{mapvalidator.NoNullValues()},
			MarkdownDescription: "Tags of the policy, which the service copies to each point; default none. On `csbs` only, at most 10.",
		},
		"created_at": schema.StringAttribute{
			Computed:            true,
			PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			MarkdownDescription: "When the policy was made, RFC 3339 in UTC; null where the service does not say.",
		},
		"timeouts": timeoutsAttribute(ctx, defaultTimeout, defaultTimeout, defaultTimeout),
	}
	for _, option := range policyOptions() {
		attributes[option.name] = option.attribute()
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A backup policy: when the servers that use it are backed up, and how long their points stay. " +
			"Servers name their policy with `policy_id`.",
		Attributes: attributes,
	}
}

const schedulesDescription = "When backups run: RFC 5545 recurrence rules in `timezone`, such as `FREQ=DAILY;BYHOUR=1;BYMINUTE=0`. " +
	"`FREQ` is `HOURLY`, `DAILY`, `WEEKLY` or `MONTHLY`; the other parts are `INTERVAL`, `BYHOUR` (0 to 23), `BYMINUTE` (0 to 59), " +
	"`BYDAY` and `BYMONTHDAY`. Daily and coarser rules must say `BYHOUR` and `BYMINUTE`. A time that daylight saving skips runs once after the gap, " +
	"one that comes twice runs once. `[]` means that nothing runs by itself. Order and spelling of the rules do not matter."

// retentionRules are the members of retention.
var retentionRules = map[string]string{
	"latest":  "Keep the newest so many points",
	"hourly":  "Keep the newest point of each of the last so many hours",
	"daily":   "Keep the newest point of each of the last so many days",
	"weekly":  "Keep the newest point of each of the last so many weeks",
	"monthly": "Keep the newest point of each of the last so many months",
	"yearly":  "Keep the newest point of each of the last so many years",
	"days":    "Keep every point that is younger than so many days",
}

func retentionSchema() schema.SingleNestedAttribute {
	rules := make(map[string]schema.Attribute, len(retentionRules))
	for name, text := range retentionRules {
		rules[name] = schema.Int64Attribute{
			Optional:            true,
			Validators:          []validator.Int64{int64validator.AtLeast(1)},
			MarkdownDescription: text + ", 1 or more; default: no such rule.",
		}
	}
	return schema.SingleNestedAttribute{
		Optional:   true,
		Validators: []validator.Object{retentionValidator{}},
		MarkdownDescription: "Which points stay; default every point, for ever. With several rules, a point stays while any of them keeps it. " +
			"Hours to years are those of `timezone`, weeks begin on Monday, and only periods that have a point count. " +
			"A plan that tightens it names the points that will be deleted. " +
			"On `vngcloud` every kind of schedule needs its number, which counts full points; there is no `latest`, `yearly` and `days`. " +
			"On `csbs` and `cbr` there is no `hourly`, and `days` does not go with periods.",
		Attributes: rules,
	}
}
