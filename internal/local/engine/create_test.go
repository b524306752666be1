package engine

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/blob/filesystem"
)

// TestDirectoryLayout: a new repository has the directories that one of Kopia's own has.
func TestDirectoryLayout(t *testing.T) {
	t.Parallel()
	layout := func(dir string) string {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(dir, ".shards"))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	theirs, ours := t.TempDir(), t.TempDir()
	st, err := filesystem.New(t.Context(), &filesystem.Options{Path: theirs}, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := repo.Initialize(t.Context(), st, nil, "correct horse"); err != nil {
		t.Fatal(err)
	}
	if err := Create(t.Context(), Options{Storage: Storage{Path: ours}, Password: "correct horse"}); err != nil {
		t.Fatal(err)
	}
	if got, want := layout(ours), layout(theirs); got != want {
		t.Errorf("the layout is %s, Kopia's is %s", got, want)
	}
}
