// Package enginetest fills repositories for tests and benchmarks, below the service that it is for.
package enginetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/content"
)

// Options say which repository to fill and as whom.
type Options struct {
	// Path is the directory of the repository.
	Path, Password string
	// Host and User sign write sessions.
	Host, User string
}

// open opens the repository, without a cache. The caller closes it.
func (o Options) open(ctx context.Context) (repo.DirectRepository, error) {
	config, err := json.Marshal(repo.LocalConfig{
		Storage:       &blob.ConnectionInfo{Type: storageType, Config: storageConfig{o.Path}},
		Caching:       &content.CachingOptions{},
		ClientOptions: repo.ClientOptions{Hostname: o.Host, Username: o.User},
	})
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "enginetest-")
	if err != nil {
		return nil, err
	}
	// Only opening reads the configuration.
	defer os.RemoveAll(dir) //nolint:errcheck // temporary
	file := filepath.Join(dir, "repository.config")
	if err := os.WriteFile(file, config, 0o600); err != nil {
		return nil, err
	}
	rep, err := repo.Open(ctx, file, o.Password, &repo.Options{DisableRepositoryLog: true})
	if err != nil {
		return nil, err
	}
	direct, ok := rep.(repo.DirectRepository)
	if !ok {
		return nil, errors.Join(fmt.Errorf("unexpected kind of repository %T", rep), rep.Close(ctx))
	}
	return direct, nil
}
