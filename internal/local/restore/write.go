package restore

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strconv"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
)

// writer is one of several that write files and links.
type writer struct {
	*restorer
	buf []byte
}

func (w *writer) do(ctx context.Context, j job) {
	err := w.write(ctx, j.place, j.entry)
	if err != nil {
		// What fails because the restore ends is not why it ended.
		w.fail(w.err(tree.Join(j.place.path, j.entry.Name), err))
		return
	}
	w.count(j.entry)
}

// write puts a file or link into a directory.
func (w *writer) write(ctx context.Context, p *place, e tree.Entry) error {
	if !p.fresh {
		switch v, err := w.judge(p, e); {
		case err != nil:
			return err
		case v == keep:
			w.progress(e.Size)
			return nil
		}
	}
	name := w.temp + strconv.FormatInt(w.temps.Add(1), 10)
	var err error
	if e.Mode.Type() == fs.ModeSymlink {
		err = w.link(ctx, p.root, name, e)
	} else {
		err = w.file(ctx, p.root, name, e)
	}
	if err == nil {
		err = p.root.Rename(name, e.Name)
	}
	if err != nil {
		_ = p.root.Remove(name)
	}
	return err
}

// judge looks at what is in the way, and removes it if it cannot be replaced in one go.
func (w *writer) judge(p *place, e tree.Entry) (verdict, error) {
	there, err := p.root.Lstat(e.Name)
	if errors.Is(err, fs.ErrNotExist) {
		return replace, nil
	}
	if err != nil {
		return keep, err
	}
	v, err := w.Overwrite.judge(e, there)
	if err == nil && v == replace && there.IsDir() {
		if w.protected(there) {
			return keep, errProtected
		}
		if p.root.Remove(e.Name) != nil {
			return keep, errDirectory
		}
	}
	return v, err
}

func (w *writer) link(ctx context.Context, root *os.Root, name string, e tree.Entry) error {
	target, err := w.volume.Tree.Readlink(ctx, e)
	if err != nil {
		return err
	}
	// The target is data: it may lead anywhere, and nothing follows it here.
	if err := root.Symlink(target, name); err != nil {
		return err
	}
	if w.Owners {
		if err := root.Lchown(name, int(e.UID), int(e.GID)); err != nil {
			return err
		}
	}
	return linkTimes(root, name, e.ModTime)
}

func (w *writer) file(ctx context.Context, root *os.Root, name string, e tree.Entry) (err error) {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
		if err == nil {
			err = root.Chtimes(name, e.ModTime, e.ModTime)
		}
	}()
	if e.Size > 0 {
		if err := w.content(ctx, f, e); err != nil {
			return err
		}
	}
	return w.attributes(f, e)
}

// attributes sets owner and permissions. A program that runs as its owner does so only if that owner is
// the one it had: anything else would be a way to become somebody else.
func (w *restorer) attributes(f *os.File, e tree.Entry) error {
	mode := e.Mode & (fs.ModePerm | fs.ModeSticky)
	if w.Owners {
		if err := f.Chown(int(e.UID), int(e.GID)); err != nil {
			return err
		}
	}
	if w.Owners || (int(e.UID) == os.Geteuid() && int(e.GID) == os.Getegid()) {
		mode |= e.Mode & (fs.ModeSetuid | fs.ModeSetgid)
	}
	return f.Chmod(mode)
}

// reason takes an error out of the call that failed: that names a temporary file.
func reason(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
