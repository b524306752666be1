package local_test

import (
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/s3test"
)

// TestFullBucket: a point that does not fit into the store behind a bucket is in error and says why; what
// was there before stays whole. It takes minutes: a full store is asked again like a busy one.
func TestFullBucket(t *testing.T) {
	t.Parallel()
	if proof(0, 1) == 0 {
		t.Skip("SERVERBACKUP_PROOF is not set")
	}
	small := t.TempDir()
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(small, syscall.MNT_DETACH) })
	if err := unix.Setxattr(small, "user.test", []byte("x"), 0); errors.Is(err, unix.ENOTSUP) {
		t.Skip("a small file system cannot keep what the S3 server writes beside its objects")
	}
	server := newS3(t, s3test.Options{Root: small})
	where := at(server, server.Endpoint)
	svc := newService(t, func(c *local.Config) { where(c) })
	dir := tree(t, map[string]string{"a": "one"})
	srv := protect(t, svc, "web", dir)
	var w witness
	if p, err := w.take(t, svc, srv.ID, dir); err != nil || p.Status != backup.StatusAvailable {
		t.Fatalf("%+v, %v", p, err)
	}
	write(t, filepath.Join(dir, "big"), randomText(t, 48<<20))
	start := time.Now()
	p, err := w.take(t, svc, srv.ID, dir)
	t.Logf("after %s: %s", time.Since(start), p.Error)
	if err != nil || p.Status != backup.StatusError || !strings.Contains(p.Error, "no space left") {
		t.Errorf("the point that does not fit: %+v, %v", p, err)
	}
	w.prove(t, where, "a full store, told of after %s", time.Since(start).Round(time.Second))
}
