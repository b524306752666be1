package provider

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// settings is a configuration of a resource: values by dotted paths, such as "retention.daily". A nil value is
// one that is left out.
type settings map[string]any

// laterKnown is a value that is not known before the apply.
type laterKnown struct{}

// with returns a copy that has more.
func (s settings) with(more settings) settings {
	all := maps.Clone(s)
	if all == nil {
		all = settings{}
	}
	maps.Copy(all, more)
	return all
}

// tree nests the values by their paths. A value replaces what is below its path.
func (s settings) tree() map[string]any {
	root := map[string]any{}
	// Shorter paths come first, so that what is below them is added to them.
	for _, path := range slices.Sorted(maps.Keys(s)) {
		if s[path] == nil {
			continue
		}
		at := root
		steps := strings.Split(path, ".")
		for _, step := range steps[:len(steps)-1] {
			next, ok := at[step].(map[string]any)
			if ok {
				next = maps.Clone(next)
			} else {
				next = map[string]any{}
			}
			at[step] = next
			at = next
		}
		at[steps[len(steps)-1]] = s[path]
	}
	return root
}

// valueOf turns literals of Go into a value of a type; nil and what an object leaves out are null.
func valueOf(t *testing.T, kind tftypes.Type, v any) tftypes.Value {
	t.Helper()
	switch v := v.(type) {
	case nil:
		return tftypes.NewValue(kind, nil)
	case laterKnown:
		return tftypes.NewValue(kind, tftypes.UnknownValue)
	case int:
		return tftypes.NewValue(kind, big.NewFloat(float64(v)))
	case []any:
		elements := make([]tftypes.Value, len(v))
		for i, e := range v {
			elements[i] = valueOf(t, elementType(t, kind), e)
		}
		return tftypes.NewValue(kind, elements)
	case map[string]any:
		members := map[string]tftypes.Value{}
		object, isObject := kind.(tftypes.Object)
		if isObject {
			members = nulls(object)
		}
		for key, e := range v {
			of := elementType(t, kind)
			if isObject {
				if of = object.AttributeTypes[key]; of == nil {
					t.Fatalf("there is no attribute %s", key)
				}
			}
			members[key] = valueOf(t, of, e)
		}
		return tftypes.NewValue(kind, members)
	}
	return tftypes.NewValue(kind, v)
}

// elementType is nil for what has none.
func elementType(t *testing.T, kind tftypes.Type) tftypes.Type {
	t.Helper()
	switch kind := kind.(type) {
	case tftypes.List:
		return kind.ElementType
	case tftypes.Set:
		return kind.ElementType
	case tftypes.Map:
		return kind.ElementType
	}
	return nil
}

// membersOf are the attributes of an object; none of one that is null or unknown.
func membersOf(t *testing.T, v tftypes.Value) map[string]tftypes.Value {
	t.Helper()
	members := map[string]tftypes.Value{}
	if v.IsNull() || !v.IsKnown() {
		return members
	}
	if err := v.As(&members); err != nil {
		t.Fatal(err)
	}
	// The value keeps the map that it gives out.
	return maps.Clone(members)
}

// idOf is the id of an object, which may not be known.
func idOf(t *testing.T, object tftypes.Value) tftypes.Value {
	t.Helper()
	return membersOf(t, object)["id"]
}

// proposedState is what a CLI proposes to plan: the configuration, and the prior state where that leaves a computed
// attribute out.
func proposedState(t *testing.T, attributes []*tfprotov6.SchemaAttribute, prior, config tftypes.Value) tftypes.Value {
	t.Helper()
	values := membersOf(t, config)
	had := membersOf(t, prior)
	for _, a := range attributes {
		kind := a.ValueType()
		before, ok := had[a.Name]
		if !ok {
			before = tftypes.NewValue(kind, nil)
		}
		given := values[a.Name]
		switch {
		case a.WriteOnly:
			values[a.Name] = tftypes.NewValue(kind, nil)
		case a.Computed && given.IsNull():
			values[a.Name] = before
		case a.NestedType != nil && !given.IsNull() && given.IsKnown():
			values[a.Name] = proposedState(t, a.NestedType.Attributes, before, given)
		}
	}
	return tftypes.NewValue(config.Type(), values)
}

// unkept lists where a value has not become what was promised: what was known must stay as it was.
func unkept(promised, became tftypes.Value) []string {
	var broken []string
	diffs, err := promised.Diff(became)
	if err != nil {
		return []string{err.Error()}
	}
	for _, d := range diffs {
		if d.Value1 != nil && !d.Value1.IsFullyKnown() {
			// A part of it is told by a difference of its own.
			continue
		}
		if d.Value1 == nil && openAbove(promised, d.Path) {
			continue
		}
		broken = append(broken, fmt.Sprintf("%s was planned as %v and became %v", d.Path, d.Value1, d.Value2))
	}
	return broken
}

// openAbove says whether a path is below something that was not known.
func openAbove(v tftypes.Value, path *tftypes.AttributePath) bool {
	for path != nil && len(path.Steps()) > 0 {
		path = path.WithoutLastStep()
		found, _, err := tftypes.WalkAttributePath(v, path)
		if err != nil {
			continue
		}
		if value, ok := found.(tftypes.Value); ok {
			return !value.IsFullyKnown()
		}
	}
	return false
}
