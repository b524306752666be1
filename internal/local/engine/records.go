package engine

import (
	"context"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/manifest"
)

// idLabel names the label of a record's own id; Kopia's ids change with every edit.
const idLabel = "serverbackup-id"

// Record is something of ours that the repository keeps beside the snapshots.
type Record[T any] struct {
	ID string
	// Version is Kopia's id of this version of the record.
	Version string
	Value   T
}

// Writer is one write session: other processes see all of it or nothing, except what an upload
// flushes on its way.
type Writer struct {
	w repo.RepositoryWriter
}

// Write runs f in a write session of its own and makes its work durable. onUpload, which may be nil,
// is told how many bytes each new blob added. keep makes what f wrote durable even if f fails.
func (r *Repo) Write(ctx context.Context, purpose string, keep bool, onUpload func(int64), f func(context.Context, *Writer) error) error {
	options := repo.WriteSessionOptions{Purpose: purpose, FlushOnFailure: keep, OnUpload: onUpload}
	if onUpload == nil {
		options.OnUpload = func(int64) {}
	}
	return translate(repo.WriteSession(ctx, r.rep, options, func(ctx context.Context, w repo.RepositoryWriter) error {
		return f(ctx, &Writer{w: w})
	}))
}

// Flush makes durable what was written so far.
func (w *Writer) Flush(ctx context.Context) error {
	return translate(w.w.Flush(ctx))
}

// Put writes a new version of a record and returns it. The old version, if any, is replaced.
func (w *Writer) Put(ctx context.Context, kind, id, old string, value any) (version string, err error) {
	if old != "" {
		if err := erasable(ctx, w.w, manifest.ID(old)); err != nil {
			return "", err
		}
	}
	v, err := w.w.PutManifest(ctx, map[string]string{manifest.TypeLabelKey: kind, idLabel: id}, value)
	if err != nil {
		return "", translate(err)
	}
	if old != "" {
		err = translate(w.w.DeleteManifest(ctx, manifest.ID(old)))
	}
	return string(v), err
}

// Delete removes a version of a record.
func (w *Writer) Delete(ctx context.Context, version string) error {
	return erase(ctx, w.w, manifest.ID(version))
}
