package s3test_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/s3test"
)

// TestProxy: every kind of fault does what it says, to a client that does not try again.
func TestProxy(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t, s3test.Options{})
	server.Bucket(t, "bucket", false)
	proxy := s3test.NewProxy(t, server)
	client, err := minio.New(strings.TrimPrefix(proxy.Endpoint, "http://"), &minio.Options{
		Creds: credentials.NewStaticV4(server.AccessKey, server.SecretKey, ""), Region: server.Region, MaxRetries: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	content := bytes.Repeat([]byte("content"), 1<<16)
	put := func(name string) error {
		_, err := client.PutObject(t.Context(), "bucket", name, bytes.NewReader(content), int64(len(content)), minio.PutObjectOptions{})
		return err
	}
	get := func(name string) ([]byte, error) {
		o, err := client.GetObject(t.Context(), "bucket", name, minio.GetObjectOptions{})
		if err != nil {
			return nil, err
		}
		defer o.Close() //nolint:errcheck // only read
		return io.ReadAll(o)
	}
	stored := func(name string) bool {
		t.Helper()
		_, err := server.Client(t).StatObject(t.Context(), "bucket", name, minio.StatObjectOptions{})
		return err == nil
	}
	if err := put("calm"); err != nil {
		t.Fatal(err)
	}
	if data, err := get("calm"); err != nil || !bytes.Equal(data, content) {
		t.Fatalf("got %d bytes, %v", len(data), err)
	}

	proxy.Inject(s3test.Fault{Kind: s3test.Refuse, Status: http.StatusServiceUnavailable, Code: "SlowDown", Times: 1})
	if err := put("refused"); minio.ToErrorResponse(err).Code != "SlowDown" || stored("refused") {
		t.Errorf("a refused request: %v", err)
	}
	proxy.Inject(s3test.Fault{Kind: s3test.DropBefore, Times: 1})
	if err := put("before"); err == nil || stored("before") {
		t.Errorf("a request that is dropped before the server: %v", err)
	}
	proxy.Inject(s3test.Fault{Kind: s3test.DropAfter, Times: 1})
	if err := put("after"); err == nil || !stored("after") {
		t.Errorf("a request that is dropped after the server: %v", err)
	}
	proxy.Inject(s3test.Fault{Kind: s3test.Cut, Method: http.MethodGet, Times: 1})
	if data, err := get("calm"); err == nil || len(data) >= len(content) {
		t.Errorf("a cut answer: %d bytes, %v", len(data), err)
	}
	proxy.Inject(s3test.Fault{Kind: s3test.Slow, Method: http.MethodGet, Delay: 50 * time.Millisecond, Times: 1})
	start := time.Now()
	if data, err := get("calm"); err != nil || !bytes.Equal(data, content) || time.Since(start) < 100*time.Millisecond {
		t.Errorf("a slow answer: %d bytes after %s, %v", len(data), time.Since(start), err)
	}

	server.Kill(t)
	if err := put("down"); err == nil {
		t.Error("a server that is down took an object")
	}
	server.Restart(t)
	if data, err := get("calm"); err != nil || !bytes.Equal(data, content) {
		t.Errorf("after a restart: %d bytes, %v", len(data), err)
	}
}
