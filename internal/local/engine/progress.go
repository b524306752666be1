package engine

import (
	"errors"
	iofs "io/fs"
	"sync"
	"sync/atomic"

	"github.com/kopia/kopia/snapshot/upload"
)

// progress listens to an upload. Kopia's own record of failures keeps ten of a directory.
type progress struct {
	upload.NullUploadProgress

	report      func(done, total int64)
	done, total atomic.Int64

	mu         sync.Mutex
	unreadable []Unreadable
}

// Enabled makes Kopia estimate the size, which costs a walk of the source. The size of the snapshot
// before is as good.
func (p *progress) Enabled() bool { return p.report != nil && p.total.Load() == 0 }

// EstimatedDataSize is called when the size of the source is known.
func (p *progress) EstimatedDataSize(_, bytes int64) {
	p.total.Store(bytes)
	p.add(0)
}

// HashedBytes is called for what is read.
func (p *progress) HashedBytes(n int64) { p.add(n) }

// CachedFile is called for what has not changed.
func (p *progress) CachedFile(_ string, n int64) { p.add(n) }

func (p *progress) add(n int64) {
	if p.report != nil {
		p.report(p.done.Add(n), p.total.Load())
	}
}

// Error is called for what cannot be read.
func (p *progress) Error(path string, err error, _ bool) {
	if errors.Is(err, iofs.ErrNotExist) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unreadable = append(p.unreadable, Unreadable{Path: path, Err: err})
}
