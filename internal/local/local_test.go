package local_test

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/prooftest"
)

// What `make proof` makes longer, and prints.
var proof, figure = prooftest.Number, prooftest.Figure

// newService returns a service on a repository of its own; edit changes its configuration.
func newService(t *testing.T, edit func(*local.Config)) *local.Service {
	t.Helper()
	cfg := local.Config{
		Repository: filepath.Join(t.TempDir(), "repository"),
		Password:   "correct horse",
		Host:       "testhost",
		User:       "tester",
		ReadCache:  30 * time.Second,
	}
	if edit != nil {
		edit(&cfg)
	}
	svc, err := local.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := svc.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return svc
}

// tree makes files below a new directory.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		write(t, filepath.Join(dir, name), content)
	}
	return dir
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// protect puts directories under backup.
func protect(t *testing.T, svc *local.Service, name string, sources ...string) backup.Server {
	t.Helper()
	srv, err := svc.CreateServer(t.Context(), backup.Server{
		Name: name, Enabled: true,
		Options: local.ServerOptions{Sources: sources, OneFileSystem: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return srv
}

// take takes a point and waits for it.
func take(t *testing.T, svc *local.Service, r backup.PointRequest) backup.Point {
	t.Helper()
	p, err := svc.StartPoint(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	p, err = backup.WaitPoint(t.Context(), svc, p, backup.WaitOptions{Interval: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPoints(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	dir := tree(t, map[string]string{"a": "one", "b/c": "two"})
	srv := protect(t, svc, "web", dir)
	first := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	if first.Status != backup.StatusAvailable || first.Type != backup.TypeFull || *first.SizeBytes != 6 {
		t.Fatalf("first point: %+v", first)
	}
	write(t, filepath.Join(dir, "d"), "three")
	second := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	if second.Type != backup.TypeIncremental || *second.SizeBytes != 11 || *second.NewBytes == 0 {
		t.Fatalf("second point: %+v", second)
	}
	if third := take(t, svc, backup.PointRequest{ServerID: srv.ID}); *third.NewBytes > *second.NewBytes {
		t.Errorf("nothing changed, and yet %d bytes were added after %d", *third.NewBytes, *second.NewBytes)
	}
}

// randomText does not compress well and is the same for no two calls.
func randomText(t *testing.T, n int) string {
	t.Helper()
	data := make([]byte, n)
	if _, err := rand.Read(data); err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestQueued: a point that waits for its turn does not stall, however long the one before it takes.
func TestQueued(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	slow := tree(t, map[string]string{"huge": ""})
	if err := os.Truncate(filepath.Join(slow, "huge"), 1<<40); err != nil {
		t.Fatal(err)
	}
	first, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: protect(t, svc, "slow", slow).ID})
	if err != nil {
		t.Fatal(err)
	}
	for first.ReadBytes == nil || *first.ReadBytes == 0 {
		if first, err = svc.Point(t.Context(), first.ID, backup.Fresh); err != nil {
			t.Fatal(err)
		}
	}
	second, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: protect(t, svc, "quick", tree(t, nil)).ID})
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(500*time.Millisecond, func() { _, _ = svc.CancelPoint(t.Context(), first.ID) })
	second, err = backup.WaitPoint(t.Context(), svc, second, backup.WaitOptions{Interval: 5 * time.Millisecond, StallTimeout: 200 * time.Millisecond})
	if err != nil || second.Status != backup.StatusAvailable {
		t.Errorf("the point that waited: %+v, %v", second, err)
	}
}

// TestNoSources: a point of nothing would look like a backup.
func TestNoSources(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	if srv, err := svc.CreateServer(t.Context(), backup.Server{Name: "web", Enabled: true, Options: local.ServerOptions{}}); err == nil {
		t.Errorf("a server without sources was created: %+v", srv)
	}
}
