package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var (
	_ validator.String = scheduleValidator{}
	_ validator.String = timezoneValidator{}
	_ validator.Object = retentionValidator{}
)

// scheduleValidator accepts what any service could run; the configured one has its say in the plan.
type scheduleValidator struct{}

func (scheduleValidator) Description(context.Context) string {
	return "value must be a recurrence rule after RFC 5545"
}

func (v scheduleValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (scheduleValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := backup.ParseAnchoredSchedule(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid Schedule", sentence(err.Error()))
	}
}

// timezoneValidator accepts names of the IANA time zone database.
type timezoneValidator struct{}

func (timezoneValidator) Description(context.Context) string {
	return "value must be a name of the IANA time zone database"
}

func (v timezoneValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (timezoneValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := backup.ParseTimezone(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid Time Zone", sentence(err.Error()))
	}
}

// retentionValidator refuses a retention without rules, which reads as "keep nothing" to some and as
// "keep everything" to others.
type retentionValidator struct{}

func (retentionValidator) Description(context.Context) string {
	return "retention must have at least one rule"
}

func (v retentionValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (retentionValidator) ValidateObject(_ context.Context, req validator.ObjectRequest, resp *validator.ObjectResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	for _, rule := range req.ConfigValue.Attributes() {
		if !rule.IsNull() {
			return
		}
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Empty Retention",
		"retention has no rule. Leave it out to keep every point for ever, or say what to keep, for example retention = { daily = 7 }.")
}
