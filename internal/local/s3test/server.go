// Package s3test starts a real S3 server for tests: versitygw on a directory, of the version that
// tools/versitygw pins. [Proxy] stands before one and makes trouble.
package s3test

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Options are what a server can do beside the usual.
type Options struct {
	// TLS speaks https:// with a certificate of the server's own.
	TLS bool
	// Versions keeps old versions of objects, without which a bucket cannot lock any.
	Versions bool
	// Root is where the objects are; default a directory of the test.
	Root string
}

// Server is a running S3 server.
type Server struct {
	// Endpoint is http://127.0.0.1:port, or https:// with TLS.
	Endpoint string
	// CAFile is the certificate of a server with TLS.
	CAFile string
	// AccessKey and SecretKey may do everything.
	AccessKey, SecretKey string
	Region               string

	bin     string
	args    []string
	mu      sync.Mutex
	cmd     *exec.Cmd
	said    *bytes.Buffer
	trusted http.RoundTripper
}

// Start starts a server that ends with the test. The test is skipped where the server cannot be built.
func Start(tb testing.TB, o Options) *Server {
	tb.Helper()
	s := &Server{bin: binary(tb), AccessKey: uuid.NewString(), SecretKey: uuid.NewString(), Region: "us-east-1"}
	dir := tb.TempDir()
	root := o.Root
	if root == "" {
		root = makeDir(tb, filepath.Join(dir, "objects"))
	}
	address := freeAddress(tb)
	s.Endpoint = "http://" + address
	s.args = []string{"--port", address, "--region", s.Region, "--keep-alive", "--quiet"}
	if o.TLS {
		var key string
		s.Endpoint = "https://" + address
		s.CAFile, key = certificate(tb, dir)
		s.args = append(s.args, "--cert", s.CAFile, "--key", key)
	}
	s.args = append(s.args, "posix")
	if o.Versions {
		s.args = append(s.args, "--versioning-dir", makeDir(tb, filepath.Join(dir, "versions")))
	}
	s.args = append(s.args, root)
	s.trusted = transport(tb, s.CAFile)
	tb.Cleanup(func() { s.Kill(tb) })
	s.Restart(tb)
	return s
}

// Restart starts the server again after [Server.Kill], with the objects that it had.
func (s *Server) Restart(tb testing.TB) {
	tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = new(bytes.Buffer)
	s.cmd = exec.CommandContext(context.WithoutCancel(tb.Context()), s.bin, s.args...) //nolint:gosec // built here
	s.cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+s.AccessKey, "ROOT_SECRET_KEY="+s.SecretKey)
	s.cmd.Stdout, s.cmd.Stderr = s.said, s.said
	if err := s.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if s.answers(tb.Context()) {
			return
		}
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	tb.Fatalf("the S3 server does not answer; it said\n%s", s.said)
}

// answers says whether the server answers anything, be it a refusal.
func (s *Server) answers(ctx context.Context) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Endpoint, http.NoBody)
	if err != nil {
		return false
	}
	resp, err := (&http.Client{Transport: s.trusted, Timeout: time.Second}).Do(req)
	if err != nil {
		return false
	}
	return resp.Body.Close() == nil
}

// Kill ends the server the hard way.
func (s *Server) Kill(tb testing.TB) {
	tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

// Bucket makes a bucket, with object lock if the server keeps versions and lock is set.
func (s *Server) Bucket(tb testing.TB, name string, lock bool) {
	tb.Helper()
	if err := s.Client(tb).MakeBucket(tb.Context(), name, minio.MakeBucketOptions{Region: s.Region, ObjectLocking: lock}); err != nil {
		tb.Fatal(err)
	}
}

// Client looks at the server beside what is tested.
func (s *Server) Client(tb testing.TB) *minio.Client {
	tb.Helper()
	_, host, _ := strings.Cut(s.Endpoint, "://")
	c, err := minio.New(host, &minio.Options{
		Creds: credentials.NewStaticV4(s.AccessKey, s.SecretKey, ""), Region: s.Region,
		Secure: s.CAFile != "", Transport: s.trusted,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// Objects lists the keys in a bucket, also when the test is over.
func (s *Server) Objects(tb testing.TB, bucket string) []string {
	tb.Helper()
	var keys []string
	for o := range s.Client(tb).ListObjects(context.WithoutCancel(tb.Context()), bucket, minio.ListObjectsOptions{Recursive: true}) {
		if o.Err != nil {
			tb.Fatal(o.Err)
		}
		keys = append(keys, o.Key)
	}
	return keys
}

// freeAddress is one that nobody listens on, yet.
func freeAddress(tb testing.TB) string {
	tb.Helper()
	l, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // it was never used
	return l.Addr().String()
}

func makeDir(tb testing.TB, dir string) string {
	tb.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		tb.Fatal(err)
	}
	return dir
}
