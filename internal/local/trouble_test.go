//go:build unix

package local_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// nobody runs a test again as a user who cannot read everything, and says whether this is that run.
func nobody(t *testing.T) bool {
	t.Helper()
	if os.Getuid() != 0 {
		return true
	}
	// The test binary, and everything on the way to it, must be open to that user.
	dir, err := os.MkdirTemp("", "nobody-") //nolint:usetesting // t.TempDir is closed to others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	bin := filepath.Join(dir, "test")
	data, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(dir, 0o777), os.WriteFile(bin, data, 0o755)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), bin, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), "HOME="+dir, "TMPDIR="+dir)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+t.Name())) {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
	return false
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	if !nobody(t) {
		return
	}
	dir := tree(t, map[string]string{"good": "one", "locked/deep": "four"})
	for i := range 12 {
		file := filepath.Join(dir, fmt.Sprint("bad", i))
		write(t, file, "two")
		if err := os.Chmod(file, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(dir, "locked"), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, "locked"), 0o700) })
	svc := newService(t, nil)
	srv := protect(t, svc, "web", dir)

	p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	// More than the ten that the engine itself remembers.
	if p.Status != backup.StatusError || *p.IncompleteFiles != 13 || *p.SizeBytes != 3 {
		t.Errorf("point: %+v", p)
	}
	for _, text := range []string{"13 files", filepath.Join(dir, "bad0") + ": ", "permission denied", "and 3 more", "on_unreadable"} {
		if !strings.Contains(p.Error, text) {
			t.Errorf("%q does not say %q", p.Error, text)
		}
	}

	srv.Options = local.ServerOptions{Sources: []string{dir}, OneFileSystem: true, OnUnreadable: local.UnreadableWarns}
	if _, err := svc.UpdateServer(t.Context(), srv); err != nil {
		t.Fatal(err)
	}
	p = take(t, svc, backup.PointRequest{ServerID: srv.ID})
	if p.Status != backup.StatusAvailable || *p.IncompleteFiles != 13 {
		t.Errorf("point: %+v", p)
	}
}

// TestVanished: files that go while they are read are no fault of the backup.
func TestVanished(t *testing.T) {
	t.Parallel()
	dir := tree(t, nil)
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			file := filepath.Join(dir, fmt.Sprint("flicker", i%200))
			_ = os.WriteFile(file, []byte("x"), 0o600)
			_ = os.Remove(filepath.Join(dir, fmt.Sprint("flicker", (i+100)%200)))
		}
	}()
	svc := newService(t, nil)
	srv := protect(t, svc, "web", dir)
	for range 20 {
		p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
		if p.Status != backup.StatusAvailable || *p.IncompleteFiles != 0 {
			t.Errorf("point: %+v", p)
		}
	}
	close(stop)
	<-done
}

// TestOwnPathsAreNeverBackedUp, however they are spelled and whatever the rules say.
func TestOwnPathsAreNeverBackedUp(t *testing.T) {
	t.Parallel()
	root := tree(t, map[string]string{"data": "one", "password [1]": "correct horse"})
	for _, name := range []string{"plain", "a b", "[x]*?", "!bang", "#hash", `back\slash`, " lead", "trail ", "ünï/deep"} {
		repository := filepath.Join(root, name)
		svc := newService(t, func(c *local.Config) {
			c.Repository, c.Password, c.PasswordFile = repository, "", filepath.Join(root, "password [1]")
		})
		srv, err := svc.CreateServer(t.Context(), backup.Server{
			Name: "web", Enabled: true,
			Options: local.ServerOptions{Sources: []string{root}, OneFileSystem: true, Exclude: []string{"!*", "!/**"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
		if p.Status != backup.StatusAvailable || *p.SizeBytes != int64(len("one")) {
			t.Errorf("repository %q: the point has %d bytes, want 3 (%s)", name, *p.SizeBytes, p.Error)
		}
		if err := os.RemoveAll(filepath.Join(root, strings.Split(name, "/")[0])); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOtherHost(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	srv, err := svc.CreateServer(t.Context(), backup.Server{
		Name: "db", Enabled: true,
		Options: local.ServerOptions{Host: "db-1", User: "root", Sources: []string{"/not/on/this/machine"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	problems := svc.CheckPoint(t.Context(), backup.PointRequest{ServerID: srv.ID})
	if len(problems) != 1 || !strings.Contains(problems[0].Detail, "db-1") || !strings.Contains(problems[0].Detail, "testhost") {
		t.Errorf("problems: %+v", problems)
	}
	if _, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID}); err == nil {
		t.Error("a point of another host was started")
	}
}
