package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// policyData is a policy as data sources show it.
type policyData struct {
	ID                  types.String    `tfsdk:"id"`
	Name                types.String    `tfsdk:"name"`
	Description         types.String    `tfsdk:"description"`
	Schedules           types.List      `tfsdk:"schedules"`
	Timezone            types.String    `tfsdk:"timezone"`
	Enabled             types.Bool      `tfsdk:"enabled"`
	Retention           *retentionModel `tfsdk:"retention"`
	IncrementalsPerFull types.Int64     `tfsdk:"incrementals_per_full"`
	Default             types.Bool      `tfsdk:"default"`
	Tags                types.Map       `tfsdk:"tags"`
	VNGCloud            types.Object    `tfsdk:"vngcloud"`
	CreatedAt           types.String    `tfsdk:"created_at"`
	ServerIDs           types.List      `tfsdk:"server_ids"`
}

func newPolicyData(ctx context.Context, p backup.Policy) (policyData, diag.Diagnostics) {
	var diags diag.Diagnostics
	data := policyData{
		ID:                  types.StringValue(p.ID),
		Name:                types.StringValue(p.Name),
		Description:         stringOrNull(p.Description),
		Schedules:           listOf(p.Schedules),
		Timezone:            types.StringValue(p.Timezone),
		Enabled:             types.BoolValue(p.Enabled),
		Retention:           newRetentionModel(p.Retention),
		IncrementalsPerFull: types.Int64PointerValue(p.IncrementalsPerFull),
		Default:             types.BoolPointerValue(p.Default),
		Tags:                keepMap(types.MapNull(types.StringType), p.Tags),
		CreatedAt:           timeOrNull(p.CreatedAt),
		ServerIDs:           listOf(p.ServerIDs),
	}
	for _, option := range policyOptions() {
		options, d := option.fromDomain(ctx, p.Options)
		diags.Append(d...)
		*option.dataValue(&data) = options
	}
	return data, diags
}

// policyDataAttributes are all computed.
func policyDataAttributes() map[string]schema.Attribute {
	retention := make(map[string]schema.Attribute)
	for name, text := range retentionRules {
		retention[name] = schema.Int64Attribute{Computed: true, MarkdownDescription: text + "; null: no such rule."}
	}
	attributes := map[string]schema.Attribute{
		"id":          schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the policy."},
		"name":        schema.StringAttribute{Computed: true, MarkdownDescription: "Name of the policy."},
		"description": schema.StringAttribute{Computed: true, MarkdownDescription: "What the policy is for; null if it does not say."},
		"schedules": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "When backups run: RFC 5545 recurrence rules in `timezone`; empty if nothing runs by itself.",
		},
		"timezone": schema.StringAttribute{Computed: true, MarkdownDescription: "IANA name of the zone of `schedules` and `retention`."},
		"enabled":  schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the schedules run."},
		"retention": schema.SingleNestedAttribute{
			Computed: true, Attributes: retention,
			MarkdownDescription: "Which points stay: those that any of the rules keeps. Null if every point stays for ever.",
		},
		"incrementals_per_full": schema.Int64Attribute{
			Computed:            true,
			MarkdownDescription: "How many incremental points follow each full one; 0 makes every point full, null leaves it to the service.",
		},
		"default": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether servers that name no policy get this one; null where the service has no such thing, as on `local`.",
		},
		"tags":       schema.MapAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Tags of the policy; null if it has none."},
		"created_at": schema.StringAttribute{Computed: true, MarkdownDescription: "When the policy was made, RFC 3339 in UTC; null where the service does not say."},
		"server_ids": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Ids of the servers that use the policy, sorted.",
		},
	}
	for _, option := range policyOptions() {
		attributes[option.name] = option.data
	}
	return attributes
}

// policyFilter selects policies; null members select everything.
type policyFilter struct {
	Name    types.String `tfsdk:"name"`
	Default types.Bool   `tfsdk:"default"`
}

func (f policyFilter) match(p backup.Policy) bool {
	return containsFold(p.Name, f.Name) &&
		(f.Default.IsNull() || (p.Default != nil && *p.Default == f.Default.ValueBool()))
}

func (f policyFilter) String() string {
	return describe("name", f.Name, "default", f.Default)
}

// unsupported are the filters that the service cannot answer: an empty list would look like an answer.
func (f policyFilter) unsupported(ctx context.Context, svc backup.Service) []backup.Problem {
	if f.Default.IsNull() {
		return nil
	}
	return about(svc.CheckPolicy(ctx, backup.Policy{Default: f.Default.ValueBoolPointer()}), "default")
}

// policyLookup is how policies are found and named.
var policyLookup = lookup[backup.Policy]{
	one: "Backup Policy", many: "Backup Policies",
	label: func(p backup.Policy) (string, string) { return p.Name, p.ID },
}

// policyFilterAttributes are the arguments that select policies.
func policyFilterAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"name": schema.StringAttribute{
			Optional:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Only policies whose name contains this text, in upper or lower case; default any.",
		},
		"default": schema.BoolAttribute{
			Optional:            true,
			MarkdownDescription: "Only policies that are the default, or that are not; default any. Only on `vngcloud`.",
		},
	}
}
