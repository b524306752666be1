package provider

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// shownMatches is how many objects a message lists.
const shownMatches = 10

// lookup finds objects by filters and names them in messages.
type lookup[T any] struct {
	// one and many are in title case.
	one, many string
	label     func(T) (name, id string)
}

// sift lists what match selects, by name, and all that there is.
func (l lookup[T]) sift(rows iter.Seq2[T, error], match func(T) bool) (found, all []T, err error) {
	for row, err := range rows {
		if err != nil {
			return nil, nil, err
		}
		all = append(all, row)
	}
	slices.SortFunc(all, func(a, b T) int {
		aName, aID := l.label(a)
		bName, bID := l.label(b)
		return cmp.Or(cmp.Compare(aName, bName), cmp.Compare(aID, bID))
	})
	for _, row := range all {
		if match(row) {
			found = append(found, row)
		}
	}
	return found, all, nil
}

// only is for data sources that show one object: none and several are errors. A filter for a name
// selects every name that contains it, so among several the one that is exactly it goes first:
// otherwise there would be no way to ask for "web" beside "web-2".
func (l lookup[T]) only(diags *diag.Diagnostics, asked, name string, found, all []T) (T, bool) {
	if len(found) > 1 && name != "" {
		exact := slices.DeleteFunc(slices.Clone(found), func(row T) bool {
			got, _ := l.label(row)
			return got != name
		})
		if len(exact) == 1 {
			return exact[0], true
		}
	}
	var none T
	switch {
	case len(found) == 1:
		return found[0], true
	case len(found) > 1:
		diags.AddError("Several "+l.many+" Found", fmt.Sprintf(
			"%d match %s: %s. Narrow the filters down, or name one by its id.", len(found), asked, l.list(found)))
	case len(all) == 0:
		diags.AddError("No "+l.one+" Found", "There are no "+strings.ToLower(l.many)+" in the store.")
	default:
		diags.AddError("No "+l.one+" Found", fmt.Sprintf(
			"None matches %s. The store has %s.", asked, l.list(all)))
	}
	return none, false
}

func (l lookup[T]) list(rows []T) string {
	var names []string
	for _, row := range rows[:min(len(rows), shownMatches)] {
		name, id := l.label(row)
		names = append(names, fmt.Sprintf("%q (%s)", name, id))
	}
	if more := len(rows) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}

// containsFold says whether got contains want in upper or lower case; null is contained in anything.
func containsFold(got string, want types.String) bool {
	return strings.Contains(strings.ToLower(got), strings.ToLower(want.ValueString()))
}

// equalOrNull says whether got is want; null is equal to anything.
func equalOrNull(got string, want types.String) bool {
	return want.IsNull() || got == want.ValueString()
}

// describe spells filters as the configuration does, from pairs of name and value.
func describe(pairs ...any) string {
	var parts []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if v, ok := pairs[i+1].(attr.Value); ok && !v.IsNull() {
			parts = append(parts, fmt.Sprintf("%s = %s", pairs[i], v))
		}
	}
	if len(parts) == 0 {
		return "the data source, which has no filters"
	}
	return strings.Join(parts, " and ")
}

// about selects the problems with one attribute that stop a plan.
func about(problems []backup.Problem, attribute string) []backup.Problem {
	return slices.DeleteFunc(problems, func(p backup.Problem) bool {
		return p.Warning || len(p.Path) == 0 || p.Path[0] != attribute
	})
}
