//go:build unix

package local_test

import (
	"path/filepath"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// roundTrip takes a point, reads it back and restores it.
func roundTrip(t *testing.T, svc *local.Service) backup.Point {
	t.Helper()
	dir := tree(t, map[string]string{"a": "one", "b/c": randomText(t, 3<<20)})
	p := take(t, svc, backup.PointRequest{ServerID: protect(t, svc, "web", dir).ID})
	if p.Status != backup.StatusAvailable {
		t.Fatalf("%+v", p)
	}
	v, err := svc.VerifyPoint(t.Context(), p.ID, nil)
	if err != nil || len(v.Damages) > 0 || v.Bytes != *p.SizeBytes {
		t.Errorf("verification: %+v, %v", v, err)
	}
	target := filepath.Join(t.TempDir(), "target")
	restoreTo(t, svc, p.ID, local.RestoreOptions{Target: target})
	same(t, describe(t, target), describe(t, dir))
	return p
}
