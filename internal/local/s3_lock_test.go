//go:build unix

package local_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/s3test"
)

// TestObjectLock: somebody with the keys of the bucket deletes everything, and what was stored comes back.
func TestObjectLock(t *testing.T) {
	t.Parallel()
	server := newS3(t, s3test.Options{Versions: true})
	where := at(server, server.Endpoint)
	svc := newService(t, func(c *local.Config) {
		where(c)
		c.ObjectLock = &local.ObjectLock{Mode: "COMPLIANCE", Days: 3}
	})
	dir := tree(t, map[string]string{"a": "one", "b/c": randomText(t, 3<<20)})
	// Kopia gives a directory the time of the newest file below it.
	now := time.Now()
	for _, name := range []string{"a", "b/c", "b", ""} {
		if err := os.Chtimes(filepath.Join(dir, name), now, now); err != nil {
			t.Fatal(err)
		}
	}
	p := take(t, svc, backup.PointRequest{ServerID: protect(t, svc, "web", dir).ID})
	if p.Status != backup.StatusAvailable {
		t.Fatalf("%+v", p)
	}
	scope, err := svc.Scope(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	client := server.Client(t)
	ends := locks(t, client, 3*24*time.Hour)
	// Locks end at whole seconds.
	time.Sleep(time.Second)

	k := newKopiaOnS3(t, server, scope.Name)
	k.run("maintenance", "set", "--owner", "me")
	k.run("maintenance", "run", "--full")
	for key, end := range locks(t, client, 3*24*time.Hour) {
		if before, ok := ends[key]; ok && !end.After(before) {
			t.Errorf("maintenance has not renewed the lock of %s, which ends at %s", key, end)
		}
	}

	destroy(t, client)
	if keys := server.Objects(t, bucket); len(keys) > 0 {
		t.Fatalf("there still is %q", keys)
	}
	undelete(t, client)
	again := newService(t, where)
	if after, err := again.Scope(t.Context()); err != nil || after != scope {
		t.Errorf("the repository is %+v, %v; want %+v", after, err, scope)
	}
	v, err := again.VerifyPoint(t.Context(), p.ID, nil)
	if err != nil || len(v.Damages) > 0 || v.Bytes != *p.SizeBytes {
		t.Errorf("verification: %+v, %v", v, err)
	}
	target := filepath.Join(t.TempDir(), "target")
	restoreTo(t, again, p.ID, local.RestoreOptions{Target: target})
	same(t, describe(t, target), describe(t, dir))

	// Without Terraform too.
	target = filepath.Join(t.TempDir(), "target")
	newKopiaOnS3(t, server, scope.Name).run("restore", dir, target, "--snapshot-time", "latest")
	same(t, describe(t, target), describe(t, dir))
}

// locks wants every object that holds data to be locked for that long, and returns the ends by key.
func locks(t *testing.T, client *minio.Client, period time.Duration) map[string]time.Time {
	t.Helper()
	ends := make(map[string]time.Time)
	for o := range client.ListObjects(t.Context(), bucket, minio.ListObjectsOptions{Recursive: true}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		name := o.Key[strings.LastIndex(o.Key, "/")+1:]
		if !strings.HasPrefix(name, "p") && !strings.HasPrefix(name, "q") && name != "kopia.repository" && name != "kopia.blobcfg" {
			continue
		}
		info, err := client.StatObject(t.Context(), bucket, o.Key, minio.StatObjectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		mode, until := info.Metadata.Get("X-Amz-Object-Lock-Mode"), info.Metadata.Get("X-Amz-Object-Lock-Retain-Until-Date")
		end, err := time.Parse(time.RFC3339, until)
		if err != nil || mode != "COMPLIANCE" || (time.Until(end)-period).Abs() > time.Hour {
			t.Errorf("%s is locked with %q until %q", name, mode, until)
		}
		ends[o.Key] = end
	}
	if len(ends) < 4 {
		t.Errorf("only %d objects hold data", len(ends))
	}
	return ends
}

// destroy deletes all objects, and all versions that can be deleted.
func destroy(t *testing.T, client *minio.Client) {
	t.Helper()
	refused := 0
	for o := range client.ListObjects(t.Context(), bucket, minio.ListObjectsOptions{Recursive: true, WithVersions: true}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		if err := client.RemoveObject(t.Context(), bucket, o.Key, minio.RemoveObjectOptions{VersionID: o.VersionID, GovernanceBypass: true}); err != nil {
			refused++
		}
	}
	if refused == 0 {
		t.Error("every version was deleted")
	}
	for o := range client.ListObjects(t.Context(), bucket, minio.ListObjectsOptions{Recursive: true}) {
		if err := errors.Join(o.Err, client.RemoveObject(t.Context(), bucket, o.Key, minio.RemoveObjectOptions{})); err != nil {
			t.Fatal(err)
		}
	}
}

// undelete removes the markers that hide deleted objects, as the guide shows. The server of these tests
// gives a version the time at which it was deleted, so that Kopia's view of a bucket at an earlier time
// cannot be tried on it.
func undelete(t *testing.T, client *minio.Client) {
	t.Helper()
	for o := range client.ListObjects(t.Context(), bucket, minio.ListObjectsOptions{Recursive: true, WithVersions: true}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		if !o.IsDeleteMarker || !o.IsLatest {
			continue
		}
		if err := client.RemoveObject(t.Context(), bucket, o.Key, minio.RemoveObjectOptions{VersionID: o.VersionID}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestObjectLockRefused: a bucket that cannot lock is left as it is.
func TestObjectLockRefused(t *testing.T) {
	t.Parallel()
	without, versions := newS3(t, s3test.Options{}), s3test.Start(t, s3test.Options{Versions: true})
	versions.Bucket(t, bucket, false)
	if err := versions.Client(t).EnableVersioning(t.Context(), bucket); err != nil {
		t.Fatal(err)
	}
	disk := filepath.Join(t.TempDir(), "repository")
	for name, tc := range map[string]struct {
		edit func(*local.Config)
		lock local.ObjectLock
		says []string
	}{
		"no versions": {at(without, without.Endpoint), local.ObjectLock{Mode: "GOVERNANCE", Days: 3}, []string{"keeps no versions", "local.object_lock"}},
		"no lock":     {at(versions, versions.Endpoint), local.ObjectLock{Mode: "GOVERNANCE", Days: 3}, []string{"no object lock", "local.object_lock"}},
		"too short":   {at(versions, versions.Endpoint), local.ObjectLock{Mode: "GOVERNANCE", Days: 2}, []string{"48h", "72h"}},
		"no mode":     {at(versions, versions.Endpoint), local.ObjectLock{Mode: "governance", Days: 3}, []string{"GOVERNANCE"}},
		"on a disk":   {func(c *local.Config) { c.Repository = disk }, local.ObjectLock{Mode: "GOVERNANCE", Days: 3}, []string{"only a bucket"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			svc := newService(t, func(c *local.Config) {
				tc.edit(c)
				c.ObjectLock = &tc.lock
			})
			_, err := svc.CreatePolicy(t.Context(), backup.Policy{Name: "nightly", Timezone: "UTC"})
			if err == nil {
				t.Fatal("a repository was created")
			}
			for _, text := range tc.says {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("%q does not say %q", err, text)
				}
			}
			if scope, err := svc.Scope(t.Context()); err != nil || scope.ID != "" {
				t.Errorf("there is a repository %+v, %v", scope, err)
			}
		})
	}
}
