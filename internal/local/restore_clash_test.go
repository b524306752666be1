package local_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// TestRestoreClash: two restores do not write to one directory at once.
func TestRestoreClash(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	srv := protect(t, svc, "web", tree(t, map[string]string{"a": randomText(t, 32<<20)}))
	p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	target := filepath.Join(t.TempDir(), "restored")
	start := func(target string) (backup.Restore, error) {
		return svc.StartRestore(t.Context(), backup.RestoreRequest{PointID: p.ID, Options: local.RestoreOptions{Target: target, Overwrite: local.OverwriteAlways}})
	}
	first, err := start(target)
	if err != nil {
		t.Fatal(err)
	}
	second, err := start(filepath.Join(target, "below"))
	if now, _ := svc.Restore(t.Context(), first.ID); now.Status == backup.HistoryRunning && !errors.Is(err, backup.ErrBusy) {
		t.Errorf("a second restore into the same directory: %+v, %v", second, err)
	}
	if first, err = backup.WaitRestore(t.Context(), svc, first, 5*time.Millisecond, nil); err != nil || first.Status != backup.HistorySucceeded {
		t.Fatalf("the first restore: %+v, %v", first, err)
	}
	if second, err = start(target); err != nil {
		t.Fatalf("after the first: %v", err)
	}
	if second, err = backup.WaitRestore(t.Context(), svc, second, 5*time.Millisecond, nil); err != nil || second.Status != backup.HistorySucceeded {
		t.Errorf("the second restore: %+v, %v", second, err)
	}
}
