package engine

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/kopia/kopia/fs"
	"github.com/kopia/kopia/fs/localfs"
	"github.com/kopia/kopia/fs/virtualfs"
	"github.com/kopia/kopia/snapshot"
	"github.com/kopia/kopia/snapshot/policy"
	"github.com/kopia/kopia/snapshot/upload"
)

// DefaultCheckpointInterval is how much work a killed process can lose.
const DefaultCheckpointInterval = 5 * time.Minute

// UploadRequest asks for the snapshot of one source.
type UploadRequest struct {
	Source Source
	Policy SourcePolicy
	// Point and Volume are written on the snapshot as tags, Description as its description.
	Point, Volume, Description string
	// Full reads every byte again, changed or not.
	Full bool
	// CheckpointInterval is at most 45 minutes; 0 is the default.
	CheckpointInterval time.Duration
	// Cancel, once closed, ends the upload early with what there is.
	Cancel <-chan struct{}
	// Progress, which may be nil, is told how many of how many bytes are done; a total of 0 is not
	// known yet. It is called often and from several goroutines.
	Progress func(done, total int64)
}

// Snapshot is what an upload made.
type Snapshot struct {
	// SizeBytes is the size of all files.
	SizeBytes int64
	// Incremental snapshots took over what had not changed since an earlier one.
	Incremental bool
	// Canceled snapshots hold only a part of the source.
	Canceled bool
	// Unreadable are the files and directories that could not be read, in no order. Files that
	// vanished while the source was read are not among them.
	Unreadable []Unreadable
}

// Unreadable is a file or directory that could not be read.
type Unreadable struct {
	// Path is relative to the source.
	Path string
	Err  error
}

// Upload takes a snapshot of a source. It is kept by a pin and by a policy that is set before the
// first byte is read. Earlier unfinished snapshots of the same point are taken up and then removed.
func (w *Writer) Upload(ctx context.Context, r UploadRequest) (Snapshot, error) {
	root, image, err := open(r.Source.Path)
	if err != nil {
		return Snapshot{}, err
	}
	defer root.Close()
	if err := w.SetSourcePolicy(ctx, r.Source, r.Policy); err != nil {
		return Snapshot{}, err
	}
	// The policy counts from the first checkpoint on, so it is durable before that.
	if err := w.w.Flush(ctx); err != nil {
		return Snapshot{}, translate(err)
	}
	previous, err := snapshot.FindPreviousManifests(ctx, w.w, r.Source.info(), nil)
	if err != nil {
		return Snapshot{}, translate(err)
	}

	progress := &progress{report: r.Progress}
	u := upload.NewUploader(w.w)
	u.Progress = progress
	u.EnableActions = false
	u.CheckpointInterval = DefaultCheckpointInterval
	if r.CheckpointInterval > 0 {
		u.CheckpointInterval = r.CheckpointInterval
	}
	u.CheckpointLabels = map[string]string{pointTag: r.Point, checkpointTag: "1"}
	if r.Full {
		u.ForceHashPercentage = 100
	}
	defer onClose(r.Cancel, u.Cancel)()

	tree := policy.BuildTree(map[string]*policy.Policy{".": r.Policy.policy(r.Source.Path, image)}, policy.DefaultPolicy)
	man, err := u.Upload(ctx, root, tree, r.Source.info(), previous...)
	if err != nil {
		if own := CheckSource(r.Source.Path); own != nil {
			err = own
		}
		return Snapshot{}, translate(err)
	}
	man.Description = r.Description
	man.Pins = []string{pin}
	man.Tags = map[string]string{pointTag: r.Point, volumeTag: r.Volume}
	id, err := snapshot.SaveSnapshot(ctx, w.w, man)
	if err != nil {
		return Snapshot{}, translate(err)
	}
	if err := deleteOlder(ctx, w.w, r.Point, r.Volume, id); err != nil {
		return Snapshot{}, err
	}
	return Snapshot{
		SizeBytes:   size(man),
		Incremental: !r.Full && hasComplete(previous),
		Canceled:    man.IncompleteReason != "",
		Unreadable:  progress.unreadable,
	}, nil
}

// open opens a source; the error is a [SourceError]. A single file comes in a directory of its own:
// Kopia would read a file at the root of a snapshot anew each time.
func open(path string) (root fs.Directory, image bool, err error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, false, &SourceError{path, err}
	}
	entry, err := localfs.NewEntry(real)
	if err != nil {
		return nil, false, &SourceError{path, err}
	}
	switch e := entry.(type) {
	case fs.Directory:
		return e, false, nil
	case fs.File:
		return virtualfs.NewStaticDirectory(filepath.Base(path), []fs.Entry{e}), true, nil
	}
	entry.Close()
	return nil, false, &SourceError{path, errors.New("neither a directory nor a regular file")}
}

// CheckSource says whether a source can be read at all; the error is a [SourceError].
func CheckSource(path string) error {
	root, image, err := open(path)
	if err != nil {
		return err
	}
	defer root.Close()
	f, err := os.Open(path) //nolint:gosec // the user names it
	if err != nil {
		return &SourceError{path, err}
	}
	defer f.Close() //nolint:errcheck // only read
	if image {
		return nil
	}
	if _, err := f.Readdirnames(1); err != nil && !errors.Is(err, io.EOF) {
		return &SourceError{path, err}
	}
	return nil
}

func size(man *snapshot.Manifest) int64 {
	if man.RootEntry == nil || man.RootEntry.DirSummary == nil {
		return 0
	}
	return man.RootEntry.DirSummary.TotalFileSize
}

func hasComplete(previous []*snapshot.Manifest) bool {
	for _, p := range previous {
		if p.IncompleteReason == "" {
			return true
		}
	}
	return false
}

// onClose calls f when c is closed, until stop is called.
func onClose(c <-chan struct{}, f func()) (stop func()) {
	done := make(chan struct{})
	go func() {
		select {
		case <-c:
			f()
		case <-done:
		}
	}()
	return func() { close(done) }
}
