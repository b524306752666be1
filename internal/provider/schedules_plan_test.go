package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestKeepEqualSchedules(t *testing.T) {
	t.Parallel()
	const daily, same, other = "FREQ=DAILY;BYHOUR=1;BYMINUTE=0", "rrule:freq=daily;byminute=0;byhour=1", "FREQ=DAILY;BYHOUR=2;BYMINUTE=0"
	halfKnown := types.ListValueMust(types.StringType, []attr.Value{types.StringValue(daily), types.StringUnknown()})
	null, none := types.ListNull(types.StringType), listOf(nil)
	for name, c := range map[string]struct{ state, plan, want types.List }{
		"create":        {null, listOf([]string{daily}), listOf([]string{daily})},
		"spelling":      {listOf([]string{daily}), listOf([]string{same}), listOf([]string{daily})},
		"order":         {listOf([]string{daily, other}), listOf([]string{other, same}), listOf([]string{daily, other})},
		"change":        {listOf([]string{daily}), listOf([]string{other}), listOf([]string{other})},
		"one more":      {listOf([]string{daily}), listOf([]string{same, other}), listOf([]string{same, other})},
		"none any more": {listOf([]string{daily}), none, none},
		"none":          {none, none, none},
		"half known":    {listOf([]string{daily}), halfKnown, halfKnown},
		"unknown":       {listOf([]string{daily}), types.ListUnknown(types.StringType), types.ListUnknown(types.StringType)},
	} {
		resp := planmodifier.ListResponse{PlanValue: c.plan}
		keepEqualSchedules{}.PlanModifyList(t.Context(), planmodifier.ListRequest{StateValue: c.state, PlanValue: c.plan}, &resp)
		if !resp.PlanValue.Equal(c.want) {
			t.Errorf("%s: planned %s, want %s", name, resp.PlanValue, c.want)
		}
	}
}
