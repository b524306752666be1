package restore

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
)

// place is a directory that is being filled. Its attributes are set when everything in it is done: it may
// be read-only then, and its time is that of the last change.
type place struct {
	root   *os.Root
	parent *place
	entry  tree.Entry
	path   string
	// fresh directories were made by this restore: nothing in them is in the way.
	fresh bool
	// apply sets the attributes in the end.
	apply bool
	// open counts what is not done: entries, and the listing of the directory itself.
	open atomic.Int32
}

// base opens the directory of the volume.
func (r *restorer) base() (*place, error) {
	_, err := os.Stat(r.volume.Base)
	fresh := errors.Is(err, fs.ErrNotExist)
	if fresh {
		// Like mkdir -p: who may look into the directories above is not known. Into this one nobody may
		// until its own permissions are set, if they are part of the backup.
		err := os.MkdirAll(filepath.Dir(r.volume.Base), 0o755) //nolint:gosec // as above
		if err == nil {
			err = os.Mkdir(r.volume.Base, 0o700)
		}
		if err != nil {
			return nil, &tree.Error{Path: r.volume.Base, Err: err}
		}
	}
	root, err := os.OpenRoot(r.volume.Base)
	if err != nil {
		return nil, r.err("", err)
	}
	entry := r.volume.Tree.Root()
	p := &place{root: root, entry: entry, fresh: fresh, apply: fresh && !r.volume.Bare}
	p.open.Store(1)
	there, err := root.Stat(".")
	if err == nil {
		err = r.syncer.add(root)
	}
	switch {
	case err == nil && r.protected(there):
		err = errProtected
	case err == nil && r.volume.Dir != "":
		// The base itself is no part of the backup.
		p.apply, p.entry = false, tree.Entry{Mode: fs.ModeDir}
		entry.Name = r.volume.Dir
		p, err = r.enter(p, entry)
		if err == nil {
			p.apply = p.apply && !r.volume.Bare
			p.path = ""
			p.parent.open.Add(-1)
			return p, nil
		}
	case err == nil:
		p.apply = p.apply || (!r.volume.Bare && r.Overwrite.changes(entry, there))
		r.count(entry)
		return p, nil
	}
	_ = root.Close()
	return nil, r.err(r.volume.Dir, err)
}

// enter makes or opens a directory in another one, which stays open until the new one is done.
func (r *restorer) enter(parent *place, e tree.Entry) (*place, error) {
	p := &place{parent: parent, entry: e, path: tree.Join(parent.path, e.Name), fresh: true, apply: true}
	if !parent.fresh {
		there, err := parent.root.Lstat(e.Name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		case r.protected(there):
			return nil, errProtected
		default:
			v, err := r.Overwrite.judge(e, there)
			if err != nil {
				return nil, err
			}
			if p.fresh = v == replace; p.fresh {
				if err := parent.root.Remove(e.Name); err != nil {
					return nil, err
				}
				break
			}
			if p.apply = r.Overwrite.changes(e, there); p.apply && there.Mode().Perm()&0o700 != 0o700 {
				// It gets its permissions back in the end.
				_ = parent.root.Chmod(e.Name, there.Mode().Perm()|0o700)
			}
		}
	}
	if p.fresh {
		if err := parent.root.Mkdir(e.Name, 0o700); err != nil {
			return nil, err
		}
	}
	var err error
	if p.root, err = parent.root.OpenRoot(e.Name); err != nil {
		return nil, err
	}
	if !p.fresh {
		// Another file system may be mounted there.
		if err := r.syncer.add(p.root); err != nil {
			_ = p.root.Close()
			return nil, err
		}
	}
	p.open.Store(1)
	parent.open.Add(1)
	r.count(e)
	return p, nil
}

// release says that one thing in a directory is done, and finishes the directory after the last.
func (r *restorer) release(ctx context.Context, p *place) {
	for ; p != nil && p.open.Add(-1) == 0; p = p.parent {
		if p.apply && ctx.Err() == nil {
			if err := r.finish(p); err != nil {
				r.fail(r.err(p.path, err))
			}
		}
		_ = p.root.Close()
	}
}

func (r *restorer) finish(p *place) error {
	d, err := p.root.Open(".")
	if err != nil {
		return err
	}
	defer d.Close() //nolint:errcheck // nothing was written
	if err := r.attributes(d, p.entry); err != nil {
		return err
	}
	return p.root.Chtimes(".", p.entry.ModTime, p.entry.ModTime)
}

func (r *restorer) protected(there fs.FileInfo) bool {
	for _, info := range r.protect {
		if os.SameFile(info, there) {
			return true
		}
	}
	return false
}
