package local

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzS3Address: what is taken is a bucket and a prefix that put together name the same place.
func FuzzS3Address(f *testing.F) {
	for _, seed := range []string{"s3://bucket", "s3://bucket/", "s3://bucket/a/b/", "s3://b/x", "s3://key:secret@bucket", "s3://bucket//a", "s3://bucket/ä b", "s3://"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		bucket, prefix, err := s3Address(address)
		if err != nil {
			if bucket != "" || prefix != "" {
				t.Errorf("%q: %q and %q in spite of %v", address, bucket, prefix, err)
			}
			return
		}
		whole := s3Scheme + bucket + "/" + prefix
		again, prefixAgain, err := s3Address(whole)
		if err != nil || again != bucket || prefixAgain != prefix {
			t.Errorf("%q is %q and %q; together these are %q and %q, %v", address, bucket, prefix, again, prefixAgain, err)
		}
		if strings.ContainsAny(bucket, "/@:?#") || strings.HasPrefix(prefix, "/") || (prefix != "" && !strings.HasSuffix(prefix, "/")) || !utf8.ValidString(prefix) {
			t.Errorf("%q is the bucket %q with the prefix %q", address, bucket, prefix)
		}
	})
}

// TestS3Keys: where keys come from, and in which order.
func TestS3Keys(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "credentials")
	content := "[default]\naws_access_key_id = default-key\naws_secret_access_key = default-secret\n" +
		"[ops]\naws_access_key_id = ops-key\naws_secret_access_key = ops-secret\naws_session_token = ops-token\n" +
		"[half]\naws_access_key_id = half-key\n" +
		"[process]\ncredential_process = /bin/echo {\"Version\":1,\"AccessKeyId\":\"made-key\",\"SecretAccessKey\":\"made-secret\"}\n"
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(dir, "broken")
	if err := os.WriteFile(broken, []byte("[default]\nbattery staple\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(dir, "missing")
	for name, tc := range map[string]struct {
		options S3Options
		env     map[string]string
		key     string
		says    string
	}{
		"configuration":          {S3Options{AccessKey: "own-key", SecretKey: "s", Profile: "ops"}, map[string]string{"AWS_ACCESS_KEY_ID": "env-key", "AWS_SECRET_ACCESS_KEY": "s"}, "own-key", ""},
		"profile":                {S3Options{Profile: "ops"}, map[string]string{"AWS_ACCESS_KEY_ID": "env-key", "AWS_SECRET_ACCESS_KEY": "s"}, "ops-key", ""},
		"process":                {S3Options{Profile: "process"}, nil, "made-key", ""},
		"environment":            {S3Options{}, map[string]string{"AWS_ACCESS_KEY_ID": "env-key", "AWS_SECRET_ACCESS_KEY": "s", "AWS_PROFILE": "ops"}, "env-key", ""},
		"profile of environment": {S3Options{}, map[string]string{"AWS_PROFILE": "ops"}, "ops-key", ""},
		"default":                {S3Options{}, nil, "default-key", ""},
		"half environment":       {S3Options{}, map[string]string{"AWS_ACCESS_KEY_ID": "env-key"}, "", "AWS_SECRET_ACCESS_KEY"},
		"half profile":           {S3Options{Profile: "half"}, nil, "", `"half"`},
		"no such profile":        {S3Options{Profile: "dev"}, nil, "", "local.s3.profile"},
		"no such AWS_PROFILE":    {S3Options{}, map[string]string{"AWS_PROFILE": "dev"}, "", "AWS_PROFILE"},
		"profile, no file":       {S3Options{Profile: "ops"}, map[string]string{"AWS_SHARED_CREDENTIALS_FILE": missing}, "", missing},
		"broken file":            {S3Options{}, map[string]string{"AWS_SHARED_CREDENTIALS_FILE": broken}, "", "[default]"},
		"nothing":                {S3Options{}, map[string]string{"AWS_SHARED_CREDENTIALS_FILE": missing}, "", "metadata service of the machine is not asked"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, v := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"} {
				t.Setenv(v, "")
			}
			t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file)
			for k, v := range tc.env {
				t.Setenv(k, v)
			}
			got, err := tc.options.keys()
			if tc.says == "" {
				if err != nil || got.AccessKeyID != tc.key || got.SecretAccessKey == "" {
					t.Errorf("got %q, %v; want %q", got.AccessKeyID, err, tc.key)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "staple") {
				t.Errorf("%v does not say %q, or tells a secret", err, tc.says)
			}
		})
	}
}

// TestS3Region: the environment's region is that of Amazon, and of no other service.
func TestS3Region(t *testing.T) {
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "eu-west-1")
	for want, o := range map[string]S3Options{
		"eu-west-1": {}, "": {Endpoint: "https://minio"}, "own": {Region: "own"}, "other": {Endpoint: "https://minio", Region: "other"},
	} {
		if got := o.region(); got != want {
			t.Errorf("%+v: %q, want %q", o, got, want)
		}
	}
}
