package restore_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/restore"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree/treetest"
)

// list shows what is below a directory.
func list(t *testing.T, dir string) []string {
	t.Helper()
	var lines []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		switch {
		case d.IsDir():
			rel += "/"
		case d.Type() == fs.ModeSymlink:
			target, _ := os.Readlink(path)
			rel += " -> " + target
		default:
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			rel += " = " + string(data)
		}
		lines = append(lines, rel)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func wantList(t *testing.T, dir string, want ...string) {
	t.Helper()
	if got := list(t, dir); !slices.Equal(got, want) {
		t.Errorf("%s holds %q, want %q", dir, got, want)
	}
}

// run checks and restores.
func run(t *testing.T, v restore.Volume, o restore.Options) error {
	t.Helper()
	if err := restore.Check(t.Context(), v, o); err != nil {
		return err
	}
	_, err := restore.Restore(t.Context(), v, o)
	return err
}

func sample() *treetest.Tree {
	return treetest.New(treetest.Dir("", treetest.File("a", "one"), treetest.Dir("d", treetest.File("b", "two"), treetest.Dir("empty")), treetest.Link("l", "d/b")))
}

func TestRestore(t *testing.T) {
	t.Parallel()
	target := filepath.Join(t.TempDir(), "new", "target")
	var bytes atomic.Int64
	counts, err := restore.Restore(t.Context(), restore.Volume{Tree: sample(), Base: target}, restore.Options{
		Progress: func(n int64) { bytes.Add(n) },
	})
	if err != nil || counts != *sample().Root().Counts || bytes.Load() != 6 {
		t.Fatalf("%v %v, %d bytes", counts, err, bytes.Load())
	}
	wantList(t, target, "a = one", "d/", "d/b = two", "d/empty/", "l -> d/b")
	for _, name := range []string{"", "a", "d", "d/b", "d/empty", "l"} {
		info, err := os.Lstat(filepath.Join(target, name))
		if err != nil || !info.ModTime().Equal(sample().Root().ModTime) {
			t.Errorf("%q is of %v, %v", name, info.ModTime(), err)
		}
	}
	if info, _ := os.Stat(target); info.Mode().Perm() != 0o755 {
		t.Errorf("a target that was made has mode %v", info.Mode())
	}

	// A volume among others, and one whose root is not part of the backup.
	both := t.TempDir()
	before, _ := os.Stat(both)
	for _, v := range []restore.Volume{{Tree: sample(), Base: both, Dir: "vol"}, {Tree: treetest.New(treetest.Dir("", treetest.File("disk.img", "x"))), Base: both, Bare: true}} {
		if err := run(t, v, restore.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	wantList(t, both, "disk.img = x", "vol/", "vol/a = one", "vol/d/", "vol/d/b = two", "vol/d/empty/", "vol/l -> d/b")
	if after, _ := os.Stat(both); after.Mode() != before.Mode() {
		t.Errorf("a target that was there changed from %v to %v", before.Mode(), after.Mode())
	}
}

func TestNever(t *testing.T) {
	t.Parallel()
	target := t.TempDir()
	for name, content := range map[string]string{"a": "mine", "d/b": "mine", "other": "mine"} {
		write(t, filepath.Join(target, name), content)
	}
	before := list(t, target)
	err := run(t, restore.Volume{Tree: sample(), Base: target}, restore.Options{})
	if !errors.Is(err, restore.ErrExists) {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "d/b"} {
		if !strings.Contains(err.Error(), filepath.Join(target, name)+" exists") {
			t.Errorf("%q does not name %s", err, name)
		}
	}
	wantList(t, target, before...)
	// Without the check the restore stops at the first.
	if _, err := restore.Restore(t.Context(), restore.Volume{Tree: sample(), Base: target}, restore.Options{}); !errors.Is(err, restore.ErrExists) {
		t.Error(err)
	}
	if got := strings.Join(list(t, target), " "); strings.Contains(got, "one") || strings.Contains(got, "two") || strings.Contains(got, ".serverbackup") {
		t.Errorf("now there is %s", got)
	}
	// Directories are not in the way, and keep what they are.
	merged := t.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(merged, "d"), 0o700), run(t, restore.Volume{Tree: sample(), Base: merged}, restore.Options{})); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(filepath.Join(merged, "d")); info.Mode().Perm() != 0o700 {
		t.Errorf("a directory that was there has mode %v", info.Mode())
	}
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(content), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func TestOverwrite(t *testing.T) {
	t.Parallel()
	older, newer := sample().Root().ModTime.Add(-time.Hour), sample().Root().ModTime.Add(time.Hour)
	file := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) { t.Helper(); write(t, filepath.Join(dir, name), "mine") }
	}
	link := func(name, to string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			t.Helper()
			if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	folder := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			t.Helper()
			if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	all := []string{"a = one", "d/", "d/b = two", "d/empty/", "l -> d/b"}
	kept := func(i int, line string) []string {
		lines := slices.Clone(all)
		lines[i] = line
		return lines
	}
	for name, tc := range map[string]struct {
		mode  restore.Overwrite
		there func(*testing.T, string)
		path  string
		when  time.Time
		want  []string
		says  string
	}{
		"always a file":            {restore.Always, file("a"), "a", newer, all, ""},
		"always a link for a file": {restore.Always, link("a", "/etc/passwd"), "", older, all, ""},
		"always a file for a link": {restore.Always, file("l"), "l", newer, all, ""},
		"always a link for a link": {restore.Always, link("l", "/etc"), "", newer, all, ""},
		"always a file for a dir":  {restore.Always, file("d"), "d", newer, all, ""},
		"always a link for a dir":  {restore.Always, link("d", "/etc"), "", newer, all, ""},
		"always an empty dir":      {restore.Always, folder("a"), "a", newer, all, ""},
		"always a full dir":        {restore.Always, folder("a/full"), "a", newer, nil, "a is a directory that is not empty"},
		"newer file":               {restore.IfNewer, file("a"), "a", newer, kept(0, "a = mine"), ""},
		"older file":               {restore.IfNewer, file("a"), "a", older, all, ""},
		"same age":                 {restore.IfNewer, file("a"), "a", sample().Root().ModTime, kept(0, "a = mine"), ""},
		"newer link":               {restore.IfNewer, link("l", "x"), "", newer, kept(4, "l -> x"), ""},
		"newer file for a dir":     {restore.IfNewer, file("d"), "d", newer, nil, "d is newer"},
		"older file for a dir":     {restore.IfNewer, file("d"), "d", older, all, ""},
		"older dir for a file":     {restore.IfNewer, folder("a"), "a", older, nil, "a is a directory"},
		"never a link":             {restore.Never, link("d", "/etc"), "", older, nil, "d exists"},
		"never a dir for a file":   {restore.Never, folder("a"), "", older, nil, "a exists"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := t.TempDir()
			tc.there(t, target)
			if tc.path != "" {
				if err := os.Chtimes(filepath.Join(target, tc.path), tc.when, tc.when); err != nil {
					t.Fatal(err)
				}
			}
			before := list(t, target)
			err := run(t, restore.Volume{Tree: sample(), Base: target}, restore.Options{Overwrite: tc.mode})
			if tc.says != "" {
				if err == nil || !strings.Contains(err.Error(), filepath.Join(target, tc.says)) {
					t.Errorf("%v does not say %q", err, tc.says)
				}
				wantList(t, target, before...)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			wantList(t, target, tc.want...)
		})
	}
}

// TestAgain: what was restored can be restored over, read-only directories included.
func TestAgain(t *testing.T) {
	t.Parallel()
	locked := treetest.Dir("locked", treetest.File("f", "x"))
	locked.Mode = fs.ModeDir | 0o500
	tr := treetest.New(treetest.Dir("", locked))
	target := t.TempDir()
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(target, "locked"), 0o700) })
	for range 2 {
		if err := run(t, restore.Volume{Tree: tr, Base: target}, restore.Options{Overwrite: restore.Always}); err != nil {
			t.Fatal(err)
		}
		if info, _ := os.Stat(filepath.Join(target, "locked")); info.Mode().Perm() != 0o500 {
			t.Errorf("mode %v", info.Mode())
		}
	}
}

