package archive

import (
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// frameSize is how much goes into one Zstandard frame. A stream of independent frames is a Zstandard
// stream like any other (RFC 8878, section 3), and they are compressed side by side.
const frameSize = 512 << 10

// frames compresses what is written to it, frame by frame.
type frames struct {
	enc   *zstd.Encoder
	block *frame
	// queue holds the frames in their order; its size bounds how many there are.
	queue chan *frame
	ended chan struct{}
	pool  sync.Pool

	mu  sync.Mutex
	err error
}

type frame struct {
	in, out []byte
	done    chan struct{}
}

func newFrames(w io.Writer, workers int) (*frames, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(workers))
	if err != nil {
		return nil, err
	}
	f := &frames{enc: enc, queue: make(chan *frame, workers), ended: make(chan struct{})}
	f.pool.New = func() any { return &frame{in: make([]byte, 0, frameSize)} }
	go f.drain(w)
	return f, nil
}

// drain writes what is compressed. After an error it goes on without writing, so that nobody waits for it.
func (f *frames) drain(w io.Writer) {
	defer close(f.ended)
	for b := range f.queue {
		<-b.done
		if f.failed() == nil {
			if _, err := w.Write(b.out); err != nil {
				f.mu.Lock()
				f.err = err
				f.mu.Unlock()
			}
		}
		f.pool.Put(b)
	}
}

func (f *frames) failed() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// Write implements [io.Writer]. It tells of an error of an earlier write.
func (f *frames) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if f.block == nil {
			f.block = f.pool.Get().(*frame) //nolint:forcetypeassert // that is what is in the pool
			f.block.in, f.block.done = f.block.in[:0], make(chan struct{})
		}
		part := p[:min(len(p), frameSize-len(f.block.in))]
		f.block.in = append(f.block.in, part...)
		p = p[len(part):]
		if len(f.block.in) == frameSize {
			f.dispatch()
		}
	}
	return n, f.failed()
}

func (f *frames) dispatch() {
	b := f.block
	f.block = nil
	f.queue <- b
	go func() {
		b.out = f.enc.EncodeAll(b.in, b.out[:0])
		close(b.done)
	}()
}

// Close writes the rest and ends the goroutines.
func (f *frames) Close() error {
	if f.block != nil {
		f.dispatch()
	}
	close(f.queue)
	<-f.ended
	return f.failed()
}
