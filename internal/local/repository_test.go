package local_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// TestReadsWriteNothing: plans, refreshes and data sources leave the disk as it is.
func TestReadsWriteNothing(t *testing.T) {
	t.Parallel()
	repository := filepath.Join(t.TempDir(), "deep", "repository")
	svc := newService(t, func(c *local.Config) { c.Repository = repository })
	read := func(svc *local.Service) {
		t.Helper()
		for _, err := range svc.Points(t.Context(), backup.PointFilter{}) {
			if err != nil {
				t.Error(err)
			}
		}
		for _, err := range svc.History(t.Context(), backup.HistoryFilter{}) {
			if err != nil {
				t.Error(err)
			}
		}
		if _, err := svc.SpaceUsage(t.Context(), backup.UsageFilter{}); err != nil {
			t.Error(err)
		}
		if _, err := svc.Scope(t.Context()); err != nil {
			t.Error(err)
		}
	}
	read(svc)
	if _, err := os.Stat(filepath.Dir(repository)); !os.IsNotExist(err) {
		t.Errorf("reading made %s", filepath.Dir(repository))
	}

	// Enough sessions that an engine that may write would tidy up.
	srv := protect(t, svc, "web", tree(t, map[string]string{"a": "one"}))
	for range 12 {
		take(t, svc, backup.PointRequest{ServerID: srv.ID})
	}
	before := listing(t, repository)
	read(newService(t, func(c *local.Config) { c.Repository = repository }))
	if after := listing(t, repository); after != before {
		t.Errorf("reading changed the repository from\n%s\nto\n%s", before, after)
	}
}

// listing shows all files with size and time.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			fmt.Fprintf(&out, "%s %d %s %o\n", path, info.Size(), info.ModTime(), info.Mode().Perm())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestRepositoryErrors(t *testing.T) {
	t.Parallel()
	existing := filepath.Join(t.TempDir(), "repository")
	protect(t, newService(t, func(c *local.Config) { c.Repository = existing }), "web", t.TempDir())
	occupied := tree(t, map[string]string{"holiday.jpg": "sun"})
	for name, test := range map[string]struct {
		edit func(*local.Config)
		kind error
		says []string
	}{
		"wrong password": {
			func(c *local.Config) { c.Repository, c.Password = existing, "wrong horse" },
			backup.ErrDenied, []string{existing, "local.password"},
		},
		"not a repository": {
			func(c *local.Config) { c.Repository = occupied },
			backup.ErrConflict, []string{occupied, "holiday.jpg", "local.repository"},
		},
		"a file": {
			func(c *local.Config) { c.Repository = filepath.Join(occupied, "holiday.jpg") },
			backup.ErrConflict, []string{"is a file", "local.repository"},
		},
		"below a file": {
			func(c *local.Config) { c.Repository = filepath.Join(occupied, "holiday.jpg", "x") },
			nil, []string{"not a directory"},
		},
		"read-only": {
			func(c *local.Config) { c.Repository = "/proc/serverbackup" },
			nil, []string{"/proc/serverbackup"},
		},
		"empty password file": {
			func(c *local.Config) {
				c.Repository, c.Password, c.PasswordFile = existing, "", os.DevNull
			},
			nil, []string{"local.password_file", "is empty"},
		},
		"missing password file": {
			func(c *local.Config) {
				c.Password, c.PasswordFile = "", "/does/not/exist"
			},
			os.ErrNotExist, []string{"local.password_file", "/does/not/exist"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			svc := newService(t, test.edit)
			_, err := svc.CreateServer(t.Context(), backup.Server{
				Name: "web", Enabled: true, Options: local.ServerOptions{Sources: []string{t.TempDir()}},
			})
			if err == nil {
				t.Fatal("a server was created")
			}
			if test.kind != nil && !errors.Is(err, test.kind) {
				t.Errorf("%v is not %v", err, test.kind)
			}
			for _, text := range test.says {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("%q does not say %q", err, text)
				}
			}
			if strings.Contains(err.Error(), "horse") {
				t.Errorf("%q tells the password", err)
			}
		})
	}
	if got := listing(t, occupied); !strings.Contains(got, "holiday.jpg ") || strings.Count(got, "\n") != 1 {
		t.Errorf("a directory that is no repository now holds\n%s", got)
	}
}

// TestNewRepositoryIsPrivate: everything in it, and what a failed creation leaves: nothing.
func TestNewRepositoryIsPrivate(t *testing.T) {
	t.Parallel()
	repository := filepath.Join(t.TempDir(), "repository")
	svc := newService(t, func(c *local.Config) { c.Repository = repository })
	srv := protect(t, svc, "web", tree(t, map[string]string{"a": "one"}))
	take(t, svc, backup.PointRequest{ServerID: srv.ID})
	for line := range strings.Lines(listing(t, repository)) {
		if !strings.HasSuffix(line, " 600\n") {
			t.Errorf("not private: %s", line)
		}
	}
	if data, err := os.ReadFile(filepath.Join(repository, "kopia.repository.f")); err != nil || strings.Contains(string(data), "horse") {
		t.Errorf("the format file: %v", err)
	}
}

func TestKeyFile(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	repository := filepath.Join(t.TempDir(), "repository")
	open := func() *local.Service {
		return newService(t, func(c *local.Config) { c.Repository, c.Password = repository, "" })
	}
	svc := open()
	srv := protect(t, svc, "web", home)
	notices := svc.TakeNotices()
	if len(notices) != 1 {
		t.Fatalf("notices: %+v", notices)
	}
	files, err := filepath.Glob(filepath.Join(home, "serverbackup", "keys", "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("key files: %v %v", files, err)
	}
	if !strings.Contains(notices[0].Detail, files[0]) {
		t.Errorf("%q does not name %s", notices[0].Detail, files[0])
	}
	info, err := os.Stat(files[0])
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("the key file: %v %v", info.Mode(), err)
	}
	key, err := os.ReadFile(files[0])
	if err != nil || strings.Contains(notices[0].Detail, strings.TrimSpace(string(key))) {
		t.Errorf("the notice tells the key: %v", err)
	}

	// The key is in the source and yet not in the point.
	p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	if p.Status != backup.StatusAvailable || *p.SizeBytes != 0 {
		t.Errorf("the point of a source with nothing but the key: %+v", p)
	}

	again := open()
	if list := again.TakeNotices(); len(list) != 0 {
		t.Errorf("a second notice: %+v", list)
	}
	if _, err := again.Server(t.Context(), srv.ID); err != nil {
		t.Error(err)
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := open().Server(t.Context(), srv.ID); !errors.Is(err, backup.ErrDenied) || !strings.Contains(err.Error(), files[0]) {
		t.Errorf("without the key file: %v", err)
	}
}

// TestKopiaEnvironment: variables that are meant for Kopia's command line do nothing here.
func TestKopiaEnvironment(t *testing.T) {
	t.Setenv("KOPIA_CACHE_DIRECTORY", t.TempDir())
	svc := newService(t, nil)
	srv := protect(t, svc, "web", tree(t, map[string]string{"a": "one"}))
	if p := take(t, svc, backup.PointRequest{ServerID: srv.ID}); p.Status != backup.StatusAvailable {
		t.Errorf("point: %+v", p)
	}
}
