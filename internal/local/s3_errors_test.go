//go:build unix

package local_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/s3test"
)

// TestS3Errors: each says what to do, tells no secret, is no empty store and no object that is gone.
func TestS3Errors(t *testing.T) {
	t.Parallel()
	plain, encrypted := newS3(t, s3test.Options{}), newS3(t, s3test.Options{TLS: true})
	down := s3test.Start(t, s3test.Options{})
	down.Kill(t)
	refused := func(status int, code string) func(t *testing.T, c *local.Config) {
		return func(t *testing.T, c *local.Config) {
			t.Helper()
			proxy := s3test.NewProxy(t, plain)
			proxy.Inject(s3test.Fault{Kind: s3test.Refuse, Status: status, Code: code})
			c.S3.Endpoint = proxy.Endpoint
		}
	}
	occupied := "s3://" + bucket + "/occupied"
	if _, err := plain.Client(t).PutObject(t.Context(), bucket, "occupied/holiday.jpg", strings.NewReader("sun"), 3, minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	before := len(plain.Objects(t, bucket)) + len(encrypted.Objects(t, bucket))

	for name, tc := range map[string]struct {
		edit func(t *testing.T, c *local.Config)
		kind error
		says []string
	}{
		"unreachable":  {func(_ *testing.T, c *local.Config) { c.S3.Endpoint = down.Endpoint }, nil, []string{"does not answer", "local.s3.endpoint", down.Endpoint}},
		"no such host": {func(_ *testing.T, c *local.Config) { c.S3.Endpoint = "http://s3.invalid" }, nil, []string{"does not answer", "local.s3.endpoint"}},
		"access key":   {func(_ *testing.T, c *local.Config) { c.S3.AccessKey = "wrong" }, backup.ErrDenied, []string{"does not accept the keys", "local.s3"}},
		"secret key":   {func(_ *testing.T, c *local.Config) { c.S3.SecretKey = "wrong horse" }, backup.ErrDenied, []string{"does not accept the keys", "local.s3"}},
		"no bucket":    {func(_ *testing.T, c *local.Config) { c.Repository = "s3://elsewhere/x" }, backup.ErrConflict, []string{`no bucket "elsewhere"`, "local.repository"}},
		"region":       {func(_ *testing.T, c *local.Config) { c.S3.Region = "eu-west-9" }, nil, []string{"another region", "local.s3.region"}},
		"certificate": {func(_ *testing.T, c *local.Config) { c.S3 = s3Options(encrypted); c.S3.CAFile = "" },
			backup.ErrDenied, []string{"not trusted", "local.s3.ca_file"}},
		"plain to TLS": {func(_ *testing.T, c *local.Config) {
			c.S3 = s3Options(encrypted)
			c.S3.Endpoint = strings.Replace(c.S3.Endpoint, "https", "http", 1)
		}, nil, []string{"local.s3.endpoint"}},
		"TLS to plain": {func(_ *testing.T, c *local.Config) {
			c.S3.Endpoint = strings.Replace(c.S3.Endpoint, "http", "https", 1)
		},
			nil, []string{"http://", "local.s3.endpoint"}},
		"clock": {func(t *testing.T, c *local.Config) {
			t.Helper()
			proxy := s3test.NewProxy(t, plain)
			proxy.Inject(s3test.Fault{Kind: s3test.OldDate})
			c.S3.Endpoint = proxy.Endpoint
		}, backup.ErrDenied, []string{"clock of this machine"}},
		"denied":        {refused(http.StatusForbidden, "AccessDenied"), backup.ErrDenied, []string{"s3:ListBucket", bucket}},
		"expired token": {refused(http.StatusBadRequest, "ExpiredToken"), backup.ErrDenied, []string{"session token has expired"}},
		"busy":          {refused(http.StatusServiceUnavailable, "SlowDown"), backup.ErrThrottled, []string{"Try again later"}},
		"full":          {refused(http.StatusInsufficientStorage, "InsufficientStorage"), backup.ErrQuota, []string{"no space left"}},
		"occupied":      {func(_ *testing.T, c *local.Config) { c.Repository = occupied }, backup.ErrConflict, []string{"holiday.jpg", "local.repository"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			svc := newService(t, func(c *local.Config) {
				at(plain, plain.Endpoint)(c)
				tc.edit(t, c)
			})
			start := time.Now()
			_, err := svc.Scope(t.Context())
			if err == nil {
				t.Fatal("it looks like an empty store")
			}
			t.Logf("after %s: %v", time.Since(start).Round(time.Millisecond), err)
			if (tc.kind != nil && !errors.Is(err, tc.kind)) || errors.Is(err, backup.ErrNotFound) {
				t.Errorf("it is not %v", tc.kind)
			}
			for _, text := range tc.says {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("it does not say %q", text)
				}
			}
			for _, secret := range []string{"horse", plain.SecretKey, encrypted.SecretKey} {
				if strings.Contains(err.Error(), secret) {
					t.Error("it tells a secret")
				}
			}
			if _, err := svc.CreatePolicy(t.Context(), backup.Policy{Name: "nightly", Timezone: "UTC"}); err == nil {
				t.Error("a policy was created")
			}
		})
	}
	t.Cleanup(func() {
		if after := len(plain.Objects(t, bucket)) + len(encrypted.Objects(t, bucket)); after != before {
			t.Errorf("%d objects were written", after-before)
		}
	})
}

func s3Options(s *s3test.Server) *local.S3Options {
	return &local.S3Options{Endpoint: s.Endpoint, AccessKey: s.AccessKey, SecretKey: s.SecretKey, CAFile: s.CAFile}
}
