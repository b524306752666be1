package tree_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree/treetest"
)

func verify(t *testing.T, root *treetest.Node, whole bool) (files, bytes int64, damages []string) {
	t.Helper()
	var v tree.Verifier
	if err := v.Verify(t.Context(), "/src", treetest.New(root), whole); err != nil {
		t.Fatal(err)
	}
	return v.Result()
}

func TestVerify(t *testing.T) {
	t.Parallel()
	broken := func(name string) *treetest.Node {
		n := treetest.File(name, "data")
		n.Err = errors.New("is on fire")
		return n
	}
	short, long, list, link := treetest.File("short", "data"), treetest.File("long", "data"), treetest.Dir("list"), treetest.Link("link", "x")
	short.Size, long.Size = 5, 3
	list.Err, link.Err = errors.New("is on fire"), errors.New("is on fire")
	root := treetest.Dir("", treetest.File("good", "good"), treetest.Dir("d", broken("bad")), short, long, list, link)

	files, bytes, damages := verify(t, root, true)
	want := []string{"/src/d/bad: is on fire", "/src/link: is on fire", "/src/list: is on fire", "/src/long: is not", "/src/short: is not"}
	if files != 1 || bytes != 4 || len(damages) != len(want) {
		t.Fatalf("%d files with %d bytes; %q", files, bytes, damages)
	}
	for i, text := range want {
		if !strings.HasPrefix(damages[i], text) {
			t.Errorf("damage %d is %q, want %q", i, damages[i], text)
		}
	}
	if files, _, damages := verify(t, root, false); files != 3 || len(damages) != 3 {
		t.Errorf("not whole: %d files, %q", files, damages)
	}

	miscounted := treetest.Dir("", treetest.File("a", "b"))
	tr := treetest.New(miscounted)
	miscounted.Counts.Files++
	var v tree.Verifier
	if err := v.Verify(t.Context(), "/src", tr, true); err != nil {
		t.Fatal(err)
	}
	if _, _, damages := v.Result(); len(damages) != 1 || !strings.Contains(damages[0], "2 files") {
		t.Errorf("a file less than was counted: %q", damages)
	}

	many := treetest.Dir("")
	for i := range 150 {
		many.Children = append(many.Children, broken(fmt.Sprint(i)))
	}
	if _, _, damages := verify(t, many, true); len(damages) != 101 || damages[100] != "and 50 more" {
		t.Errorf("%d damages, the last %q", len(damages), damages[len(damages)-1])
	}
}

func TestVerifyCanceled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var v tree.Verifier
	err := v.Verify(ctx, "/src", treetest.New(treetest.Dir("", treetest.File("a", "b"))), true)
	if _, _, damages := v.Result(); !errors.Is(err, context.Canceled) || len(damages) > 0 {
		t.Errorf("%v, %q", err, damages)
	}
}
