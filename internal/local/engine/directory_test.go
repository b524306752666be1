package engine

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kopia/kopia/repo/blob"
)

// TestDirectoryNames: after each blob, every name below the directory was there when the directory that has it was
// last synced.
func TestDirectoryNames(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	d, err := openDirectory(t.Context(), root, true)
	if err != nil {
		t.Fatal(err)
	}
	durable := make(map[string]bool)
	syncs := 0
	d.sync = func(dir string) error {
		syncs++
		entries, err := os.ReadDir(dir)
		for _, e := range entries {
			durable[filepath.Join(dir, e.Name())] = true
		}
		return err
	}
	const tail = "00112233445566778899aabbccddeeff"
	want := strings.Repeat("0123456789abcdef", 1<<20)
	for _, id := range []blob.ID{"p001" + tail, "p0011" + tail, "p00f" + tail, "q001" + tail, "kopia.repository"} {
		if err := d.PutBlob(t.Context(), id, plain(want), blob.PutOptions{}); err != nil {
			t.Fatal(err)
		}
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err == nil && path != root && !durable[path] {
				t.Errorf("%s is not durable after %s", path, id)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		_, file, err := d.shards.GetShardedPathAndFilePath(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if have, err := os.ReadFile(file); err != nil || string(have) != want {
			t.Errorf("%s has %d bytes, %v", id, len(have), err)
		}
	}
	before := syncs
	if err := d.PutBlob(t.Context(), "p0012"+tail, plain("x"), blob.PutOptions{}); err != nil || syncs != before+1 {
		t.Errorf("%d syncs for a blob in a directory that is durable, %v", syncs-before, err)
	}
	lost := errors.New("lost")
	d.sync = func(string) error { return lost }
	if err := d.PutBlob(t.Context(), "p0013"+tail, plain("x"), blob.PutOptions{}); !errors.Is(err, lost) {
		t.Errorf("a directory that cannot be synced: %v", err)
	}
}
