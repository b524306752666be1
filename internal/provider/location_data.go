package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// locationData is a location as data sources show it.
type locationData struct {
	ID          types.String       `tfsdk:"id"`
	Name        types.String       `tfsdk:"name"`
	Region      types.String       `tfsdk:"region"`
	Default     types.Bool         `tfsdk:"default"`
	QuotaGB     types.Int64        `tfsdk:"quota_gb"`
	SoftDelete  *softDeleteModel   `tfsdk:"soft_delete"`
	Lock        *locationLockModel `tfsdk:"lock"`
	Local       types.Object       `tfsdk:"local"`
	VNGCloud    types.Object       `tfsdk:"vngcloud"`
	CBR         types.Object       `tfsdk:"cbr"`
	CreatedAt   types.String       `tfsdk:"created_at"`
	UsedBytes   types.Int64        `tfsdk:"used_bytes"`
	UsedGB      types.Float64      `tfsdk:"used_gb"`
	ServerCount types.Int64        `tfsdk:"server_count"`
}

func newLocationData(ctx context.Context, l backup.Location, used *int64) (locationData, diag.Diagnostics) {
	d := locationData{
		ID:          types.StringValue(l.ID),
		Name:        stringOrNull(l.Name),
		Region:      stringOrNull(l.Region),
		Default:     types.BoolPointerValue(l.Default),
		QuotaGB:     quotaGB(l.QuotaBytes),
		SoftDelete:  newSoftDeleteModel(l.SoftDelete),
		Lock:        newLocationLockModel(l.Lock),
		CreatedAt:   timeOrNull(l.CreatedAt),
		UsedBytes:   types.Int64PointerValue(used),
		UsedGB:      gbOrNull(used),
		ServerCount: types.Int64PointerValue(l.ServerCount),
	}
	var diags diag.Diagnostics
	for _, option := range locationOptions() {
		value, dd := option.toData(ctx, l.Options)
		diags.Append(dd...)
		*option.dataValue(&d) = value
	}
	return d, diags
}

// usedBytes is what a location holds: as the service tells it with the location, or else as it measures it.
func (c *client) usedBytes(ctx context.Context, l backup.Location) (*int64, error) {
	reporter, ok := c.service.(backup.UsageReporter)
	if l.UsedBytes != nil || !ok {
		return l.UsedBytes, nil
	}
	usage, err := reporter.SpaceUsage(ctx, backup.UsageFilter{LocationID: l.ID})
	if usage.UsedBytes != nil || err != nil {
		return usage.UsedBytes, err
	}
	return usage.StoredBytes, nil
}

// locationDataOf is a location with what it holds. One that cannot be reached now can still be shown.
func (c *client) locationDataOf(ctx context.Context, l backup.Location, diags *diag.Diagnostics) locationData {
	used, err := c.usedBytes(ctx, l)
	if err != nil {
		diags.AddWarning("Backup Location Not Measured", fmt.Sprintf(
			"used_bytes of the %s is null: %s", named(kindLocation, l.Name, l.ID), sentence(explain(err))))
	}
	data, d := newLocationData(ctx, l, used)
	diags.Append(d...)
	return data
}

// locationDataAttributes are all computed.
func locationDataAttributes() map[string]schema.Attribute {
	days := func(text string) schema.Int64Attribute {
		return schema.Int64Attribute{Computed: true, MarkdownDescription: text}
	}
	attributes := map[string]schema.Attribute{
		"id":     schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the location: what `location_id` of a server takes."},
		"name":   schema.StringAttribute{Computed: true, MarkdownDescription: "Name of the location."},
		"region": schema.StringAttribute{Computed: true, MarkdownDescription: "Region that the location is in; null where the service has none, as on `local`."},
		"default": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether servers that name no location get this one; null where the service has no such thing, as on `local`.",
		},
		"quota_gb": schema.Int64Attribute{Computed: true, MarkdownDescription: "What the location may hold, in GB of 2^30 bytes, rounded up; null: no limit."},
		"soft_delete": schema.SingleNestedAttribute{
			Computed:            true,
			MarkdownDescription: "The bin that deleted points go to; null if they are deleted at once.",
			Attributes: map[string]schema.Attribute{
				"retention_days": days("How many days of 24 hours a deleted point can be recovered."),
			},
		},
		"lock": schema.SingleNestedAttribute{
			Computed:            true,
			MarkdownDescription: "What keeps points from being deleted too early; null if nothing does.",
			Attributes: map[string]schema.Attribute{
				"min_days":   days("Age in days of 24 hours below which no point is deleted."),
				"max_days":   days("Age in days above which the service deletes every point; null: none, as on `local`."),
				"grace_days": days("How many days the lock can still be changed; null where the service has no such thing, as on `local`."),
			},
		},
		"created_at":   schema.StringAttribute{Computed: true, MarkdownDescription: "When the location was made, RFC 3339 in UTC; null where the service does not say."},
		"used_bytes":   schema.Int64Attribute{Computed: true, MarkdownDescription: "What the location holds, in bytes: what counts against its quota where the service says that, else the measured size; null where neither is known."},
		"used_gb":      schema.Float64Attribute{Computed: true, MarkdownDescription: "`used_bytes` in GB of 2^30 bytes, rounded to three decimals."},
		"server_count": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many servers write to the location; null where the service does not say."},
	}
	for _, option := range locationOptions() {
		attributes[option.name] = option.data
	}
	return attributes
}

// locationFilter selects locations; null members select everything.
type locationFilter struct {
	Name    types.String `tfsdk:"name"`
	Region  types.String `tfsdk:"region"`
	Default types.Bool   `tfsdk:"default"`
}

func (f locationFilter) match(l backup.Location) bool {
	return containsFold(l.Name, f.Name) && equalOrNull(l.Region, f.Region) &&
		(f.Default.IsNull() || (l.Default != nil && *l.Default == f.Default.ValueBool()))
}

func (f locationFilter) String() string {
	return describe("name", f.Name, "region", f.Region, "default", f.Default)
}

// unsupported are the filters that the service cannot answer: an empty list would look like an answer.
func (f locationFilter) unsupported(ctx context.Context, service backup.Locator) []backup.Problem {
	var problems []backup.Problem
	if !f.Default.IsNull() {
		problems = about(service.CheckLocation(ctx, backup.Location{Default: f.Default.ValueBoolPointer()}, nil), "default")
	}
	if _, ok := service.(backup.RegionLister); !f.Region.IsNull() && !ok {
		problems = append(problems, backup.Problem{
			Path: []string{"region"}, Summary: "Attribute Not Supported", Detail: "The configured backup service has no regions. Leave region out.",
		})
	}
	return problems
}

// locationLookup is how locations are found and named.
var locationLookup = lookup[backup.Location]{
	one: "Backup Location", many: "Backup Locations",
	label: func(l backup.Location) (string, string) { return l.Name, l.ID },
}

// locationFilterAttributes are the arguments that select locations.
func locationFilterAttributes() map[string]schema.Attribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{
			Optional:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: description,
		}
	}
	return map[string]schema.Attribute{
		"name":   text("Only locations whose name contains this text, in upper or lower case; default any."),
		"region": text("Only locations in the region with this id; default any. Only on `vngcloud`."),
		"default": schema.BoolAttribute{
			Optional:            true,
			MarkdownDescription: "Only locations that are the default, or that are not; default any. Only on `vngcloud`.",
		},
	}
}
