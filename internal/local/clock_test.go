package local_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// TestClockWasAhead: what was written while a clock was wrong cannot be deleted before its time, and nobody
// is told that it was.
func TestClockWasAhead(t *testing.T) {
	t.Parallel()
	var wrong clock
	repository := filepath.Join(t.TempDir(), "repository")
	svc := newService(t, func(c *local.Config) { c.Repository, c.Now = repository, wrong.now })
	wrong.advance(time.Hour)
	srv := protect(t, svc, "web", tree(t, map[string]string{"a": "one"}))
	p := take(t, svc, backup.PointRequest{ServerID: srv.ID})

	right := newService(t, func(c *local.Config) { c.Repository = repository })
	err := right.DeletePoint(t.Context(), p.ID)
	if err == nil || errors.Is(err, backup.ErrNotFound) || !strings.Contains(err.Error(), "clock") {
		t.Errorf("a point of the future was deleted: %v", err)
	}
	if list := points(t, right, backup.PointFilter{}); len(list) != 1 {
		t.Errorf("%d points are there, want 1", len(list))
	}
	if err := svc.DeletePoint(t.Context(), p.ID); err != nil {
		t.Errorf("when its time has come: %v", err)
	}
}

// TestRepositoryGone: a disk that is unmounted while the repository is open is an error, and no endless wait.
func TestRepositoryGone(t *testing.T) {
	t.Parallel()
	repository := filepath.Join(t.TempDir(), "repository")
	svc := newService(t, func(c *local.Config) { c.Repository = repository })
	srv := protect(t, svc, "web", tree(t, map[string]string{"a": "one"}))
	p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	svc.Points(t.Context(), backup.PointFilter{})
	if err := os.Rename(repository, repository+"-away"); err != nil {
		t.Fatal(err)
	}
	if _, err := svc.Point(t.Context(), p.ID, backup.Fresh); err == nil {
		t.Fatal("a point is read from a repository that is gone")
	}
	if _, err := svc.Point(t.Context(), p.ID, backup.Fresh); err == nil || errors.Is(err, backup.ErrNotFound) || !strings.Contains(err.Error(), "not there any more") {
		t.Errorf("without the repository: %v", err)
	}
	if err := os.Rename(repository+"-away", repository); err != nil {
		t.Fatal(err)
	}
	if _, err := svc.Point(t.Context(), p.ID, backup.Fresh); err != nil {
		t.Errorf("with the repository again: %v", err)
	}
}
