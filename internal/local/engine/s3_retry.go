package engine

import (
	"context"
	"time"

	"github.com/kopia/kopia/repo/blob"
)

const (
	// retries is how often a request is repeated whose answer was lost.
	retries = 5
	// retryPause is the first pause between two tries; each is twice as long as the one before.
	retryPause = 100 * time.Millisecond
)

// again repeats what neither Kopia nor the client below it repeats when a connection breaks. A service
// that answers, whatever it says, is not asked again: the client has done that.
func again(ctx context.Context, f func() error) error {
	pause := retryPause
	for try := 0; ; try++ {
		err := f()
		if err == nil || try == retries || !broken(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
			pause *= 2
		}
	}
}

// broken says whether an answer may have been lost on its way.
func broken(err error) bool {
	fault, _ := FaultOfS3(err)
	return status(err) == 0 && (fault == S3Unreachable || fault == S3FaultUnknown)
}

// lister repeats listings. It keeps a listing until it is whole, so that no blob is shown twice.
type lister struct{ blob.Storage }

// ListBlobs implements [blob.Storage].
func (l *lister) ListBlobs(ctx context.Context, prefix blob.ID, callback func(blob.Metadata) error) error {
	var list []blob.Metadata
	err := again(ctx, func() error {
		list = list[:0]
		return l.Storage.ListBlobs(ctx, prefix, func(b blob.Metadata) error {
			list = append(list, b)
			return nil
		})
	})
	if err != nil {
		return err
	}
	for _, b := range list {
		if err := callback(b); err != nil {
			return err
		}
	}
	return nil
}
