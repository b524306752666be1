package enginetest

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/content"
	"github.com/kopia/kopia/repo/manifest"
	"golang.org/x/sync/errgroup"
)

// inParallel is how many points are written at a time: most of their time is spent waiting for the disk.
const inParallel = 16

// Seed writes n points into a repository that are like the finished point with the id like, and share its
// data. They have ids of their own and times before it, each as much apart from the next. Seed writes the
// sessions that points write, but does not read all records for each as a point does, so that ten
// thousand take minutes. Nothing merges the records on the way: a real point every now and then does that.
func Seed(ctx context.Context, o Options, like string, n int, apart time.Duration) error {
	rep, err := o.open(ctx)
	if err != nil {
		return err
	}
	err = seed(ctx, rep, like, n, apart)
	return errors.Join(err, rep.Close(ctx))
}

func seed(ctx context.Context, rep repo.DirectRepository, like string, n int, apart time.Duration) error {
	model, err := loadModel(ctx, rep, like)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(inParallel)
	for ; n > 0; n-- {
		p, err := model.earlier(uuid.NewString(), time.Duration(n)*apart)
		if err != nil {
			return errors.Join(err, group.Wait())
		}
		group.Go(func() error { return p.write(ctx, rep) })
	}
	return group.Wait()
}

// write is what the sessions of a point write: that it began, then in another its snapshots, and at last
// that it ended.
func (p point) write(ctx context.Context, rep repo.DirectRepository) error {
	into := &unread{}
	records, err := manifest.NewManager(ctx, into, manifest.ManagerOptions{}, nil)
	if err != nil {
		return err
	}
	session := func(purpose string, f func(flush func() error) error) error {
		options := repo.WriteSessionOptions{Purpose: purpose, OnUpload: func(int64) {}}
		return repo.DirectWriteSession(ctx, rep, options, func(ctx context.Context, w repo.DirectRepositoryWriter) error {
			into.WriteManager = w.ContentManager()
			flush := func() error { return errors.Join(records.Flush(ctx), w.Flush(ctx)) }
			return errors.Join(f(flush), flush())
		})
	}
	var begun manifest.ID
	err = session("start point", func(func() error) (err error) {
		begun, err = records.Put(ctx, p.begun.labels, p.begun.data)
		return err
	})
	if err != nil {
		return err
	}
	return session("point", func(flush func() error) error {
		for _, s := range p.snapshots {
			if _, err := records.Put(ctx, s.labels, s.data); err != nil {
				return err
			}
		}
		if err := flush(); err != nil {
			return err
		}
		if _, err := records.Put(ctx, p.ended.labels, p.ended.data); err != nil {
			return err
		}
		return records.Delete(ctx, begun)
	})
}

// unread keeps a manager of manifests from reading what the repository has: nothing there ever changes,
// as far as it can see.
type unread struct {
	*content.WriteManager
}

// Revision is 0 for a repository of which nothing was read.
func (unread) Revision() int64 { return 0 }
