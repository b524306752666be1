package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/kopia/kopia/repo/blob"
)

// Why a maintenance did not start.
var (
	ErrMaintained = errors.New("the repository is being maintained by another process")
	ErrClockSkew  = errors.New("the clocks of this machine and of the storage differ")

	errLockLost = errors.New("the lock of the maintenance was removed by another process")
)

const (
	// lockPrefix is the beginning of the names of our lock blobs; the engine has none that begin so.
	lockPrefix = "agent.maintenance."
	// lockRenewal is how often a lock is renewed, and lockTime how long it counts after that.
	lockRenewal = 5 * time.Minute
	lockTime    = 3 * lockRenewal
	// maxClockSkew is as much as the engine itself allows.
	maxClockSkew = 5 * time.Minute
)

// maintenanceLock is a blob of this process. A storage has no exclusive writes, so whoever wants the lock
// writes a blob first and then looks for others: of two at the same time at least one sees the other.
type maintenanceLock struct {
	storage blob.Storage
	id      blob.ID
	now     func() time.Time
}

// lockMaintenance excludes the maintenance of every other process until release is called. The context
// that it returns ends if the lock is lost.
func (r *Repo) lockMaintenance(ctx context.Context) (locked context.Context, release func(), err error) {
	l := maintenanceLock{storage: r.gate, id: blob.ID(lockPrefix + uuid.NewString()), now: r.rep.Time}
	if err := l.take(ctx); err != nil {
		return nil, nil, errors.Join(err, l.remove(ctx))
	}
	locked, cancel := context.WithCancelCause(ctx)
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-quit:
				return
			case <-time.After(lockRenewal):
			}
			if err := l.renew(locked); err != nil {
				cancel(err)
			}
		}
	}()
	return locked, sync.OnceFunc(func() {
		close(quit)
		<-ended
		cancel(nil)
		_ = l.remove(ctx) // it lapses
	}), nil
}

func (l maintenanceLock) take(ctx context.Context) error {
	if err := l.write(ctx); err != nil {
		return translate(err)
	}
	own, err := l.storage.GetMetadata(ctx, l.id)
	if err != nil {
		return translate(err)
	}
	if skew := own.Timestamp.Sub(l.now()).Abs(); skew > maxClockSkew {
		return fmt.Errorf("%w by %s, more than the %s that are allowed: %s here, %s there; nothing was maintained, set the clock first",
			ErrClockSkew, skew.Round(time.Second), maxClockSkew, l.now().UTC().Format(time.RFC3339), own.Timestamp.UTC().Format(time.RFC3339))
	}
	return l.storage.ListBlobs(ctx, lockPrefix, func(other blob.Metadata) error {
		switch {
		case other.BlobID == l.id:
			return nil
		case own.Timestamp.Sub(other.Timestamp) < lockTime:
			return ErrMaintained
		}
		// Its process was killed.
		return l.storage.DeleteBlob(ctx, other.BlobID)
	})
}

func (l maintenanceLock) write(ctx context.Context) error {
	return l.storage.PutBlob(ctx, l.id, plain("lock"), blob.PutOptions{})
}

// renew fails if another process took this one for dead.
func (l maintenanceLock) renew(ctx context.Context) error {
	if _, err := l.storage.GetMetadata(ctx, l.id); errors.Is(err, blob.ErrBlobNotFound) {
		return errLockLost
	}
	return l.write(ctx)
}

func (l maintenanceLock) remove(ctx context.Context) error {
	err := l.storage.DeleteBlob(context.WithoutCancel(ctx), l.id)
	if errors.Is(err, blob.ErrBlobNotFound) {
		return nil
	}
	return translate(err)
}

// plain is a text as the content of a blob.
type plain string

// Length implements [blob.Bytes].
func (p plain) Length() int { return len(p) }

// WriteTo implements [blob.Bytes].
func (p plain) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, string(p))
	return int64(n), err
}

// Reader implements [blob.Bytes].
func (p plain) Reader() io.ReadSeekCloser { return plainReader{strings.NewReader(string(p))} }

type plainReader struct{ *strings.Reader }

func (plainReader) Close() error { return nil }
