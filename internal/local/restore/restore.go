// Package restore writes trees to a file system. Everything below the directory of a volume is reached
// through [os.Root], one directory at a time and without following a link, so nothing in a tree and
// nothing that lies in the way leads out of it.
//
// A file is written under a temporary name in its own directory, gets its owner, permissions and times,
// and is then renamed: whatever has its real name is whole. Files are not synced one by one, which would
// take longer than everything else. On Linux their file system is synced as a whole, beside the restore and at its end, so
// a restore that succeeded survives a power cut; other systems have no such call, and there the data is durable when the
// system gets round to it.
package restore

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/semaphore"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
)

// Volume is a tree and where it goes.
type Volume struct {
	Tree tree.Tree
	// Base is an absolute directory, which is made if it is missing.
	Base string
	// Dir is the name of a directory in Base that the tree goes into; empty is Base itself.
	Dir string
	// Bare leaves the attributes of the root alone: its directory is not part of the backup.
	Bare bool
}

// path is the directory of the volume.
func (v Volume) path() string { return filepath.Join(v.Base, v.Dir) }

// Options say how to restore.
type Options struct {
	Overwrite Overwrite
	// Owners sets users and groups, which only root can.
	Owners bool
	// Protect are directories that nothing is written into, by whatever name they are reached.
	Protect []string
	// Progress, which may be nil, is told of bytes that were restored, by several goroutines at once.
	Progress func(bytes int64)
}

// tempPrefix begins the names of unfinished files.
const tempPrefix = ".serverbackup-restore-"

// workers is how many files are written at a time: more than there are processors, since a disk lets some of them wait.
func workers() int { return 2 * max(2, runtime.GOMAXPROCS(0)) }

// queue is how many files wait for a worker; each holds its directory open.
const queue = 256

// restorer restores one volume.
type restorer struct {
	Options
	volume  Volume
	protect []fs.FileInfo
	temp    string
	temps   atomic.Int64
	fail    context.CancelCauseFunc
	syncer  *syncer
	// slots are as many as workers; each has one while it writes, and lets whoever helps with a large file have it before.
	slots *semaphore.Weighted
	// section is sectionSize.
	section int64

	mu   sync.Mutex
	done tree.Counts
}

// job is a file or link that is to be written.
type job struct {
	place *place
	entry tree.Entry
}

// Restore writes a volume. Counts are what is in place afterwards, also what was there and newer.
func Restore(ctx context.Context, v Volume, o Options) (tree.Counts, error) {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	r := &restorer{Options: o, volume: v, fail: fail, temp: tempName(), syncer: newSyncer(), slots: semaphore.NewWeighted(int64(workers())), section: sectionSize}
	defer r.syncer.close()
	for _, dir := range o.Protect {
		if info, err := os.Stat(dir); err == nil {
			r.protect = append(r.protect, info)
		}
	}
	base, err := r.base()
	if err != nil {
		return tree.Counts{}, err
	}
	jobs := make(chan job, queue)
	var group sync.WaitGroup
	for range workers() {
		group.Go(func() {
			w := writer{restorer: r, buf: make([]byte, pieceSize)}
			for j := range jobs {
				if r.slots.Acquire(ctx, 1) == nil {
					w.do(ctx, j)
					r.slots.Release(1)
				}
				r.release(ctx, j.place)
			}
		})
	}
	r.walk(ctx, base, jobs)
	close(jobs)
	group.Wait()
	if ctx.Err() != nil {
		return r.done, context.Cause(ctx)
	}
	if want := v.Tree.Root().Counts; want != nil && *want != r.done {
		return r.done, r.err("", fmt.Errorf("there are %s; the backup had %s", r.done, *want))
	}
	if err := r.syncer.end(); err != nil {
		return r.done, r.err("", err)
	}
	return r.done, nil
}

// walk restores the content of a directory, which it releases: directories at once, so that each is there
// before what is in it, all else by way of jobs.
func (r *restorer) walk(ctx context.Context, p *place, jobs chan<- job) {
	defer r.release(ctx, p)
	entries, err := tree.Children(ctx, r.volume.Tree, p.entry, p.path)
	if err != nil {
		r.fail(fmt.Errorf("%s: %w", r.volume.path(), err))
		return
	}
	for _, e := range entries {
		if ctx.Err() != nil {
			return
		}
		if !e.Mode.IsDir() {
			p.open.Add(1)
			jobs <- job{p, e}
			continue
		}
		child, err := r.enter(p, e)
		if err != nil {
			r.fail(r.err(tree.Join(p.path, e.Name), err))
			return
		}
		r.walk(ctx, child, jobs)
	}
}

func (r *restorer) count(e tree.Entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done.Add(e)
}

func (r *restorer) progress(n int64) {
	if r.Progress != nil && n > 0 {
		r.Progress(n)
	}
}

// err names what an error is about; path is relative to the volume.
func (r *restorer) err(path string, err error) error {
	return &tree.Error{Path: filepath.Join(r.volume.path(), filepath.FromSlash(path)), Err: reason(err)}
}

func tempName() string {
	var random [6]byte
	_, _ = rand.Read(random[:]) // never fails
	return tempPrefix + hex.EncodeToString(random[:]) + "-"
}
