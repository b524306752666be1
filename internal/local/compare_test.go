//go:build unix

package local_test

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// describe shows everything that a backup keeps of a directory, by path.
func describe(t *testing.T, dir string) map[string]string {
	t.Helper()
	seen := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		text := fmt.Sprint(info.Mode(), " ", info.ModTime().UTC().Format(time.RFC3339Nano))
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			text += fmt.Sprintf(" %d:%d", st.Uid, st.Gid)
		}
		switch {
		case info.Mode().IsRegular():
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			text += fmt.Sprintf(" %d %x", len(data), sha256.Sum256(data))
		case info.Mode()&fs.ModeSymlink != 0:
			target, err := os.Readlink(path)
			if err != nil {
				return err
			}
			text += fmt.Sprintf(" %q", target)
		}
		seen[strings.ToValidUTF8(rel, "\uFFFD")] = text
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

// oddTree is a directory with everything that a file system can hold and a backup keeps.
func oddTree(t *testing.T) string {
	t.Helper()
	dir := tree(t, map[string]string{
		"plain": "one", "empty": "", "ünï/日本語 🎉": "two", "new\nline": "3", `quo"te' \ back`: "4", "-rf": "5", " ": "6",
		".hidden": "7", "...": "8", "trailing.": "9", "invalid\xff": "10", "%_~*?": "11", "same~2": "12",
		strings.Repeat("long", 63): "13", strings.Repeat("deep/", 200) + "file": "14", "readonly/sub/file": "15", "large": randomText(t, 9<<20),
		"script": "#!/bin/sh\n", "epoch": "16", "early": "17", "e\u0301": "18", "\u00e9": "19",
	})
	in := func(name string) string { return filepath.Join(dir, name) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(in("nothing/in/here"), 0o700))
	must(os.Symlink("plain", in("link")))
	must(os.Symlink("/does/not/../exist", in("dangling")))
	must(os.Symlink("../../../../../../etc", in("up")))
	must(os.Symlink("weird\xff\n", in("linkname")))
	if os.Getuid() == 0 {
		must(os.Lchown(in("link"), 12, 34))
		must(os.Chown(in("script"), 3_000_000, 4))
		must(os.Chown(in("ünï"), 5, 6))
	}
	must(os.Chmod(in("script"), 0o755|fs.ModeSetuid|fs.ModeSetgid))
	must(os.Chmod(in("ünï"), 0o775|fs.ModeSetgid|fs.ModeSticky))
	must(os.Chmod(in("plain"), 0o400))
	must(os.Chmod(in("empty"), 0))
	must(os.Truncate(in("large"), 12<<20))
	for name, when := range map[string]time.Time{
		"plain": time.Unix(1_600_000_000, 123_456_789), "epoch": time.Unix(0, 0), "early": time.Unix(-1_000_000, 1), "nothing/in": time.Unix(1_500_000_000, 999_999_999),
	} {
		must(os.Chtimes(in(name), when, when))
	}
	must(os.Chmod(in("readonly/sub"), 0o500))
	must(os.Chmod(in("readonly"), 0o555))
	t.Cleanup(func() { makeWritable(dir) })
	return dir
}

// makeWritable lets a directory be removed by whoever made it.
func makeWritable(dir string) {
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(path, 0o700)
		}
		return nil
	})
}

// same wants two directories to hold the same.
func same(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name, w := range want {
		if g, ok := got[name]; !ok {
			t.Errorf("%q is missing", name)
		} else if g != w {
			t.Errorf("%q is\n%s, want\n%s", name, g, w)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%q is new", name)
		}
	}
}
