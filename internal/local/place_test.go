//go:build unix

package local_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/s3test"
)

// place is where a test keeps its repository, which several processes open.
type place struct {
	cfg local.Config
	// proxy is before the bucket and has its clock; nil on disk.
	proxy *s3test.Proxy
	// server is the bucket's.
	server *s3test.Server
}

// onDiskAndS3 runs a test on a disk and on a bucket.
func onDiskAndS3(t *testing.T, test func(*testing.T, place)) {
	t.Helper()
	cfg := local.Config{Password: "correct horse", Host: "testhost", User: "tester"}
	t.Run("disk", func(t *testing.T) {
		t.Parallel()
		cfg := cfg
		cfg.Repository = filepath.Join(t.TempDir(), "repository")
		test(t, place{cfg: cfg})
	})
	t.Run("S3", func(t *testing.T) {
		t.Parallel()
		p := place{cfg: cfg, server: newS3(t, s3test.Options{})}
		p.proxy = s3test.NewProxy(t, p.server)
		at(p.server, p.proxy.Endpoint)(&p.cfg)
		test(t, p)
	})
}

// ahead is the configuration with all clocks ahead of the real ones.
func (p place) ahead(by time.Duration) func(*local.Config) {
	if p.proxy != nil {
		p.proxy.Ahead(by)
	}
	return func(c *local.Config) {
		*c = p.cfg
		c.Now = func() time.Time { return time.Now().Add(by) }
		if p.proxy == nil {
			c.StorageNow = c.Now
		}
	}
}

// clock is where another process sets the clock of the bucket; empty on disk.
func (p place) clock() string {
	if p.proxy == nil {
		return ""
	}
	return p.proxy.Endpoint
}

// kopia is the stock command line, connected to the repository.
func (p place) kopia(t *testing.T) *kopia {
	t.Helper()
	if p.server == nil {
		return newKopia(t, p.cfg.Repository)
	}
	return newKopiaOnS3(t, p.server, p.cfg.Repository)
}

// open opens the repository of a configuration beside the service.
func open(t *testing.T, cfg local.Config) *engine.Repo {
	t.Helper()
	o := engine.Options{Storage: engine.Storage{Path: cfg.Repository}, Password: cfg.Password, Host: cfg.Host, User: cfg.User, Now: time.Now}
	if name, ok := strings.CutPrefix(cfg.Repository, "s3://"); ok {
		bucket, prefix, _ := strings.Cut(name, "/")
		o.Storage = engine.Storage{S3: &engine.S3{
			Bucket: bucket, Prefix: prefix + "/", Endpoint: strings.TrimPrefix(cfg.S3.Endpoint, "http://"), PlainHTTP: true,
			Region: "us-east-1", AccessKey: cfg.S3.AccessKey, SecretKey: cfg.S3.SecretKey,
		}}
	}
	repo, err := engine.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("the repository does not open: %v", err)
	}
	return repo
}
