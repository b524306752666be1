package main

import (
	"bytes"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// watch counts what processes do with a repository on disk, without their help.
type watch struct {
	fd     int
	opened map[string]int
	err    error
	quit   chan struct{}
	done   chan struct{}
}

// formatFile is read once by each opening of a repository: it has the key, encrypted.
const formatFile = "kopia.repository.f"

// indexDirectory has a directory of index blobs for each epoch, whose name begins with an epochPrefix.
const (
	indexDirectory = "x"
	epochPrefix    = "n"
)

func watchRepository(path string) (*watch, error) {
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		return nil, err
	}
	for _, dir := range []string{path, filepath.Join(path, indexDirectory)} {
		if _, err := unix.InotifyAddWatch(fd, dir, unix.IN_OPEN); err != nil {
			return nil, errors.Join(err, unix.Close(fd))
		}
	}
	w := &watch{fd: fd, opened: make(map[string]int), quit: make(chan struct{}), done: make(chan struct{})}
	go w.run()
	return w, nil
}

func (w *watch) run() {
	defer close(w.done)
	for {
		select {
		case <-w.quit:
			w.err = errors.Join(w.read(), unix.Close(w.fd))
			return
		case <-time.After(10 * time.Millisecond):
			if w.err = w.read(); w.err != nil {
				return
			}
		}
	}
}

// read takes up what has happened.
func (w *watch) read() error {
	buf := make([]byte, 1<<16)
	for {
		n, err := unix.Read(w.fd, buf)
		if errors.Is(err, unix.EAGAIN) {
			return nil
		}
		if err != nil {
			return err
		}
		for rest := buf[:n]; len(rest) > 0; {
			event := (*unix.InotifyEvent)(unsafe.Pointer(&rest[0])) //nolint:gosec // as the kernel wrote it
			if event.Mask&unix.IN_Q_OVERFLOW != 0 {
				return errors.New("more happened in the repository than could be counted")
			}
			name := rest[unix.SizeofInotifyEvent : unix.SizeofInotifyEvent+event.Len]
			w.opened[string(bytes.TrimRight(name, "\x00"))]++
			rest = rest[unix.SizeofInotifyEvent+event.Len:]
		}
	}
}

// stop returns how often the repository was opened, and how often its index blobs were listed: by an opening, and
// whenever what is new has to be found after that.
func (w *watch) stop() (opened, listed int, err error) {
	close(w.quit)
	<-w.done
	opened = w.opened[formatFile]
	for _, name := range slices.Collect(maps.Keys(w.opened)) {
		if strings.HasPrefix(name, epochPrefix) {
			listed = max(listed, w.opened[name])
		}
	}
	return opened, listed, w.err
}
