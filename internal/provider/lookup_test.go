package provider

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

func rows(names ...string) iter.Seq2[backup.Policy, error] {
	return func(yield func(backup.Policy, error) bool) {
		for i, name := range names {
			if !yield(backup.Policy{ID: fmt.Sprint(i), Name: name}, nil) {
				return
			}
		}
	}
}

func TestLookupOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, filter, id, summary, detail string
		rows                              []string
	}{
		{name: "one contains it", filter: "EB", rows: []string{"db", "web"}, id: "1"},
		{name: "one is it", filter: "web", rows: []string{"web-2", "web", "Web"}, id: "1"},
		{name: "two are it", filter: "web", rows: []string{"web", "web"}, summary: "Several Backup Policies Found", detail: `2 match name = "web": "web" (0), "web" (1).`},
		{name: "two contain it", filter: "we", rows: []string{"web-2", "web"}, summary: "Several Backup Policies Found", detail: `"web" (1), "web-2" (0)`},
		{name: "none contains it", filter: "x", rows: []string{"b", "a"}, summary: "No Backup Policy Found", detail: `None matches name = "x". The store has "a" (1), "b" (0).`},
		{name: "nothing there", filter: "x", summary: "No Backup Policy Found", detail: "There are no backup policies in the store."},
		{name: "many", filter: "a", rows: strings.Split(strings.Repeat("a,", 12)+"a", ","), summary: "Several", detail: "and 3 more."},
	} {
		filter := policyFilter{Name: types.StringValue(c.filter)}
		found, all, err := policyLookup.sift(rows(c.rows...), filter.match)
		if err != nil {
			t.Fatal(err)
		}
		var diags diag.Diagnostics
		got, ok := policyLookup.only(&diags, filter.String(), c.filter, found, all)
		if ok != (c.id != "") || got.ID != c.id {
			t.Errorf("%s: got %q, %t", c.name, got.ID, ok)
		}
		if ok {
			continue
		}
		if d := diags[0]; !strings.HasPrefix(d.Summary(), c.summary) || !strings.Contains(d.Detail(), c.detail) {
			t.Errorf("%s: got %s: %s", c.name, d.Summary(), d.Detail())
		}
	}
}

func TestLookupStopsAtError(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	_, _, err := policyLookup.sift(func(yield func(backup.Policy, error) bool) {
		if yield(backup.Policy{}, broken) {
			t.Error("goes on after an error")
		}
	}, policyFilter{}.match)
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	yes := true
	for name, c := range map[string]struct{ got, want bool }{
		"no default where none is known": {policyFilter{Default: types.BoolValue(false)}.match(backup.Policy{}), false},
		"default":                        {policyFilter{Default: types.BoolValue(true)}.match(backup.Policy{Default: &yes}), true},
		"other default":                  {policyFilter{Default: types.BoolValue(false)}.match(backup.Policy{Default: &yes}), false},
		"anything":                       {serverFilter{}.match(backup.Server{}), true},
		"no policy":                      {serverFilter{PolicyID: types.StringValue("p")}.match(backup.Server{}), false},
		"policy":                         {serverFilter{PolicyID: types.StringValue("p")}.match(backup.Server{PolicyID: "p"}), true},
		"ids are exact":                  {serverFilter{InstanceID: types.StringValue("i")}.match(backup.Server{InstanceID: "i-1"}), false},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %t", name, c.got)
		}
	}
}
