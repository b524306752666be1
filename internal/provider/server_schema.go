package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

func (r *serverResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := serverAttributes(ctx)
	for _, option := range serverOptions() {
		attributes[option.name] = option.attribute()
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A server is an instance under backup: a machine, or the paths of a host, with the policy that backs it up. " +
			"Making one takes no point yet; the policy or `serverbackup_point` does.",
		Attributes: attributes,
	}
}

func serverAttributes(ctx context.Context) map[string]schema.Attribute {
	fates := []backup.PointsOnDestroy{backup.PointsFail, backup.PointsKeep, backup.PointsDelete}
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	return map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed:            true,
			PlanModifiers:       keep,
			MarkdownDescription: "Id of the server, given by the service: what `server_id` elsewhere takes.",
		},
		"name": schema.StringAttribute{
			Optional:            true,
			Computed:            true,
			PlanModifiers:       keep,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Name of the server; default the name that the service gives it. Required on `local`, and changed in place there; elsewhere it is that of the machine, and not settable.",
		},
		"instance_id": schema.StringAttribute{
			Optional:            true,
			PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Id of the machine in the cloud, where it is required. Not available on `local`. A change replaces the server.",
		},
		"policy_id": schema.StringAttribute{
			Optional:      true,
			Computed:      true,
			PlanModifiers: keep,
			Validators:    []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Id of the policy that backs the server up. Changed in place. " +
				"Left out on `vngcloud`, it is the default policy at the time of creation. Left out on `local`, the server is backed up on demand only; taking the attribute out of the configuration detaches the policy. " +
				"Required on `csbs`. Not settable on `cbr`, where it is `cbr.policy_id` of the location.",
		},
		"location_id": schema.StringAttribute{
			Optional:      true,
			Computed:      true,
			PlanModifiers: keep,
			Validators:    []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Id of the location that new points are written to; default the service's own, which on `local` is `main`, the repository of the provider. " +
				"Changed in place; on `local` points that exist stay where they are, and taking the attribute out of the configuration sets it back to `main`. " +
				"Required on `cbr`, where points move along. Not available on `csbs`.",
		},
		"enabled": schema.BoolAttribute{
			Optional:            true,
			Computed:            true,
			Default:             booldefault.StaticBool(true),
			MarkdownDescription: "Whether the policy's schedules run for this server; default `true`. Points stay, and can be taken on demand, in any case. Not available on `csbs`, and on `cbr` only on Huawei Cloud.",
		},
		"exclude_volume_ids": schema.SetAttribute{
			ElementType:         types.StringType,
			Optional:            true,
			Validators:          []validator.Set{setvalidator.NoNullValues()},
			MarkdownDescription: "Ids of volumes that are not backed up; default none. Not available on `local`, which has `local.exclude`, and on `csbs`. On `cbr` it can only be set when the server is created.",
		},
		"points_on_destroy": schema.StringAttribute{
			Optional:   true,
			Computed:   true,
			Default:    stringdefault.StaticString(string(backup.PointsFail)),
			Validators: []validator.String{stringvalidator.OneOf(converted[string](fates)...)},
			MarkdownDescription: "What becomes of the points of the server when it is destroyed or replaced: one of " + inCode(fates) + "; default `fail`. " +
				"`fail` refuses to destroy a server that has points, `keep` leaves them in the store, `delete` deletes them. " +
				"On `vngcloud` the points are there as long as the backup server, so `keep` only pauses that, and it keeps its policy and location in use. " +
				"`csbs` always leaves them, so that `delete` is not available there; `cbr` always deletes them, so that `keep` is not. " +
				"A destroy goes by what was applied last, so apply a change of this attribute first.",
		},
		"timeouts": timeoutsAttribute(ctx, defaultTimeout, defaultTimeout, defaultTimeout),
	}
}
