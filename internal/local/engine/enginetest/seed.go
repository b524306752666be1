package enginetest

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/content"
	"github.com/kopia/kopia/repo/manifest"
)

// Seed writes one point for each of the times into a repository: each is like the finished point that is
// named, has an id of its own, and shares its data. It writes the sessions that a point writes, but does
// not read all records for each as a point does, so that ten thousand of them take minutes. Nothing
// tidies up on the way: a real point every now and then does that.
func Seed(ctx context.Context, o Options, like string, times []time.Time) error {
	rep, err := o.open(ctx)
	if err != nil {
		return err
	}
	err = seed(ctx, rep, like, times)
	return errors.Join(err, rep.Close(ctx))
}

func seed(ctx context.Context, rep repo.DirectRepository, like string, times []time.Time) error {
	model, err := loadModel(ctx, rep, like)
	if err != nil {
		return err
	}
	for _, at := range times {
		p, err := model.at(uuid.NewString(), at)
		if err != nil {
			return err
		}
		if err := p.write(ctx, rep); err != nil {
			return err
		}
	}
	return nil
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
