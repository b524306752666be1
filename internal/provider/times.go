package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// textValidator refuses a string with a sentence that begins after the name of the attribute. The name is in the
// text because a CLI shows no line of the configuration for a query.
type textValidator struct {
	summary, description string
	mistake              func(text string) string
}

func (v textValidator) Description(context.Context) string         { return v.description }
func (v textValidator) MarkdownDescription(context.Context) string { return v.description }

func (v textValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if mistake := v.mistake(req.ConfigValue.ValueString()); mistake != "" {
		resp.Diagnostics.AddAttributeError(req.Path, v.summary, req.Path.String()+" "+mistake)
	}
}

// isDuration wants a Go duration that is not negative.
func isDuration() validator.String {
	return textValidator{"Invalid Duration", "must be a Go duration of 0s or more", durationMistake}
}

// isTime wants a time in RFC 3339.
func isTime() validator.String {
	return textValidator{"Invalid Time", "must be a time in RFC 3339", timeMistake}
}

func durationMistake(text string) string {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return fmt.Sprintf("is %q, which is no duration. Write numbers with units, such as 26h, 90m or 1h30m; a day is 24h.", text)
	case d < 0:
		return fmt.Sprintf("is %q, and must not be negative. Write 0s or more.", text)
	}
	return ""
}

func timeMistake(text string) string {
	if _, err := time.Parse(time.RFC3339, text); err != nil {
		return fmt.Sprintf("is %q, which is no time of RFC 3339. Write date, time and zone, such as 2026-07-01T00:00:00Z.", text)
	}
	return ""
}

// durationOf is 0 for null. It checks again, for what was not known when [isDuration] looked.
func durationOf(name string, v types.String, diags *diag.Diagnostics) time.Duration {
	if v.IsNull() {
		return 0
	}
	if mistake := durationMistake(v.ValueString()); mistake != "" {
		diags.AddAttributeError(path.Root(name), "Invalid Duration", name+" "+mistake)
		return 0
	}
	d, _ := time.ParseDuration(v.ValueString())
	return d
}

// timeOf is the zero time for null, and durationOf for times.
func timeOf(name string, v types.String, diags *diag.Diagnostics) time.Time {
	if v.IsNull() {
		return time.Time{}
	}
	if mistake := timeMistake(v.ValueString()); mistake != "" {
		diags.AddAttributeError(path.Root(name), "Invalid Time", name+" "+mistake)
		return time.Time{}
	}
	t, _ := time.Parse(time.RFC3339, v.ValueString())
	return t
}
