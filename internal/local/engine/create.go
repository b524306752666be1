package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/format"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/durable"
)

// blockHash is the hash of contents. It is as strong as Kopia's default and costs less than half of its time.
const blockHash = "BLAKE3-256-128"

// Create makes an empty repository in o.Storage, which [Probe] must call absent. What a failed Create
// made is removed again. In a bucket, a second creator waits for the first, and then has its repository.
func Create(ctx context.Context, o Options) error {
	if o.ObjectLock != nil {
		if err := o.ObjectLock.check(o.Storage); err != nil {
			return err
		}
	}
	if err := Probe(ctx, o.Storage); !errors.Is(err, ErrAbsent) {
		return err
	}
	if o.Storage.S3 != nil {
		return translate(o.createBucket(ctx))
	}
	return translate(o.createDirectory(ctx))
}

func (o Options) createDirectory(ctx context.Context) error {
	undo, err := makeDirectory(o.Storage.Path)
	if err != nil {
		return err
	}
	st, err := openDirectory(ctx, o.Storage.Path, true)
	if err == nil {
		err = errors.Join(o.initialize(ctx, st), st.Close(ctx))
	}
	if err != nil {
		undo()
	}
	return err
}

func (o Options) createBucket(ctx context.Context) error {
	if o.ObjectLock != nil {
		if err := o.Storage.S3.lockable(ctx); err != nil {
			return err
		}
	}
	st, err := o.Storage.connect(ctx)
	if err != nil {
		return err
	}
	defer st.Close(ctx) //nolint:errcheck // a bucket has nothing to close
	claim, err := o.Storage.S3.claim(st)
	if err != nil {
		return err
	}
	if err := claim.outside(ctx); err != nil {
		return err
	}
	if err := claim.settle(ctx, o.initialize(ctx, claim)); err != nil || o.ObjectLock == nil {
		return err
	}
	r, err := Open(ctx, o)
	if err != nil {
		return err
	}
	r.AllowWrites()
	return errors.Join(r.RenewLocks(ctx), r.Close(ctx))
}

func (o Options) initialize(ctx context.Context, st blob.Storage) error {
	n := &repo.NewRepositoryOptions{BlockFormat: format.ContentFormat{Hash: blockHash}}
	if o.ObjectLock != nil {
		n.RetentionMode, n.RetentionPeriod = blob.RetentionMode(o.ObjectLock.Mode), o.ObjectLock.Period
	}
	return repo.Initialize(ctx, st, n, o.Password)
}

// makeDirectory makes an empty directory that can be written to. undo removes it, what was missing of
// its parents, and what is left of a repository in it.
func makeDirectory(path string) (undo func(), err error) {
	made, err := durable.FirstMissing(path)
	if err != nil {
		return nil, err
	}
	undo = func() {
		for _, name := range append(formatBlobs, "kopia.blobcfg.f", ".shards") {
			_ = os.Remove(filepath.Join(path, name))
		}
		for dir := path; made != "" && len(dir) >= len(made); dir = filepath.Dir(dir) {
			if os.Remove(dir) != nil {
				return
			}
		}
	}
	if err = durable.MkdirAll(path, 0o700); err == nil {
		err = writable(path)
	}
	if err != nil {
		undo()
		return nil, err
	}
	return undo, nil
}

// writable fails early and clearly: Kopia would try for a while.
func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".serverbackup-")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
