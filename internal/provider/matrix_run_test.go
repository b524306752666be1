package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// rowRun is a row that is run.
type rowRun struct {
	t         *testing.T
	row       row
	table     table
	attribute *tfprotov6.SchemaAttribute
	// base has what the row needs beside the attribute.
	base settings
	// now is the object, and has what it is configured as.
	now object
	has settings
}

// command is a provider as one command of a CLI starts it, which remembers nothing.
func (x *rowRun) command() *managed {
	x.t.Helper()
	return newManaged(x.t, x.table.open(), x.table.resource)
}

// settled demands that a refresh finds no change, and the next plan none to make.
func (x *rowRun) settled(what string) {
	x.t.Helper()
	m := x.command()
	x.now = m.refresh(x.now)
	p := m.plan(x.now, x.has)
	if !p.matches(x.t, what, nothing) && p.errors == "" {
		x.t.Errorf("%s: %s", what, differences(x.now.state, p.state))
	}
}

func differences(a, b tftypes.Value) string {
	diffs, err := a.Diff(b)
	if err != nil {
		return err.Error()
	}
	var lines []string
	for _, d := range diffs {
		lines = append(lines, d.String())
	}
	return strings.Join(lines, "\n")
}

// step plans another configuration and applies it, unless that is an error.
func (x *rowRun) step(what string, s settings, want string) bool {
	x.t.Helper()
	if !x.command().plan(x.now, s).matches(x.t, what, want) {
		x.t.FailNow()
	}
	if strings.HasPrefix(want, "error: ") {
		return false
	}
	if x.row.before != nil {
		x.row.before()
	}
	x.now, x.has = x.command().apply(x.now, s), s
	x.settled("after " + what)
	return true
}

// later plans the attribute while its value is not known, for a new object and for the one that is there, and
// demands that the plan with the value then keeps to that plan.
func (x *rowRun) later(what string, value any) {
	x.t.Helper()
	what += " to what is known later"
	m := x.command()
	open, known := x.base.with(settings{x.row.path: laterKnown{}}), x.base.with(settings{x.row.path: value})

	first := m.plan(m.absent(), open)
	first.matches(x.t, what+", when it is made", creates)
	x.keeps(what+", when it is made", first, m.plan(m.absent(), known))

	first = m.plan(x.now, open)
	if first.errors != "" {
		x.t.Errorf("%s: %s", what, first.errors)
		return
	}
	then := m.plan(x.now, known)
	if then.errors != "" {
		return // What cannot be known earlier.
	}
	if first.action == updates && then.action == replaces || first.action == nothing && then.action != nothing {
		x.t.Errorf("%s: the plan was: %s, and becomes: %s", what, first.action, then.action)
	}
	if first.action == then.action {
		x.keeps(what, first, then)
	}
}

func (x *rowRun) keeps(what string, first, then plan) {
	x.t.Helper()
	if first.errors != "" || then.errors != "" {
		return
	}
	for _, broken := range unkept(first.state, then.state) {
		x.t.Errorf("%s: %s", what, broken)
	}
}

// drifted looks at the object as it was before the change: somebody else may have made that change.
func (x *rowRun) drifted(before object, s settings) {
	x.t.Helper()
	want := updates
	if x.row.blind {
		want = nothing
	}
	m := x.command()
	m.plan(m.refresh(before), s).matches(x.t, "changed elsewhere", orElse(x.row.drift, want))
}

// imported demands that an import replaces nothing, and leaves nothing to do.
func (x *rowRun) imported() {
	x.t.Helper()
	want := nothing
	if x.row.blind {
		want = updates
	}
	m := x.command()
	taken := m.imported(x.now)
	p := m.plan(taken, x.has)
	if !p.matches(x.t, "imported", orElse(x.row.imports, want)) && p.errors == "" {
		x.t.Errorf("imported: %s", differences(taken.state, p.state))
	}
	if p.action == updates {
		x.now = m.apply(taken, x.has)
		x.settled("after the import")
	}
}

// defaulted writes down what is so anyway: no change, where the state has it anyway.
func (x *rowRun) defaulted(unset settings) {
	x.t.Helper()
	said := unset.with(settings{x.row.path: x.row.normal})
	if x.attribute.Computed {
		x.step("default", said, nothing)
		return
	}
	x.step("default", said, updates)
	x.step("default taken out", unset, updates)
}

// refused demands an error of the plan, and none while nobody knows which service will be there.
func (x *rowRun) refused() {
	x.t.Helper()
	s := x.base.with(settings{x.row.path: x.row.first})
	m := x.command()
	m.plan(m.absent(), s).matches(x.t, "set", x.row.set)
	unconfigured := newManaged(x.t, nil, x.table.resource)
	unconfigured.plan(m.absent(), s).matches(x.t, "while the provider configuration is unknown", creates)
}
