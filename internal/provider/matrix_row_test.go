package provider

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// A row changes one attribute alone.
type row struct {
	// path is that of the attribute.
	path string
	// needs is what else the configuration has meanwhile, beside what the table has.
	needs settings
	// first and second are values of the attribute; the first is by default that of the base.
	first, second any
	// normal is a value that means the same as none; nil if there is none.
	normal any
	// set, change and remove are what a plan does that gives the attribute its first value, its second one, and
	// none. The default is an update; an error begins with "error: ", after which comes a pattern.
	set, change, remove string
	// must is for what the service demands though the schema does not.
	must bool
	// stays is for what is not taken out again: the environment would have to say it, which tests share.
	stays bool
	// blind is for what the service does not tell: a refresh does not see that it was changed.
	blind bool
	// drift is what the plan does that sets the attribute back after somebody else has changed it; the default is an
	// update, or nothing for what the service does not tell.
	drift string
	// before is called before each change is applied; nil for nothing.
	before func()
	// finish is called before the object is destroyed; nil for nothing.
	finish func()
	// imports is what the plan of an import does that is configured as the imported object was; the default is
	// nothing, or an update for what the service does not tell.
	imports string
}

// refused is a row of what the service cannot do.
func refused(path string, value any, pattern string) row {
	return row{path: path, first: value, set: fails(pattern)}
}

// needing is the row with more in the configuration.
func (r row) needing(s settings) row {
	r.needs = s
	return r
}

func fails(pattern string) string { return "error: (?s)" + pattern }

// timeoutRows are those of the operations that a resource has timeouts for.
func timeoutRows(operations ...string) []row {
	rows := []row{{path: "timeouts", first: map[string]any{operations[0]: "20m"}, second: map[string]any{operations[0]: "30m"}, blind: true}}
	for _, name := range operations {
		rows = append(rows, row{path: "timeouts." + name, first: "20m", second: "30m", blind: true})
	}
	return rows
}

// table is the rows of a resource on a service.
type table struct {
	resource string
	// open opens the service anew, as each run of a CLI does.
	open func() backup.Service
	// base is what every row begins with.
	base settings
	rows []row
	// without says why an attribute has no row.
	without map[string]string
	// prepare is called before each row; nil for nothing.
	prepare func()
	// notImported is for what cannot be imported.
	notImported bool
}

// run runs the rows one after another: they share a service.
func (tb table) run(t *testing.T) {
	t.Helper()
	t.Run("complete", func(t *testing.T) {
		m := newManaged(t, nil, tb.resource)
		rows := map[string]row{}
		for _, r := range tb.rows {
			rows[r.path] = r
		}
		tb.complete(t, m.schema.Block.Attributes, "", rows)
	})
	for _, r := range tb.rows {
		t.Run(r.path, func(t *testing.T) {
			if tb.prepare != nil {
				tb.prepare()
			}
			r.run(t, tb)
		})
	}
}

// complete demands a row for every attribute that can be configured.
func (tb table) complete(t *testing.T, attributes []*tfprotov6.SchemaAttribute, prefix string, rows map[string]row) {
	t.Helper()
	for _, a := range attributes {
		if !a.Required && !a.Optional {
			continue
		}
		path := prefix + a.Name
		r, ok := rows[path]
		switch {
		case tb.without[path] != "":
			// Nor is there anything to say of what is below it.
			if ok {
				t.Errorf("%s has a row and a reason to have none", path)
			}
			continue
		case ok && strings.HasPrefix(r.set, "error: "):
			continue
		case !ok:
			t.Errorf("%s has no row", path)
		}
		if a.NestedType != nil {
			tb.complete(t, a.NestedType.Attributes, path+".", rows)
		}
	}
}

// attribute finds what the schema says of a path.
func attribute(t *testing.T, attributes []*tfprotov6.SchemaAttribute, path string) *tfprotov6.SchemaAttribute {
	t.Helper()
	name, rest, nested := strings.Cut(path, ".")
	i := slices.IndexFunc(attributes, func(a *tfprotov6.SchemaAttribute) bool { return a.Name == name })
	if i < 0 {
		t.Fatalf("there is no attribute %s", path)
	}
	if nested {
		return attribute(t, attributes[i].NestedType.Attributes, rest)
	}
	return attributes[i]
}

func (r row) run(t *testing.T, tb table) {
	t.Helper()
	x := &rowRun{t: t, row: r, table: tb, base: tb.base.with(r.needs)}
	if r.first == nil {
		x.row.first = x.base[r.path]
	}
	x.attribute = attribute(t, newManaged(t, nil, tb.resource).schema.Block.Attributes, r.path)
	if strings.HasPrefix(r.set, "error: ") {
		x.refused()
		return
	}
	x.life()
}

// life makes the object, changes the attribute as the row says, and takes the object away again.
func (x *rowRun) life() {
	r := x.row
	first, second := x.base.with(settings{r.path: r.first}), x.base.with(settings{r.path: r.second})
	unset := maps.Clone(x.base)
	delete(unset, r.path)
	demanded := r.must || x.attribute.Required
	start := unset
	if demanded {
		start = first
	}
	x.now, x.has = x.command().apply(x.command().absent(), start), start
	defer func() {
		if r.finish != nil {
			r.finish()
		}
		x.command().destroy(x.now)
	}()
	x.settled("after it was made")

	if !demanded {
		x.later("set", r.first)
		x.step("set", first, orElse(r.set, updates))
	}
	x.later("changed", r.second)
	before := x.now
	if x.step("change", second, orElse(r.change, updates)) && orElse(r.change, updates) == updates {
		x.drifted(before, first)
	}
	if !x.table.notImported {
		x.imported()
	}
	if !x.attribute.Required && !r.stays {
		x.step("remove", unset, orElse(r.remove, updates))
	}
	if r.normal != nil {
		x.defaulted(unset)
	}
}

// matches says whether a plan is what was expected.
func (p plan) matches(t *testing.T, what, want string) bool {
	t.Helper()
	pattern, isError := strings.CutPrefix(want, "error: ")
	switch {
	case isError && !regexp.MustCompile(pattern).MatchString(p.errors):
		t.Errorf("%s: the plan should say %q, and is: %s%s", what, pattern, p.action, p.errors)
	case !isError && (p.errors != "" || p.action != want):
		t.Errorf("%s: the plan should be: %s, and is: %s%s", what, want, p.action, p.errors)
	default:
		return true
	}
	return false
}
