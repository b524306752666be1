package local

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/uuid"
)

const (
	// renewEvery is how often a run says that it is alive.
	renewEvery = 5 * time.Minute
	// leaseTime is how long a run on another machine is believed to be alive after that.
	leaseTime = 3 * renewEvery
)

// owner is the process that a run belongs to.
type owner struct {
	ID string `json:"id"`
	// Machine tells this boot of this machine, or container, from all others.
	Machine string `json:"machine"`
	// Lock is a file that the process keeps locked while it lives.
	Lock string `json:"lock"`
}

// lease makes this process recognisable as alive.
type lease struct {
	once sync.Once
	own  owner
	lock *flock.Flock
	err  error
}

// owner returns this process as an owner; the first call takes the lock.
func (l *lease) owner() (owner, error) {
	l.once.Do(func() {
		dir, err := privateDir()
		if err != nil {
			l.err = err
			return
		}
		sweep(dir)
		id := uuid.NewString()
		l.own = owner{ID: id, Machine: machine(), Lock: filepath.Join(dir, "run-"+id+".lock")}
		l.lock = flock.New(l.own.Lock)
		_, l.err = l.lock.TryLock()
	})
	return l.own, l.err
}

// deliver notes in the lock file that the caller has heard how a point ended.
func (l *lease) deliver(id string) {
	f, err := os.OpenFile(l.own.Lock, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return // closed meanwhile
	}
	_, _ = f.WriteString(id + "\n")
	_ = f.Close()
}

// withheld says whether the process was killed before the caller heard how a point ended. In doubt it
// was not: a process that ends in peace removes its file, and another machine's file cannot be seen.
func (o owner) withheld(id string) bool {
	if o.Machine != machine() || locked(o.Lock) {
		return false
	}
	heard, err := os.ReadFile(o.Lock)
	return err == nil && !strings.Contains(string(heard), id)
}

func (l *lease) close() {
	if l.lock != nil {
		_ = os.Remove(l.own.Lock)
		_ = l.lock.Unlock()
	}
}

// sweep removes the lock files of processes that ended.
func sweep(dir string) {
	files, _ := filepath.Glob(filepath.Join(dir, "run-*.lock"))
	for _, file := range files {
		// A new file may be about to be locked.
		if info, err := os.Stat(file); err == nil && time.Since(info.ModTime()) > time.Hour && !locked(file) {
			_ = os.Remove(file)
		}
	}
}

// alive says whether the process still runs. On another machine the last renewal decides.
func (o owner) alive(renewed, now time.Time) bool {
	if o.Machine != machine() {
		return now.Sub(renewed) < leaseTime
	}
	return locked(o.Lock)
}

// locked says whether some process holds the lock. In doubt it does.
func locked(file string) bool {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return false
	}
	lock := flock.New(file, flock.SetFlag(os.O_RDONLY))
	free, err := lock.TryRLock()
	if free {
		_ = lock.Unlock()
	}
	return err != nil || !free
}

// machine is stable while this machine, or container, runs.
var machine = sync.OnceValue(func() string {
	host, _ := os.Hostname()
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	namespace, _ := os.Readlink("/proc/self/ns/pid")
	return strings.Join([]string{host, strings.TrimSpace(string(boot)), namespace}, "/")
})
