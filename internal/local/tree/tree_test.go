package tree_test

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree/treetest"
)

func names(entries []tree.Entry) []string {
	var list []string
	for _, e := range entries {
		list = append(list, e.Name)
	}
	return list
}

func TestChildren(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, want []string }{
		{[]string{"b", "a", "B"}, []string{"B", "a", "b"}},
		{[]string{"x", "x"}, []string{"x", "x~2"}},
		{[]string{"x~2", "x", "x", "x"}, []string{"x", "x~2", "x~3", "x~4"}},
		{nil, nil},
	} {
		root := treetest.Dir("")
		for _, name := range tc.in {
			root.Children = append(root.Children, treetest.File(name, "data"))
		}
		tr := treetest.New(root)
		got, err := tree.Children(t.Context(), tr, tr.Root(), "")
		if err != nil || !slices.Equal(names(got), tc.want) {
			t.Errorf("%q become %q, %v; want %q", tc.in, names(got), err, tc.want)
		}
	}
}

func TestChildrenRefusesHostileNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"..", "a/b", "", "nul\x00"} {
		tr := treetest.New(treetest.Dir("", treetest.File("good", ""), treetest.File(name, "")))
		_, err := tree.Children(t.Context(), tr, tr.Root(), "some/dir")
		if !errors.Is(err, tree.ErrName) || !strings.Contains(err.Error(), "some/dir") {
			t.Errorf("%q: %v", name, err)
		}
	}
	odd := treetest.File("pipe", "")
	odd.Mode = fs.ModeNamedPipe
	tr := treetest.New(treetest.Dir("", odd))
	if _, err := tree.Children(t.Context(), tr, tr.Root(), ""); err == nil || !strings.Contains(err.Error(), "pipe") {
		t.Errorf("a pipe: %v", err)
	}
}
