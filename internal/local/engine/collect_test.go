package engine

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/kopia/kopia/repo/content"
)

// TestCollect: what a busy repository deletes is forgotten within days, although every second full cycle writes
// anew what is deleted.
func TestCollect(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	o := Options{
		Storage: Storage{Path: t.TempDir()}, Password: "correct horse", Host: "testhost", User: "tester", Now: clock, StorageNow: clock,
	}
	if err := Create(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	r, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(t.Context()) //nolint:errcheck // nothing is left to write
	r.AllowWrites()
	write := func(n int) {
		t.Helper()
		err := r.Write(t.Context(), "notes", false, nil, func(ctx context.Context, w *Writer) error {
			for i := range n {
				if _, err := w.Put(ctx, "note", fmt.Sprint(now.Unix(), "-", i), "", i); err != nil {
					return err
				}
				if err := w.w.Flush(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	deleted := func() (n int) {
		t.Helper()
		if err := r.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := r.rep.ContentReader().IterateContents(t.Context(), content.IterateOptions{IncludeDeleted: true}, func(c content.Info) error {
			if c.Deleted {
				n++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	// The engine joins small contents of records when it reads them, and deletes them.
	write(collectAtLeast)
	if _, err := r.List(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := deleted(); n < collectAtLeast {
		t.Fatalf("%d contents are deleted, want %d at least", n, collectAtLeast)
	}
	cycles := make(map[Cycle]int)
	const days = 7
	for range days * 8 {
		now = now.Add(3 * time.Hour)
		write(1)
		m, err := r.Maintain(t.Context(), Maintainer("testhost"))
		if err != nil {
			t.Fatal(err)
		}
		cycles[m.Cycle]++
	}
	if cycles[CollectCycle] != 1 || cycles[FullCycle] != days {
		t.Errorf("cycles: %v, want 1 of %q and %d of %q", cycles, CollectCycle, days, FullCycle)
	}
	if n := deleted(); n > collectAtLeast/2 {
		t.Errorf("%d contents are deleted and not forgotten", n)
	}
	listing, err := r.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	notes, err := Records[int](t.Context(), listing, "note")
	if want := collectAtLeast + days*8; err != nil || len(notes) != want {
		t.Errorf("%d records are left, %v; want %d", len(notes), err, want)
	}
}
