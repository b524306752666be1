// Package enginetest fills repositories for tests and benchmarks, below the service that it is for.
package enginetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kopia/kopia/repo"
)

// Options say which repository to fill and as whom.
type Options struct {
	// Path is the directory of the repository.
	Path, Password string
	// Host and User sign write sessions.
	Host, User string
}

// open connects to the repository, without a cache. The caller closes it.
func (o Options) open(ctx context.Context) (repo.DirectRepository, error) {
	dir, err := os.MkdirTemp("", "enginetest-")
	if err != nil {
		return nil, err
	}
	// Only opening reads the configuration.
	defer os.RemoveAll(dir) //nolint:errcheck // temporary
	st, err := newStorage(ctx, o.Path)
	if err != nil {
		return nil, err
	}
	defer st.Close(ctx) //nolint:errcheck // opening makes one of its own
	config := filepath.Join(dir, "repository.config")
	err = repo.Connect(ctx, config, st, o.Password, &repo.ConnectOptions{
		ClientOptions: repo.ClientOptions{Hostname: o.Host, Username: o.User},
	})
	if err != nil {
		return nil, err
	}
	rep, err := repo.Open(ctx, config, o.Password, &repo.Options{DisableRepositoryLog: true})
	if err != nil {
		return nil, err
	}
	direct, ok := rep.(repo.DirectRepository)
	if !ok {
		return nil, errors.Join(fmt.Errorf("unexpected kind of repository %T", rep), rep.Close(ctx))
	}
	return direct, nil
}
