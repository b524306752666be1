package provider

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// windowModel selects by time in the data sources.
type windowModel struct {
	From   timetypes.RFC3339    `tfsdk:"from"`
	To     timetypes.RFC3339    `tfsdk:"to"`
	MaxAge timetypes.GoDuration `tfsdk:"max_age"`
}

// windowAttributes describe windowModel; begun is what happened in the window.
func windowAttributes(begun string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"from": schema.StringAttribute{
			CustomType:          timetypes.RFC3339Type{},
			Optional:            true,
			Validators:          []validator.String{stringvalidator.ConflictsWith(path.MatchRoot("max_age"))},
			MarkdownDescription: "Only what was " + begun + " at this time or later, RFC 3339.",
		},
		"to": schema.StringAttribute{
			CustomType:          timetypes.RFC3339Type{},
			Optional:            true,
			MarkdownDescription: "Only what was " + begun + " before this time, RFC 3339.",
		},
		"max_age": schema.StringAttribute{
			CustomType:          timetypes.GoDurationType{},
			Optional:            true,
			Validators:          []validator.String{notNegative},
			MarkdownDescription: "Only what was " + begun + " no longer ago than this, as a Go duration such as `26h`. Excludes `from`.",
		},
	}
}

// toDomain returns the half-open interval; zero times are open ends.
func (m windowModel) toDomain(now time.Time, diags *diag.Diagnostics) (from, to time.Time) {
	var d diag.Diagnostics
	if !m.From.IsNull() {
		from, d = m.From.ValueRFC3339Time()
		diags.Append(d...)
	}
	if !m.To.IsNull() {
		to, d = m.To.ValueRFC3339Time()
		diags.Append(d...)
	}
	if !m.MaxAge.IsNull() {
		age, d := m.MaxAge.ValueGoDuration()
		diags.Append(d...)
		from = now.Add(-age)
	}
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		diags.AddAttributeError(path.Root("to"), "Invalid Time Window",
			"The window from "+timeOrNull(from).ValueString()+" to "+timeOrNull(to).ValueString()+" is empty: to must be later.")
	}
	return from, to
}
