package provider

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// windowModel selects by time in the data sources.
type windowModel struct {
	From   types.String `tfsdk:"from"`
	To     types.String `tfsdk:"to"`
	MaxAge types.String `tfsdk:"max_age"`
}

// windowAttributes describe windowModel; begun is what happened in the window.
func windowAttributes(begun string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"from": schema.StringAttribute{
			Optional:            true,
			Validators:          []validator.String{isTime(), stringvalidator.ConflictsWith(path.MatchRoot("max_age"))},
			MarkdownDescription: "Only what was " + begun + " at this time or later, RFC 3339.",
		},
		"to": schema.StringAttribute{
			Optional:            true,
			Validators:          []validator.String{isTime()},
			MarkdownDescription: "Only what was " + begun + " before this time, RFC 3339.",
		},
		"max_age": schema.StringAttribute{
			Optional:            true,
			Validators:          []validator.String{isDuration()},
			MarkdownDescription: "Only what was " + begun + " no longer ago than this, as a Go duration such as `26h`. Excludes `from`.",
		},
	}
}

// toDomain returns the half-open interval; zero times are open ends.
func (m windowModel) toDomain(now time.Time, diags *diag.Diagnostics) (from, to time.Time) {
	from, to = timeOf("from", m.From, diags), timeOf("to", m.To, diags)
	if !m.MaxAge.IsNull() {
		from = now.Add(-durationOf("max_age", m.MaxAge, diags))
	}
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		diags.AddAttributeError(path.Root("to"), "Invalid Time Window",
			"The window from "+timeOrNull(from).ValueString()+" to "+timeOrNull(to).ValueString()+" is empty: to must be later than from, or than max_age ago.")
	}
	return from, to
}
