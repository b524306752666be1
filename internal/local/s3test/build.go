package s3test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/gofrs/flock"
)

// binaryEnv names a server that is built already; `make test` sets it.
const binaryEnv = "SERVERBACKUP_VERSITYGW"

// binary is the server's program. Without one the test is skipped, except where CI would not notice.
func binary(tb testing.TB) string {
	tb.Helper()
	bin, err := build()
	switch {
	case err == nil:
		return bin
	case os.Getenv("CI") != "":
		tb.Fatal(err)
	default:
		tb.Skip(err)
	}
	return ""
}

// build builds the server once, as `make versitygw` does.
var build = sync.OnceValues(func() (string, error) {
	if bin := os.Getenv(binaryEnv); bin != "" {
		return bin, nil
	}
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	bin := filepath.Join(root, "bin", "versitygw")
	if runtime.GOOS == "windows" {
		bin += ".exe"
	}
	if err := os.MkdirAll(filepath.Join(root, ".cache"), 0o750); err != nil {
		return "", err
	}
	// The tests of several packages may want it at once.
	lock := flock.New(filepath.Join(root, ".cache", "versitygw.lock"))
	if err := lock.Lock(); err != nil {
		return "", err
	}
	defer lock.Unlock() //nolint:errcheck // closing releases it
	if newer(bin, filepath.Join(root, "tools", "versitygw", "go.mod")) {
		return bin, nil
	}
	cmd := exec.CommandContext(context.Background(), "go", "build", "-C", filepath.Join(root, "tools", "versitygw"), "-o", bin, "github.com/versity/versitygw/cmd/versitygw") //nolint:gosec // our own module
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("the S3 server of the tests, versitygw, cannot be built here: %w\n%s", err, out)
	}
	return bin, nil
})

func newer(file, than string) bool {
	a, err := os.Stat(file)
	b, err2 := os.Stat(than)
	return errors.Join(err, err2) == nil && !a.ModTime().Before(b.ModTime())
}

func moduleRoot() (string, error) {
	out, err := exec.CommandContext(context.Background(), "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	return filepath.Dir(strings.TrimSpace(string(out))), nil
}
