package agent

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// errRunning says that another agent does this host's work.
var errRunning = errors.New("another agent of this host is at work")

// lock lets one agent of a user run for a host and a repository. A killed one leaves no lock behind.
func lock(repository, host string) (release func(), err error) {
	base, err := os.UserCacheDir()
	if err != nil {
		base = os.TempDir()
	}
	dir := filepath.Join(base, "serverbackup")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(repository + "\x00" + strings.ToLower(host)))
	l := flock.New(filepath.Join(dir, "agent-"+hex.EncodeToString(sum[:8])+".lock"))
	locked, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", l.Path(), err)
	}
	if !locked {
		return nil, fmt.Errorf("%w: host %s, repository %s. One is enough; stop it before another one starts", errRunning, host, repository)
	}
	return func() { _ = l.Unlock() }, nil
}
