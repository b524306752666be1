package provider

import (
	"math"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// elements is a list or a set.
type elements interface {
	Elements() []attr.Value
}

// stringsOf returns the elements of a list or set of strings; nil for an empty one, and also while any
// element is unknown.
func stringsOf(v elements) []string {
	var out []string
	for _, e := range v.Elements() {
		s, ok := e.(types.String)
		if !ok || s.IsUnknown() {
			return nil
		}
		out = append(out, s.ValueString())
	}
	return out
}

// stringMapOf is stringsOf for a map.
func stringMapOf(v types.Map) map[string]string {
	var out map[string]string
	for key, e := range v.Elements() {
		s, ok := e.(types.String)
		if !ok || s.IsUnknown() {
			return nil
		}
		if out == nil {
			out = map[string]string{}
		}
		out[key] = s.ValueString()
	}
	return out
}

func stringValues(list []string) []attr.Value {
	out := make([]attr.Value, len(list))
	for i, s := range list {
		out[i] = types.StringValue(s)
	}
	return out
}

func listOf(list []string) types.List {
	return types.ListValueMust(types.StringType, stringValues(list))
}

func setOf(list []string) types.Set {
	return types.SetValueMust(types.StringType, stringValues(list))
}

// The keep functions turn what a service says into state: null and empty are one to a service, so
// whichever of them the state has is kept.

func keepString(state types.String, got string) types.String {
	if got == "" && !state.IsNull() && !state.IsUnknown() && state.ValueString() == "" {
		return state
	}
	return stringOrNull(got)
}

func keepList(state types.List, got []string) types.List {
	if len(got) == 0 && (state.IsNull() || state.IsUnknown()) {
		return types.ListNull(types.StringType)
	}
	return listOf(got)
}

func keepSet(state types.Set, got []string) types.Set {
	if len(got) == 0 && (state.IsNull() || state.IsUnknown()) {
		return types.SetNull(types.StringType)
	}
	return setOf(slices.Compact(slices.Sorted(slices.Values(got))))
}

func keepMap(state types.Map, got map[string]string) types.Map {
	if len(got) == 0 && (state.IsNull() || state.IsUnknown()) {
		return types.MapNull(types.StringType)
	}
	out := make(map[string]attr.Value, len(got))
	for key, value := range got {
		out[key] = types.StringValue(value)
	}
	return types.MapValueMust(types.StringType, out)
}

// int64Ptr is nil for null and unknown.
func int64Ptr(v types.Int64) *int64 {
	if v.IsNull() || v.IsUnknown() {
		return nil
	}
	return v.ValueInt64Pointer()
}

// boolPtr is nil for null and unknown.
func boolPtr(v types.Bool) *bool {
	if v.IsNull() || v.IsUnknown() {
		return nil
	}
	return v.ValueBoolPointer()
}

// stringOrNull maps the domain's "not known" to null.
func stringOrNull[T ~string](s T) types.String {
	if s == "" {
		return types.StringNull()
	}
	return types.StringValue(string(s))
}

// timeOrNull is RFC 3339 in UTC.
func timeOrNull(t time.Time) types.String {
	if t.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(t.UTC().Format(time.RFC3339))
}

// gbOrNull is bytes / 2^30 with three decimals, as consoles show sizes.
func gbOrNull(bytes *int64) types.Float64 {
	if bytes == nil {
		return types.Float64Null()
	}
	return types.Float64Value(math.Round(float64(*bytes)/(1<<30)*1000) / 1000)
}

// objectTypes are the attribute types of a nested attribute.
func objectTypes(a schema.SingleNestedAttribute) map[string]attr.Type {
	types := make(map[string]attr.Type, len(a.Attributes))
	for name, member := range a.Attributes {
		types[name] = member.GetType()
	}
	return types
}