func TestFails(t *testing.T) {
	t.Parallel()
	broken := treetest.File("broken", strings.Repeat("data", 1<<20))
	broken.Err = errors.New("is on fire")
	short := treetest.File("short", "data")
	short.Size++
	badLink, badDir := treetest.Link("badlink", "x"), treetest.Dir("baddir")
	badLink.Err, badDir.Err = errors.New("is on fire"), errors.New("is on fire")
	for name, bad := range map[string]*treetest.Node{"broken": broken, "short": short, "badlink": badLink, "baddir": badDir} {
		target := t.TempDir()
		tr := treetest.New(treetest.Dir("", treetest.Dir("d", bad), treetest.File("good", "1")))
		err := run(t, restore.Volume{Tree: tr, Base: target}, restore.Options{})
		if err == nil || !strings.Contains(err.Error(), "d/"+name) || strings.Contains(err.Error(), ".serverbackup") || !strings.Contains(err.Error(), target) {
			t.Errorf("%s: %v", name, err)
		}
		if got := strings.Join(list(t, target), " "); strings.Contains(got, ".serverbackup") || strings.Contains(got, "d/"+name+" ") {
			t.Errorf("%s: there is %s", name, got)
		}
	}
	miscounted := sample()
	miscounted.Root().Counts.Bytes++
	if err := run(t, restore.Volume{Tree: miscounted, Base: t.TempDir()}, restore.Options{}); err == nil || !strings.Contains(err.Error(), "7 bytes") {
		t.Errorf("a byte less than was counted: %v", err)
	}
	blocked := filepath.Join(t.TempDir(), "file")
	write(t, blocked, "x")
	for _, base := range []string{blocked, filepath.Join(blocked, "below")} {
		if err := run(t, restore.Volume{Tree: sample(), Base: base}, restore.Options{}); err == nil || !strings.Contains(err.Error(), blocked) {
			t.Errorf("into a file: %v", err)
		}
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	root := treetest.Dir("")
	for i := range 50 {
		root.Children = append(root.Children, treetest.Dir(fmt.Sprint(i), treetest.File("f", strings.Repeat("x", 2<<20))))
	}
	target := t.TempDir()
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	var done atomic.Int64
	_, err := restore.Restore(ctx, restore.Volume{Tree: treetest.New(root), Base: target}, restore.Options{Progress: func(n int64) {
		if done.Add(n) > 20<<20 {
			cancel(why)
		}
	}})
	if !errors.Is(err, why) || done.Load() > 30<<20 {
		t.Errorf("%v after %d bytes", err, done.Load())
	}
	for _, line := range list(t, target) {
		if strings.Contains(line, ".serverbackup") || (strings.Contains(line, "=") && len(line) < 2<<20) {
			t.Errorf("there is %.60s", line)
		}
	}
}
