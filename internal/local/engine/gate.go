package engine

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kopia/kopia/repo/blob"
)

// gate lets nothing be written to a storage until it is opened: plans and refreshes share a connection
// with the writes that may follow, and cannot change anything before.
type gate struct {
	blob.Storage
	open atomic.Bool
	// now may be nil, see [Options].
	now func() time.Time
}

// IsReadOnly implements [blob.Storage].
func (g *gate) IsReadOnly() bool { return !g.open.Load() }

// PutBlob implements [blob.Storage].
func (g *gate) PutBlob(ctx context.Context, id blob.ID, data blob.Bytes, opts blob.PutOptions) error {
	if g.IsReadOnly() {
		return ErrReadOnly
	}
	if g.now != nil {
		opts.SetModTime = g.now()
	}
	return g.Storage.PutBlob(ctx, id, data, opts)
}

// DeleteBlob implements [blob.Storage].
func (g *gate) DeleteBlob(ctx context.Context, id blob.ID) error {
	if g.IsReadOnly() {
		return ErrReadOnly
	}
	return g.Storage.DeleteBlob(ctx, id)
}

// ExtendBlobRetention implements [blob.Storage].
func (g *gate) ExtendBlobRetention(ctx context.Context, id blob.ID, opts blob.ExtendOptions) error {
	if g.IsReadOnly() {
		return ErrReadOnly
	}
	return g.Storage.ExtendBlobRetention(ctx, id, opts)
}

// gateType is a storage type of ours: Kopia opens a storage that is named in a file, and so that no
// key gets into that file, it holds only the number of a gate that this process has ready.
const gateType = "serverbackup-gate"

type gateConfig struct {
	Number string `json:"number"`
}

var gates = struct {
	sync.Mutex
	next int
	open map[string]*gate
}{open: make(map[string]*gate)}

func init() {
	blob.AddSupportedStorage(gateType, gateConfig{}, func(_ context.Context, c *gateConfig, _ bool) (blob.Storage, error) {
		gates.Lock()
		defer gates.Unlock()
		if g := gates.open[c.Number]; g != nil {
			return g, nil
		}
		return nil, errors.New("a storage that this process did not open")
	})
}

// register makes a gate known to Kopia until release is called.
func (g *gate) register() (info blob.ConnectionInfo, release func()) {
	gates.Lock()
	defer gates.Unlock()
	gates.next++
	number := strconv.Itoa(gates.next)
	gates.open[number] = g
	return blob.ConnectionInfo{Type: gateType, Config: &gateConfig{number}}, func() {
		gates.Lock()
		defer gates.Unlock()
		delete(gates.open, number)
	}
}
