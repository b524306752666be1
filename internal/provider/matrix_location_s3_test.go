package provider

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/s3test"
)

// TestMatrixLocationS3 changes each attribute of a location alone that only one in a bucket has.
func TestMatrixLocationS3(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	store := newMatrixStore(t)
	server := s3test.Start(t, s3test.Options{TLS: true, Versions: true})
	server.Bucket(t, "plain", false)
	server.Bucket(t, "locked", true)
	certificate, err := os.ReadFile(server.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	otherFile := filepath.Join(store.dir, "ca.pem")
	writeFile(t, otherFile, string(certificate))
	const repository, onDisk = "local.repository", "TestMatrixLocationLocal has it, and it is the same in a bucket"
	s3 := map[string]any{"endpoint": server.Endpoint, "ca_file": server.CAFile, "access_key_wo": server.AccessKey, "secret_key_wo": server.SecretKey}
	bucket := func(name string) map[string]any { return map[string]any{"repository": name, "s3": s3} }
	base := settings{"name": "offsite", repository: "s3://plain/a"}
	for name, value := range s3 {
		base["local.s3."+name] = value
	}
	lock := func(mode string, days int) map[string]any { return map[string]any{"mode": mode, "days": days} }
	const fixed = "Object Lock Cannot Change"
	locked := settings{repository: "s3://locked/a", "local.object_lock.mode": "GOVERNANCE", "local.object_lock.days": 3}
	table{
		resource: "serverbackup_location", open: store.open, base: base,
		without: map[string]string{
			"name": onDisk, "quota_gb": onDisk, "default": onDisk, "soft_delete": onDisk, "lock": onDisk, "force_destroy": onDisk, "timeouts": onDisk,
			"vngcloud": onDisk, "cbr": onDisk, "local.password_wo": onDisk, "local.password_wo_version": onDisk,
			"local.s3.profile": "excludes the keys that the other rows have",
		},
		rows: []row{
			row{path: "local", first: bucket("s3://plain/a"), second: bucket("s3://plain/b"), must: true, change: replaces, remove: fails("Missing Options")}.
				needing(settings{repository: nil, "local.s3.endpoint": nil, "local.s3.ca_file": nil, "local.s3.access_key_wo": nil, "local.s3.secret_key_wo": nil}),
			{path: repository, second: "s3://plain/c", change: replaces},
			{path: "local.s3.region", first: server.Region, second: server.Region, change: nothing},
			{path: "local.s3.endpoint", second: server.Endpoint + "/", must: true, stays: true},
			{path: "local.s3.ca_file", second: otherFile, must: true, stays: true},
			// Without another version they are not written again, and nobody can tell that they are other ones.
			{path: "local.s3.access_key_wo", second: "another", must: true, change: nothing, remove: fails("access_key_wo"), imports: nothing},
			{path: "local.s3.secret_key_wo", second: "another", must: true, change: nothing, remove: fails("secret_key_wo"), imports: nothing},
			{path: "local.s3.credentials_wo_version", first: 1, second: 2, blind: true},
			row{path: "local.s3", first: s3, second: map[string]any{
				"endpoint": server.Endpoint, "ca_file": otherFile, "access_key_wo": server.AccessKey, "secret_key_wo": server.SecretKey,
			}, must: true, stays: true}.needing(settings{"local.s3.endpoint": nil, "local.s3.ca_file": nil, "local.s3.access_key_wo": nil, "local.s3.secret_key_wo": nil}),
			row{path: "local.object_lock", first: lock("GOVERNANCE", 3), second: lock("COMPLIANCE", 3), must: true, change: fails(fixed), remove: fails(fixed)}.
				needing(settings{repository: "s3://locked/a"}),
			row{path: "local.object_lock.mode", second: "COMPLIANCE", change: fails(fixed)}.needing(locked),
			row{path: "local.object_lock.days", second: 4, change: fails(fixed)}.needing(locked),
		},
	}.run(t)
}
