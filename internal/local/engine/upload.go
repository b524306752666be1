package engine

import (
	"context"
	"maps"
	"runtime"
	"time"

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
	// Image is a source that is a single file, which is alone in the root of the snapshot.
	Image bool
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
	root, image, err := openSource(r.Source.Path)
	if err != nil {
		return Snapshot{}, err
	}
	defer root.Close()
	if err := w.SetSourcePolicy(ctx, r.Source, r.Policy); err != nil {
		return Snapshot{}, err
	}
	// The policy counts from the first checkpoint on, so it is durable before that.
	if err := w.Flush(ctx); err != nil {
		return Snapshot{}, err
	}
	previous, err := snapshot.FindPreviousManifests(ctx, w.w, r.Source.info(), nil)
	if err != nil {
		return Snapshot{}, translate(err)
	}

	progress := &progress{report: r.Progress}
	last := newestComplete(previous)
	if last != nil {
		progress.total.Store(size(last))
	}
	tags := map[string]string{pointTag: r.Point}
	if image {
		tags[imageTag] = "1"
	}
	writer := &uploadWriter{RepositoryWriter: w.w}
	u := upload.NewUploader(writer)
	u.Progress = progress
	u.EnableActions = false
	// Writing a pack waits for the disk: with more workers than processors, the others go on.
	u.ParallelUploads = 2 * runtime.GOMAXPROCS(0)
	u.CheckpointInterval = DefaultCheckpointInterval
	if r.CheckpointInterval > 0 {
		u.CheckpointInterval = r.CheckpointInterval
	}
	u.CheckpointLabels = maps.Clone(tags)
	u.CheckpointLabels[checkpointTag] = r.Volume
	if r.Full {
		u.ForceHashPercentage = 100
	}
	defer onClose(r.Cancel, u.Cancel)()

	tree := policy.BuildTree(map[string]*policy.Policy{".": r.Policy.policy(r.Source.Path, image)}, policy.DefaultPolicy)
	man, err := u.Upload(ctx, root, tree, r.Source.info(), previous...)
	writer.end()
	if err != nil {
		if own := CheckSource(r.Source.Path); own != nil {
			err = own
		}
		return Snapshot{}, translate(err)
	}
	man.Description = r.Description
	man.Pins = []string{pin}
	man.Tags = tags
	man.Tags[volumeTag] = r.Volume
	id, err := snapshot.SaveSnapshot(ctx, w.w, man)
	if err != nil {
		return Snapshot{}, translate(err)
	}
	if err := deleteOlder(ctx, w.w, r.Point, r.Volume, id); err != nil {
		return Snapshot{}, err
	}
	return Snapshot{
		SizeBytes:   size(man),
		Incremental: !r.Full && last != nil,
		Image:       image,
		Canceled:    man.IncompleteReason != "",
		Unreadable:  progress.unreadable,
	}, nil
}

func size(man *snapshot.Manifest) int64 {
	switch root := man.RootEntry; {
	case root == nil:
		return 0
	case root.DirSummary != nil:
		return root.DirSummary.TotalFileSize
	default:
		return root.FileSize // a file
	}
}

// newestComplete is nil if there is none.
func newestComplete(previous []*snapshot.Manifest) *snapshot.Manifest {
	for _, p := range previous {
		if p.IncompleteReason == "" {
			return p
		}
	}
	return nil
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
