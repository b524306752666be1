package engine

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/blob/filesystem"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/durable"
)

// directory is the storage of a path. Kopia syncs what is in a file and not its name, which a loss of power would take:
// the point would be written down, and its data gone.
type directory struct {
	blob.Storage
	path   string
	shards shards
	sync   func(dir string) error
	// named are the directories whose own names are durable.
	named sync.Map
}

// shards tells in which directory a blob is, as the storages of Kopia do that are made of files.
type shards interface {
	GetShardedPathAndFilePath(ctx context.Context, id blob.ID) (dir, file string, err error)
}

// openDirectory opens the storage of a path. A new one gets the two levels of directories that Kopia makes today; where
// none are written down, they are those of its first version, in which nearly every blob has a directory of its own.
func openDirectory(ctx context.Context, path string, create bool) (*directory, error) {
	st, err := filesystem.New(ctx, &filesystem.Options{Path: path, FileMode: 0o600, DirectoryMode: 0o700}, create)
	if err != nil {
		return nil, err
	}
	s, ok := st.(shards)
	if !ok {
		return nil, fmt.Errorf("a storage of type %T does not tell where its files are", st)
	}
	return &directory{Storage: st, path: filepath.Clean(path), shards: s, sync: durable.SyncDirectory}, nil
}

// PutBlob implements [blob.Storage].
func (d *directory) PutBlob(ctx context.Context, id blob.ID, data blob.Bytes, opts blob.PutOptions) error {
	if err := d.Storage.PutBlob(ctx, id, begun{data}, opts); err != nil {
		return err
	}
	dir, _, err := d.shards.GetShardedPathAndFilePath(ctx, id)
	if err != nil {
		return err
	}
	dir = filepath.FromSlash(dir)
	if err := d.name(dir); err != nil {
		return err
	}
	return d.sync(dir)
}

// name makes durable the name of a directory, and before it those of the directories above, as far as the storage goes.
func (d *directory) name(dir string) error {
	if _, done := d.named.Load(dir); done || len(dir) <= len(d.path) {
		return nil
	}
	above := filepath.Dir(dir)
	if err := d.name(above); err != nil {
		return err
	}
	if err := d.sync(above); err != nil {
		return err
	}
	d.named.Store(dir, nil)
	return nil
}
