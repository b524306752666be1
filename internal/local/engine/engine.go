// Package engine is the provider's only contact with Kopia. It knows repositories, records, snapshots
// and source policies; what they mean is the business of package local.
package engine

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/content"
)

// Options say which repository to open and as whom.
type Options struct {
	Storage  Storage
	Password string
	// CacheDirectory is absolute; empty caches nothing.
	CacheDirectory string
	// Host and User sign write sessions.
	Host, User string
	// ObjectLock is for [Create], in a bucket; nil locks nothing.
	ObjectLock *ObjectLock
	// Now is the clock, never nil.
	Now func() time.Time
	// StorageNow dates what is written to a directory; nil leaves that to the file system. Only tests
	// that move the clock need it.
	StorageNow func() time.Time
}

// cacheSize limits each of the two caches when there is a cache directory.
const cacheSize = 1 << 30

// Repo is an open repository. Nothing writes to it, not even to tidy up, before [Repo.AllowWrites].
type Repo struct {
	rep   repo.DirectRepository
	gate  *gate
	fatal atomic.Pointer[error]

	foreignLock sync.Mutex
	foreign     foreignCache
}

// Open opens an existing repository. The error matches [ErrAbsent], [ErrNotRepository] or
// [ErrPassword] where one of these is the reason.
func Open(ctx context.Context, o Options) (*Repo, error) {
	ignoreEnvironment()
	st, err := o.Storage.existing(ctx)
	if err != nil {
		return nil, translate(err)
	}
	r := &Repo{gate: &gate{Storage: st, now: o.StorageNow}}
	info, release := r.gate.register()
	defer release()
	file, cleanup, err := writeConfig(o.config(ctx, &info))
	if err != nil {
		return nil, errors.Join(err, st.Close(ctx))
	}
	defer cleanup()

	// A failed open closes the storage.
	rep, err := repo.Open(ctx, file, o.Password, &repo.Options{
		TimeNowFunc:          o.Now,
		DisableRepositoryLog: true,
		DoNotWaitForUpgrade:  true,
		// The default ends the process.
		OnFatalError: func(err error) { r.fatal.Store(&err) },
	})
	if err != nil {
		return nil, translate(err)
	}
	direct, ok := rep.(repo.DirectRepository)
	if !ok {
		return nil, errors.Join(fmt.Errorf("unexpected kind of repository %T", rep), rep.Close(ctx))
	}
	r.rep = direct
	return r, nil
}

func (o Options) config(ctx context.Context, info *blob.ConnectionInfo) repo.LocalConfig {
	config := repo.LocalConfig{
		Storage: info,
		Caching: &content.CachingOptions{},
		ClientOptions: repo.ClientOptions{
			Hostname:    o.Host,
			Username:    o.User,
			Description: "terraform-provider-serverbackup",
		}.ApplyDefaults(ctx, ""),
	}
	if o.CacheDirectory != "" {
		config.Caching = &content.CachingOptions{
			CacheDirectory:         o.CacheDirectory,
			ContentCacheSizeBytes:  cacheSize,
			MetadataCacheSizeBytes: cacheSize,
		}
	}
	return config
}

// AllowWrites lets this connection write from now on.
func (r *Repo) AllowWrites() { r.gate.open.Store(true) }

// ignoreEnvironment forgets Kopia's own variables: some change how repositories are opened and written,
// and what the user set for the command line is not meant for us.
func ignoreEnvironment() {
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "KOPIA_") {
			_ = os.Unsetenv(name)
		}
	}
}

// writeConfig makes the client configuration that Kopia wants as a file. Only opening reads it.
func writeConfig(config repo.LocalConfig) (file string, cleanup func(), err error) {
	dir, err := os.MkdirTemp("", "serverbackup-")
	if err != nil {
		return "", nil, err
	}
	cleanup = func() { _ = os.RemoveAll(dir) }
	data, err := json.Marshal(config)
	if err == nil {
		file = filepath.Join(dir, "repository.config")
		err = os.WriteFile(file, data, 0o600)
	}
	if err != nil {
		cleanup()
		return "", nil, err
	}
	return file, cleanup, nil
}

// Close releases the repository.
func (r *Repo) Close(ctx context.Context) error {
	return translate(r.rep.Close(ctx))
}

// ID is the repository's unique id in hexadecimal.
func (r *Repo) ID() string {
	return hex.EncodeToString(r.rep.UniqueID())
}

// Refresh makes what other processes wrote visible.
func (r *Repo) Refresh(ctx context.Context) error {
	if err := r.fatal.Load(); err != nil {
		return translate(*err)
	}
	return translate(r.rep.Refresh(ctx))
}

// DefaultHost is the short name of this machine, as Kopia spells it.
func DefaultHost(ctx context.Context) string { return repo.GetDefaultHostName(ctx) }

// DefaultUser is the user of the operating system, as Kopia spells it.
func DefaultUser(ctx context.Context) string { return repo.GetDefaultUserName(ctx) }
