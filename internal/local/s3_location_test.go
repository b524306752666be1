//go:build unix

package local_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/s3test"
)

// TestLocationOnS3: a repository on disk whose points go to a bucket with locks, by keys that only the
// repository on disk knows.
func TestLocationOnS3(t *testing.T) {
	t.Parallel()
	server := newS3(t, s3test.Options{Versions: true})
	main := filepath.Join(t.TempDir(), "repository")
	svc := newService(t, func(c *local.Config) { c.Repository = main })
	vault := "s3://" + bucket + "/" + uuid.NewString()
	l, _ := locate(t, svc, func(l *backup.Location) {
		l.Options = local.LocationOptions{
			Repository: vault, Password: "vault horse", S3: s3Options(server),
			ObjectLock: &local.ObjectLock{Mode: "COMPLIANCE", Days: 3},
		}
	})
	dir := tree(t, map[string]string{"a": "one", "b": randomText(t, 1<<20)})
	p := take(t, svc, backup.PointRequest{ServerID: protectIn(t, svc, l.ID, dir).ID})
	if p.Status != backup.StatusAvailable || p.LocationID != l.ID {
		t.Fatalf("%+v", p)
	}
	if o, _ := l.Options.(local.LocationOptions); o.Password != "" || o.S3 == nil || o.S3.SecretKey != "" || o.S3.AccessKey != "" {
		t.Errorf("the location tells %+v", o)
	}
	if keys := server.Objects(t, bucket); len(keys) == 0 || !strings.HasPrefix("s3://"+bucket+"/"+keys[0], vault) {
		t.Errorf("the bucket has %q", keys)
	}
	locks(t, server.Client(t), 3*24*time.Hour)

	// A repository that is there keeps the lock that it has.
	other := newService(t, nil)
	_, err := other.CreateLocation(t.Context(), backup.Location{Name: "vault", Options: local.LocationOptions{
		Repository: vault, Password: "vault horse", S3: s3Options(server), ObjectLock: &local.ObjectLock{Mode: "COMPLIANCE", Days: 9},
	}})
	if !errors.Is(err, backup.ErrConflict) || !strings.Contains(err.Error(), "object_lock") {
		t.Errorf("another object lock for a repository that is there: %v", err)
	}

	// A second process knows only the main repository.
	again := newService(t, func(c *local.Config) { c.Repository = main })
	target := filepath.Join(t.TempDir(), "target")
	restoreTo(t, again, p.ID, local.RestoreOptions{Target: target})
	same(t, describe(t, target), describe(t, dir))

	server.Kill(t)
	down := newService(t, func(c *local.Config) { c.Repository = main })
	if _, err := down.VerifyPoint(t.Context(), p.ID, nil); err == nil || errors.Is(err, backup.ErrNotFound) || strings.Contains(err.Error(), server.SecretKey) {
		t.Errorf("without the service: %v", err)
	}
	server.Restart(t)
	if err := down.DeletePoint(t.Context(), p.ID); err != nil {
		t.Errorf("with the service again: %v", err)
	}
}

// TestLocationOnS3Check: what is wrong is found before anything is written, and tells no secret.
func TestLocationOnS3Check(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	for name, o := range map[string]local.LocationOptions{
		"repository": {Repository: "s3://key:staple@bucket/x"},
		"s3":         {Repository: "s3://bucket/x", S3: &local.S3Options{Endpoint: "https://key:staple@minio"}}, //nolint:gosec // a mistake on purpose
	} {
		problems := svc.CheckLocation(t.Context(), backup.Location{Name: "vault", Options: o}, nil)
		if len(problems) != 1 || problems[0].Path[1] != name || strings.Contains(problems[0].Detail, "staple") {
			t.Errorf("%s: %+v", name, problems)
		}
	}
}
