package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/restore"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
)

// restoring is a restore of this process.
type restoring struct {
	point   runRecord
	options RestoreOptions
	// unrecorded restores are not in history: the repository cannot be written.
	unrecorded bool

	total, read atomic.Int64
	ctx         context.Context //nolint:containedctx // ends with the restore, and is how it is stopped
	stop        context.CancelCauseFunc
	done        chan struct{}

	mu  sync.Mutex
	rec restoreRecord
}

func newRestoring(point runRecord, options RestoreOptions, rec restoreRecord) *restoring {
	r := &restoring{point: point, options: options, rec: rec, done: make(chan struct{})}
	r.ctx, r.stop = context.WithCancelCause(context.Background())
	return r
}

func (r *restoring) record() restoreRecord {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rec
}

// progressNow never says 100: that is for a restore that is written down.
func (r *restoring) progressNow() (percent, read *int64) {
	read = ptr(r.read.Load())
	if total := r.total.Load(); total > 0 {
		return ptr(min(100*(*read)/total, 99)), read
	}
	return ptr(int64(0)), read
}

// bringBack runs until the restore is finished, whatever that means, and written down.
func (s *Service) bringBack(ctx context.Context, r *restoring) {
	defer close(r.done)
	defer r.stop(nil)
	rec := r.record()
	touch := func(ctx context.Context, t *tx) error {
		current, ok := t.index.restores.get(rec.ID)
		if !ok {
			return nil
		}
		current.RenewedAt = s.cfg.Now().UTC()
		return put(ctx, t, t.index.restores, rec.ID, current)
	}
	stopRenewing := func() {}
	if !r.unrecorded {
		stopRenewing = s.renew(ctx, "renew restore", touch)
	}
	err := s.restoreVolumes(r)
	stopRenewing()
	rec.State, rec.SizeBytes, rec.FinishedAt = runComplete, r.read.Load(), s.cfg.Now().UTC()
	switch {
	case err != nil && errors.Is(context.Cause(r.ctx), backup.ErrCanceled):
		rec.State = runCanceled
		rec.Error = "The restore was canceled. Every file that has its name back is whole."
	case err != nil:
		rec.State, rec.Error = runFailed, s.restoreError(err)
	}
	if !r.unrecorded {
		err = s.change(ctx, "finish restore", func(ctx context.Context, t *tx) error {
			return put(ctx, t, t.index.restores, rec.ID, rec)
		})
		if r.unrecorded = err != nil; r.unrecorded {
			rec.Error = strings.TrimSpace(rec.Error + " The end of the restore could not be recorded: " + err.Error())
		}
	}
	r.mu.Lock()
	r.rec = rec
	r.mu.Unlock()
	if !r.unrecorded {
		s.mu.Lock()
		delete(s.restoring, rec.ID)
		s.mu.Unlock()
	}
}

// restoreVolumes looks at everything that could be in the way before it writes anything.
func (s *Service) restoreVolumes(r *restoring) error {
	st, err := s.storeOf(r.ctx, r.point.LocationID)
	if err != nil {
		return err
	}
	repo, release, err := st.reading(r.ctx)
	if err != nil {
		return err
	}
	defer release()
	list, err := parts(r.ctx, repo, r.point, r.options.VolumeIDs, r.options.AllowIncomplete)
	if err != nil {
		return s.readError(err)
	}
	options := restore.Options{
		Overwrite: restore.Overwrite(r.options.Overwrite),
		Owners:    !r.options.SkipOwners && os.Geteuid() == 0,
		Protect:   s.repositories(r.ctx),
		Progress:  func(n int64) { r.read.Add(n) },
	}
	volumes := make([]restore.Volume, len(list))
	for i, p := range list {
		volumes[i] = r.options.volume(p)
		if c := p.tree.Root().Counts; c != nil {
			r.total.Add(c.Bytes)
		}
	}
	for _, v := range volumes {
		if err := restore.Check(r.ctx, v, options); err != nil {
			return err
		}
	}
	for _, v := range volumes {
		if _, err := restore.Restore(r.ctx, v, options); err != nil {
			return err
		}
	}
	return nil
}

// volume says where a part goes.
func (o RestoreOptions) volume(p part) restore.Volume {
	v := restore.Volume{Tree: p.tree, Base: o.Target, Dir: p.dir, Bare: p.Image}
	if !o.InPlace {
		return v
	}
	v.Base, v.Dir = p.Source, ""
	if p.Image {
		// A link to the image stays one, as it was when the image was read.
		file := p.Source
		if actual, err := filepath.EvalSymlinks(file); err == nil {
			file = actual
		}
		v.Base, v.Tree = filepath.Dir(file), renamed{p.tree, filepath.Base(file)}
	}
	return v
}

// target is what the data is in after the restore.
func (o RestoreOptions) target(point runRecord) string {
	if !o.InPlace {
		return o.Target
	}
	var sources []string
	for _, v := range point.Volumes {
		if o.selects(v) {
			sources = append(sources, v.Source)
		}
	}
	return strings.Join(sources, string(os.PathListSeparator))
}

// restoreError is for the user.
func (s *Service) restoreError(err error) string {
	var conflict *restore.ConflictError
	if errors.As(err, &conflict) {
		return fmt.Sprintf("Nothing was restored, because this is in the way:\n%v\nMove it away, restore to another directory, or set local.overwrite.", conflict)
	}
	if isServiceError(err) {
		return err.Error()
	}
	return fmt.Sprintf("The restore failed: %v. Every file that has its name back is whole.", err)
}

// renamed is the tree of an image under another name.
type renamed struct {
	tree.Tree
	name string
}

// ReadDir implements [tree.Tree].
func (r renamed) ReadDir(ctx context.Context, dir tree.Entry) ([]tree.Entry, error) {
	entries, err := r.Tree.ReadDir(ctx, dir)
	if len(entries) == 1 {
		entries[0].Name = r.name
	}
	return entries, err
}
