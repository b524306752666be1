package provider

import (
	"cmp"
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

type localServerModel struct {
	Sources       types.Set    `tfsdk:"sources"`
	Host          types.String `tfsdk:"host"`
	User          types.String `tfsdk:"user"`
	Exclude       types.List   `tfsdk:"exclude"`
	OneFileSystem types.Bool   `tfsdk:"one_file_system"`
	OnUnreadable  types.String `tfsdk:"on_unreadable"`
	Runner        types.String `tfsdk:"runner"`
}

func localServerOption() serverOption {
	return serverOption{
		name:            "local",
		attribute:       localServerSchema,
		value:           func(m *serverModel) *types.Object { return &m.Local },
		toDomain:        localServerToDomain,
		fromDomain:      localServerFromDomain,
		settle:          settleLocalServer,
		nullWhenOmitted: []string{"name", "policy_id"},
		// The repository of the provider.
		defaultWhenOmitted: map[string]string{"location_id": "main"},
	}
}

func localServerSchema() schema.SingleNestedAttribute {
	reactions := []local.OnUnreadable{local.UnreadableFails, local.UnreadableWarns}
	runners := []local.Runner{local.RunnerAgent, local.RunnerKopia, local.RunnerNone}
	// Host and user are the Kopia identity of the sources: points under another one are of another
	// server. The state is kept only if it has a value, as it has none before the object exists.
	identity := []planmodifier.String{
		stringplanmodifier.UseNonNullStateForUnknown(),
		stringplanmodifier.RequiresReplace(),
	}
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "What to back up on the `local` service, where it is required.",
		Attributes: map[string]schema.Attribute{
			"sources": schema.SetAttribute{
				ElementType: types.StringType,
				Required:    true,
				Validators:  []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.NoNullValues()},
				MarkdownDescription: "Absolute paths of directories, files or image files, at least one. They must exist if `host` is this host. " +
					"A path belongs to one server of its host and user only. Changed in place.",
			},
			"host": schema.StringAttribute{
				Optional:      true,
				Computed:      true,
				PlanModifiers: identity,
				Validators:    []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "Host that has the sources; default the `local.host` of the provider at the time of creation. " +
					"A change replaces the server.",
			},
			"user": schema.StringAttribute{
				Optional:      true,
				Computed:      true,
				PlanModifiers: identity,
				Validators:    []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "User who reads the sources; default the `local.user` of the provider at the time of creation. " +
					"A change replaces the server.",
			},
			"exclude": schema.ListAttribute{
				ElementType: types.StringType,
				Optional:    true,
				Validators:  []validator.List{listvalidator.NoNullValues()},
				MarkdownDescription: "What to leave out, as rules of a `.gitignore` file such as `*.tmp`, relative to each source; default none. " +
					"The repository, its cache and its key file are always left out.",
			},
			"one_file_system": schema.BoolAttribute{
				Optional:            true,
				Computed:            true,
				Default:             booldefault.StaticBool(true),
				MarkdownDescription: "Whether to stay on the file system of each source, so that mounts below it are left out; default `true`.",
			},
			"on_unreadable": schema.StringAttribute{
				Optional:   true,
				Computed:   true,
				Default:    stringdefault.StaticString(string(local.UnreadableFails)),
				Validators: []validator.String{stringvalidator.OneOf(converted[string](reactions)...)},
				MarkdownDescription: "What a file that cannot be read does to a point: one of " + inCode(reactions) + "; default `fail`. " +
					"`fail` puts the point in status `error`, `warn` counts the file in `incomplete_files`. Files that vanish meanwhile never count.",
			},
			"runner": schema.StringAttribute{
				Optional:   true,
				Computed:   true,
				Default:    stringdefault.StaticString(string(local.RunnerAgent)),
				Validators: []validator.String{stringvalidator.OneOf(converted[string](runners)...)},
				MarkdownDescription: "Who runs the schedules of the policy: one of " + inCode(runners) + "; default `agent`, " +
					"which is `terraform-provider-serverbackup agent` on that host. With `kopia` the stock Kopia server on that host takes the points, " +
					"in the zone of the host, and the agent only deletes what `retention` no longer keeps. With `none` nobody does. Changed in place.",
			},
		},
	}
}

func localServerToDomain(ctx context.Context, v types.Object) (any, diag.Diagnostics) {
	var m localServerModel
	diags := as(ctx, v, &m, basetypes.ObjectAsOptions{})
	return local.ServerOptions{
		Host:          m.Host.ValueString(),
		User:          m.User.ValueString(),
		Sources:       stringsOf(m.Sources),
		Exclude:       stringsOf(m.Exclude),
		OneFileSystem: m.OneFileSystem.ValueBool(),
		OnUnreadable:  local.OnUnreadable(m.OnUnreadable.ValueString()),
		Runner:        local.Runner(m.Runner.ValueString()),
	}, diags
}

func localServerFromDomain(ctx context.Context, state types.Object, options any) (types.Object, diag.Diagnostics) {
	attributes := objectTypes(localServerSchema())
	o, ok := options.(local.ServerOptions)
	if !ok {
		return types.ObjectNull(attributes), nil
	}
	prior := localServerModel{Exclude: types.ListNull(types.StringType)}
	var diags diag.Diagnostics
	if !state.IsNull() && !state.IsUnknown() {
		diags.Append(as(ctx, state, &prior, basetypes.ObjectAsOptions{})...)
	}
	next, d := types.ObjectValueFrom(ctx, attributes, localServerModel{
		Sources:       setOf(o.Sources),
		Host:          types.StringValue(o.Host),
		User:          types.StringValue(o.User),
		Exclude:       keepList(prior.Exclude, o.Exclude),
		OneFileSystem: types.BoolValue(o.OneFileSystem),
		OnUnreadable:  types.StringValue(string(o.OnUnreadable)),
		// Servers of earlier versions do not say.
		Runner: types.StringValue(string(cmp.Or(o.Runner, local.RunnerAgent))),
	})
	diags.Append(d...)
	return next, diags
}

func settleLocalServer(ctx context.Context, plan types.Object, options any) (types.Object, diag.Diagnostics) {
	var m localServerModel
	diags := as(ctx, plan, &m, basetypes.ObjectAsOptions{})
	o, ok := options.(local.ServerOptions)
	if !ok || diags.HasError() {
		return plan, diags
	}
	if m.Host.IsUnknown() {
		m.Host = types.StringValue(o.Host)
	}
	if m.User.IsUnknown() {
		m.User = types.StringValue(o.User)
	}
	next, d := types.ObjectValueFrom(ctx, plan.AttributeTypes(ctx), m)
	diags.Append(d...)
	return next, diags
}
