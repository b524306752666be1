package archive

import (
	"bufio"
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
	// in is nil for a frame that came as one.
	in, out []byte
	done    chan struct{}
}

var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// bufferSize is how much is written at a time, because frames can be small.
const bufferSize = 256 << 10

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
	out := bufio.NewWriterSize(w, bufferSize)
	for b := range f.queue {
		<-b.done
		if _, err := out.Write(b.out); err != nil {
			f.fail(err)
		}
		if b.in != nil {
			f.pool.Put(b)
		}
	}
	if err := out.Flush(); err != nil {
		f.fail(err)
	}
}

func (f *frames) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
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

// put writes what is a frame already, and is the queue's from now on. It tells of an error of an earlier write.
func (f *frames) put(p []byte) error {
	f.dispatch()
	f.queue <- &frame{out: p, done: closed}
	return f.failed()
}

// dispatch compresses what there is, if there is something.
func (f *frames) dispatch() {
	b := f.block
	if b == nil {
		return
	}
	f.block = nil
	f.queue <- b
	go func() {
		b.out = f.enc.EncodeAll(b.in, b.out[:0])
		close(b.done)
	}()
}

// Close writes the rest and ends the goroutines.
func (f *frames) Close() error {
	f.dispatch()
	close(f.queue)
	<-f.ended
	return f.failed()
}
