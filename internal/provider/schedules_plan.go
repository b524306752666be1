package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var _ planmodifier.List = keepEqualSchedules{}

// keepEqualSchedules plans no change where the rules are only spelled or sorted otherwise. Semantic
// equality of a custom type does not help: the framework asks it after Create, Read and Update, not
// while planning. Terraform accepts a plan that differs from the configuration only if it is the whole
// prior value, so the list is kept as one.
type keepEqualSchedules struct{}

func (keepEqualSchedules) Description(context.Context) string {
	return "Rules that mean the same are no change."
}

func (m keepEqualSchedules) MarkdownDescription(ctx context.Context) string {
	return m.Description(ctx)
}

func (keepEqualSchedules) PlanModifyList(ctx context.Context, req planmodifier.ListRequest, resp *planmodifier.ListResponse) {
	if req.StateValue.IsNull() || req.PlanValue.IsNull() || unknown(ctx, req.PlanValue) {
		return
	}
	if backup.SchedulesEqual(stringsOf(req.StateValue), stringsOf(req.PlanValue)) {
		resp.PlanValue = req.StateValue
	}
}
