//go:build unix

package local_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/s3test"
)

// bucket is the one that newS3 makes.
const bucket = "backups"

// newS3 starts a server with a bucket.
func newS3(t *testing.T, o s3test.Options) *s3test.Server {
	t.Helper()
	server := s3test.Start(t, o)
	server.Bucket(t, bucket, o.Versions)
	return server
}

// at makes a configuration that keeps a repository of its own on a server; endpoint is that of the server
// or of a proxy before it.
func at(server *s3test.Server, endpoint string) func(*local.Config) {
	repository := "s3://" + bucket + "/" + uuid.NewString()
	return func(c *local.Config) {
		c.Repository = repository
		c.S3 = s3Options(server)
		c.S3.Endpoint = endpoint
	}
}

func TestConformanceOnS3(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("too slow for the race detector, which has the suite on disk")
	}
	server := newS3(t, s3test.Options{})
	conformance(t, func(t *testing.T) func(*local.Config) {
		t.Helper()
		return at(server, server.Endpoint)
	})
}

// TestS3OverTLS: with the certificate that ca_file names, and beside other repositories and other things
// in the bucket.
func TestS3OverTLS(t *testing.T) {
	t.Parallel()
	server := newS3(t, s3test.Options{TLS: true})
	where := at(server, server.Endpoint)
	svc := newService(t, where)
	roundTrip(t, svc)
	scope, err := svc.Scope(t.Context())
	if err != nil || !strings.HasPrefix(scope.Name, "s3://"+bucket+"/") {
		t.Errorf("scope: %+v, %v", scope, err)
	}
	for _, key := range server.Objects(t, bucket) {
		if !strings.HasPrefix(key, strings.TrimPrefix(scope.Name, "s3://"+bucket+"/")+"/") {
			t.Errorf("the object %s is outside of the prefix", key)
		}
	}
}
