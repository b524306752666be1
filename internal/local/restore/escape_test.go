package restore_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/restore"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree/treetest"
)

// TestHostileNames: no name leads out, and none is left out silently.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"..", "../evil", "/tmp/evil", "a/b", ".", "", "nul\x00"} {
		for _, bad := range []*treetest.Node{treetest.File(name, "evil"), treetest.Dir(name, treetest.File("x", "evil")), treetest.Link(name, "/etc")} {
			top := t.TempDir()
			target := filepath.Join(top, "target")
			tr := treetest.New(treetest.Dir("", treetest.Dir("d", bad)))
			err := run(t, restore.Volume{Tree: tr, Base: target}, restore.Options{Overwrite: restore.Always})
			if !errors.Is(err, tree.ErrName) {
				t.Errorf("%q: %v", name, err)
			}
			wantList(t, top, "target/", "target/d/")
		}
	}
}

// TestLinksInTheBackup: a link in the backup is written and never followed, whatever else the backup has.
func TestLinksInTheBackup(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	outside := filepath.Join(top, "outside")
	write(t, filepath.Join(outside, "file"), "mine")
	target := filepath.Join(top, "target")
	tr := treetest.New(treetest.Dir("",
		treetest.Link("a", outside), treetest.Dir("a", treetest.File("file", "evil")), treetest.File("a", "evil"),
		treetest.Link("b", "../outside/file"), treetest.File("b", "evil"), treetest.Link("b", outside+"/new"),
	))
	for range 2 {
		if err := run(t, restore.Volume{Tree: tr, Base: target}, restore.Options{Overwrite: restore.Always}); err != nil {
			t.Fatal(err)
		}
		wantList(t, outside, "file = mine")
	}
}

// TestLinksInTheWay: a link that lies in the target is never followed, wherever it is.
func TestLinksInTheWay(t *testing.T) {
	t.Parallel()
	deep := treetest.New(treetest.Dir("", treetest.Dir("x", treetest.Dir("y", treetest.File("f", "data"), treetest.Link("l", "t")))))
	for _, at := range []string{"x", "x/y", "x/y/f", "x/y/l"} {
		for _, relative := range []bool{false, true} {
			for _, mode := range []restore.Overwrite{restore.Never, restore.IfNewer, restore.Always} {
				top := t.TempDir()
				outside, target := filepath.Join(top, "outside"), filepath.Join(top, "target")
				write(t, filepath.Join(outside, "y", "f"), "mine")
				write(t, filepath.Join(outside, "f"), "mine")
				link := filepath.Join(target, at)
				if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
					t.Fatal(err)
				}
				to := outside
				if strings.HasSuffix(at, "f") {
					to = filepath.Join(outside, "f")
				}
				if relative {
					to, _ = filepath.Rel(filepath.Dir(link), to)
				}
				if err := os.Symlink(to, link); err != nil {
					t.Fatal(err)
				}
				err := run(t, restore.Volume{Tree: deep, Base: target}, restore.Options{Overwrite: mode})
				if (err == nil) != (mode == restore.Always || (mode == restore.IfNewer && strings.HasPrefix(at, "x/y/"))) {
					t.Errorf("%s at %s: %v", mode, at, err)
				}
				wantList(t, outside, "f = mine", "y/", "y/f = mine")
				if mode == restore.Always {
					wantList(t, target, "x/", "x/y/", "x/y/f = data", "x/y/l -> t")
				}
			}
		}
	}
}

// TestSwapped: directories are replaced by links to elsewhere while the restore runs.
func TestSwapped(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	outside, target := filepath.Join(top, "outside"), filepath.Join(top, "target")
	write(t, filepath.Join(outside, "mine"), "mine")
	root := treetest.Dir("")
	for i := range 20 {
		d := treetest.Dir(fmt.Sprint("d", i))
		for j := range 50 {
			d.Children = append(d.Children, treetest.Dir(fmt.Sprint("s", j), treetest.File("f", "evil")), treetest.File(fmt.Sprint("f", j), "evil"))
		}
		root.Children = append(root.Children, d)
	}
	if err := os.Mkdir(target, 0o755); err != nil {
		t.Fatal(err)
	}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			d := filepath.Join(target, fmt.Sprint("d", i%20))
			if os.Rename(d, d+"-moved") == nil || i%3 == 0 {
				_ = os.Symlink(outside, d)
			}
			s := filepath.Join(target, fmt.Sprint("d", (i+7)%20), fmt.Sprint("s", i%50))
			_ = os.Symlink(outside, s)
			_ = os.Remove(d)
			_ = os.RemoveAll(d + "-moved")
		}
	}()
	for range 6 {
		// It may fail, but not somewhere else.
		_, _ = restore.Restore(t.Context(), restore.Volume{Tree: treetest.New(root), Base: target}, restore.Options{Overwrite: restore.Always})
	}
	close(stop)
	<-done
	wantList(t, outside, "mine = mine")
}

// TestProtected: the repository is not written into, by whatever way.
func TestProtected(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	repository := filepath.Join(top, "srv", "repository")
	write(t, filepath.Join(repository, "pack"), "precious")
	o := restore.Options{Overwrite: restore.Always, Protect: []string{repository}}
	inside := treetest.New(treetest.Dir("", treetest.File("pack", "evil")))
	above := treetest.New(treetest.Dir("", treetest.Dir("srv", treetest.Dir("repository", treetest.File("pack", "evil")))))
	alias := filepath.Join(top, "alias")
	if err := os.Symlink(repository, alias); err != nil {
		t.Fatal(err)
	}
	for _, v := range []restore.Volume{
		{Tree: inside, Base: repository}, {Tree: inside, Base: alias}, {Tree: above, Base: top}, {Tree: inside, Base: filepath.Dir(repository), Dir: "repository"},
	} {
		_, err := restore.Restore(t.Context(), v, o)
		for _, err := range []error{err, run(t, v, o)} {
			if err == nil || !strings.Contains(err.Error(), "repository") {
				t.Errorf("into %s %s: %v", v.Base, v.Dir, err)
			}
		}
		wantList(t, repository, "pack = precious")
	}
}
