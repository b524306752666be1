package provider

import (
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// TestKeep: null and empty are one to a service, and two to Terraform.
func TestKeep(t *testing.T) {
	t.Parallel()
	emptyMap := types.MapValueMust(types.StringType, map[string]attr.Value{})
	for name, c := range map[string]struct{ got, want attr.Value }{
		"string null":     {keepString(types.StringNull(), ""), types.StringNull()},
		"string empty":    {keepString(types.StringValue(""), ""), types.StringValue("")},
		"string unknown":  {keepString(types.StringUnknown(), ""), types.StringNull()},
		"string gone":     {keepString(types.StringValue("x"), ""), types.StringNull()},
		"string appeared": {keepString(types.StringValue(""), "x"), types.StringValue("x")},
		"list null":       {keepList(types.ListNull(types.StringType), nil), types.ListNull(types.StringType)},
		"list empty":      {keepList(listOf(nil), nil), listOf(nil)},
		"list unknown":    {keepList(types.ListUnknown(types.StringType), nil), types.ListNull(types.StringType)},
		"list gone":       {keepList(listOf([]string{"x"}), nil), listOf(nil)},
		"list order":      {keepList(listOf(nil), []string{"b", "a"}), listOf([]string{"b", "a"})},
		"set null":        {keepSet(types.SetNull(types.StringType), nil), types.SetNull(types.StringType)},
		"set empty":       {keepSet(setOf(nil), nil), setOf(nil)},
		"set twice":       {keepSet(setOf(nil), []string{"b", "a", "b"}), setOf([]string{"a", "b"})},
		"map null":        {keepMap(types.MapNull(types.StringType), nil), types.MapNull(types.StringType)},
		"map empty":       {keepMap(emptyMap, nil), emptyMap},
		"time zero":       {timeOrNull(time.Time{}), types.StringNull()},
		"time in UTC": {
			timeOrNull(time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("", 7200))), types.StringValue("2026-01-02T01:04:05Z"),
		},
		"gb null": {gbOrNull(nil), types.Float64Null()},
		"gb":      {gbOrNull(new(int64(1_610_612_736))), types.Float64Value(1.5)},
		"gb kilo": {gbOrNull(new(int64(1 << 20))), types.Float64Value(0.001)},
	} {
		if !c.got.Equal(c.want) {
			t.Errorf("%s: got %s, want %s", name, c.got, c.want)
		}
	}
}

// TestUnknownIsZero: what is not known yet must not reach a service as a value.
func TestUnknownIsZero(t *testing.T) {
	t.Parallel()
	half := types.ListValueMust(types.StringType, []attr.Value{types.StringValue("a"), types.StringUnknown()})
	if got := stringsOf(half); got != nil {
		t.Errorf("a list that is half known gives %q", got)
	}
	if got := stringsOf(types.ListUnknown(types.StringType)); got != nil {
		t.Errorf("an unknown list gives %q", got)
	}
	if got := stringsOf(setOf([]string{"b", "a"})); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("a set gives %q", got)
	}
	halfMap := types.MapValueMust(types.StringType, map[string]attr.Value{"a": types.StringUnknown()})
	if got := stringMapOf(halfMap); got != nil {
		t.Errorf("an unknown map gives %v", got)
	}
	if int64Ptr(types.Int64Unknown()) != nil || int64Ptr(types.Int64Null()) != nil || *int64Ptr(types.Int64Value(0)) != 0 {
		t.Error("int64Ptr")
	}
	if boolPtr(types.BoolUnknown()) != nil || boolPtr(types.BoolNull()) != nil || *boolPtr(types.BoolValue(false)) {
		t.Error("boolPtr")
	}
}
