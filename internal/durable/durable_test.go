package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestMkdirAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	want := filepath.Join(dir, "a", "b", "c")
	if missing, err := FirstMissing(want); err != nil || missing != filepath.Join(dir, "a") {
		t.Errorf("%q is missing, %v", missing, err)
	}
	for range 2 {
		if err := MkdirAll(want, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if missing, err := FirstMissing(want); err != nil || missing != "" {
		t.Errorf("%q is missing, %v", missing, err)
	}
	if info, err := os.Stat(want); err != nil || !info.IsDir() {
		t.Errorf("%v, %v", info, err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(file, "below")} {
		if err := MkdirAll(path, 0o700); err == nil {
			t.Errorf("%s: no error", path)
		}
	}
	if err := SyncDirectory(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a directory that is not there: %v", err)
	}
}
