package local_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// TestS3Config: what is wrong with the configuration of a bucket is an error before anything is reached,
// names the attribute, and shows no secret.
func TestS3Config(t *testing.T) {
	t.Parallel()
	good := local.Config{
		Repository: "s3://bucket/prefix", Password: "correct horse", Host: "web-1",
		S3: &local.S3Options{AccessKey: "key", SecretKey: "battery staple"},
	}
	empty := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		edit func(*local.Config)
		says string
	}{
		"good":                {func(*local.Config) {}, ""},
		"good, no prefix":     {func(c *local.Config) { c.Repository = "s3://bucket" }, ""},
		"good, a slash more":  {func(c *local.Config) { c.Repository = "s3://bucket/prefix/" }, ""},
		"good, an endpoint":   {func(c *local.Config) { c.S3.Endpoint = "http://[::1]:9000/" }, ""},
		"good, password file": {func(c *local.Config) { c.Password, c.PasswordFile = "", "/etc/key" }, ""},
		"no password":         {func(c *local.Config) { c.Password = "" }, "local.password is not set"},
		"no host":             {func(c *local.Config) { c.Host = "" }, "local.host is not set"},
		"no bucket":           {func(c *local.Config) { c.Repository = "s3:///prefix" }, "local.repository names no bucket"},
		"a bucket too long":   {func(c *local.Config) { c.Repository = "s3://" + strings.Repeat("b", 256) }, "local.repository names no bucket"},
		"good, a long bucket": {func(c *local.Config) { c.Repository = "s3://" + strings.Repeat("b", 255) }, ""},
		"a host and port":     {func(c *local.Config) { c.Repository = "s3://minio:9000/bucket" }, "local.repository names no bucket"},
		"keys in the address": {func(c *local.Config) { c.Repository = "s3://key:staple@bucket/prefix" }, "local.repository has an @"},
		"empty part":          {func(c *local.Config) { c.Repository = "s3://bucket/a//b" }, "local.repository has a prefix"},
		"dots":                {func(c *local.Config) { c.Repository = "s3://bucket/a/../b" }, "local.repository has a prefix"},
		"a query":             {func(c *local.Config) { c.Repository = "s3://bucket/a?region=x" }, "local.repository has a prefix"},
		"another scheme":      {func(c *local.Config) { c.Repository = "gs://staple/x" }, "local.repository begins with gs://"},
		"S3 and a directory":  {func(c *local.Config) { c.Repository = "/srv/backup" }, "local.s3 is set"},
		"bare endpoint":       {func(c *local.Config) { c.S3.Endpoint = "minio:9000" }, "local.s3.endpoint"},
		"endpoint with keys":  {func(c *local.Config) { c.S3.Endpoint = "https://key:staple@minio" }, "local.s3.endpoint"},
		"endpoint with path":  {func(c *local.Config) { c.S3.Endpoint = "https://minio/bucket" }, "local.s3.endpoint"},
		"endpoint of ftp":     {func(c *local.Config) { c.S3.Endpoint = "ftp://minio" }, "local.s3.endpoint"},
		"endpoint, no URL":    {func(c *local.Config) { c.S3.Endpoint = "https://staple\x7f" }, "local.s3.endpoint"},
		"no secret key":       {func(c *local.Config) { c.S3.SecretKey = "" }, "local.s3.secret_key"},
		"no access key":       {func(c *local.Config) { c.S3.AccessKey = "" }, "local.s3.access_key"},
		"a token alone":       {func(c *local.Config) { c.S3 = &local.S3Options{SessionToken: "staple"} }, "local.s3.access_key"},
		"no certificates":     {func(c *local.Config) { c.S3.CAFile = "/does/not/exist" }, "local.s3.ca_file"},
		"not a certificate":   {func(c *local.Config) { c.S3.CAFile = empty }, "local.s3.ca_file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := good
			s3 := *good.S3
			cfg.S3 = &s3
			tc.edit(&cfg)
			svc, err := local.New(cfg)
			if tc.says == "" {
				if err != nil {
					t.Fatal(err)
				}
				if err := svc.Close(t.Context()); err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Fatalf("%v does not say %q", err, tc.says)
			}
			for _, secret := range []string{"horse", "staple"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%q tells a secret", err)
				}
			}
		})
	}
}
