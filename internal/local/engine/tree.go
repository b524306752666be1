package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	iofs "io/fs"
	"path"
	"path/filepath"
	"slices"

	"github.com/kopia/kopia/fs"
	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/object"
	"github.com/kopia/kopia/snapshot"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
)

// Tree is the snapshot of one volume. It reads directories as they are stored, because Kopia's own view
// of them replaces the times of directories by those of the newest file below.
type Tree struct {
	rep repo.DirectRepository
	man *snapshot.Manifest
	// partial is what of a checkpoint is left out.
	partial tree.Counts
}

var _ tree.Tree = (*Tree)(nil)

// Trees returns the finished snapshots of a point by volume. With unfinished it returns the last checkpoints
// of the other volumes too.
func (r *Repo) Trees(ctx context.Context, point string, unfinished bool) (map[string]*Tree, error) {
	all, err := r.trees(ctx, point)
	if err != nil {
		return nil, err
	}
	trees, checkpoints := make(map[string]*Tree, len(all)), make(map[string]*Tree)
	for _, t := range all {
		volume := t.man.Tags[volumeTag]
		if IsForeign(point) {
			volume = ForeignVolume(point)
		}
		if volume != "" {
			trees[volume] = t
			continue
		}
		volume = t.man.Tags[checkpointTag]
		if last := checkpoints[volume]; last == nil || t.man.EndTime.After(last.man.EndTime) {
			checkpoints[volume] = t
		}
	}
	if !unfinished {
		return trees, nil
	}
	for volume, t := range checkpoints {
		if trees[volume] != nil {
			continue
		}
		if err := t.countPartial(ctx); err != nil {
			return nil, translate(err)
		}
		trees[volume] = t
	}
	return trees, nil
}

// trees returns all snapshots of a point, also those that a killed upload left.
func (r *Repo) trees(ctx context.Context, point string) ([]*Tree, error) {
	ids, err := manifestsOf(ctx, r.rep, point)
	if err != nil {
		return nil, translate(err)
	}
	var all []*Tree
	for _, id := range ids {
		man, err := snapshot.LoadSnapshot(ctx, r.rep, id)
		if err != nil {
			return nil, translate(err)
		}
		if man.RootEntry == nil {
			return nil, fmt.Errorf("the snapshot %s of %s has no content", id, man.Source.Path)
		}
		all = append(all, &Tree{rep: r.rep, man: man})
	}
	return all, nil
}

// Source is where the tree came from.
func (t *Tree) Source() Source {
	s := t.man.Source
	return Source{Host: s.Host, User: s.UserName, Path: s.Path}
}

// Root implements [tree.Tree]. Where another program made a file the root, that is a directory with the
// file alone, as in our own snapshots.
func (t *Tree) Root() tree.Entry {
	root := entry(t.man.RootEntry)
	if !t.bare() {
		if c := root.Counts; c != nil {
			c.Files -= t.partial.Files
			c.Bytes -= t.partial.Bytes
		}
		return root
	}
	return tree.Entry{Mode: iofs.ModeDir | 0o700, ModTime: root.ModTime, Counts: &tree.Counts{Directories: 1, Files: 1, Bytes: root.Size}}
}

// Whole says whether everything of the source was read; what could not be read counts as read.
func (t *Tree) Whole() bool { return t.man.IncompleteReason == "" }

// Image says whether the source was a single file.
func (t *Tree) Image() bool { return t.bare() || t.man.Tags[imageTag] != "" }

func (t *Tree) bare() bool { return t.man.RootEntry.Type == snapshot.EntryTypeFile }

// ReadDir implements [tree.Tree].
func (t *Tree) ReadDir(ctx context.Context, dir tree.Entry) ([]tree.Entry, error) {
	if t.bare() {
		file := entry(t.man.RootEntry)
		file.Name = path.Base(filepath.ToSlash(t.man.Source.Path))
		return []tree.Entry{file}, nil
	}
	entries, err := t.stored(ctx, dir)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(entries, t.isPartial), nil
}

// stored is a directory with everything in it.
func (t *Tree) stored(ctx context.Context, dir tree.Entry) ([]tree.Entry, error) {
	r, err := t.Open(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // only read
	var stored snapshot.DirManifest
	if err := json.NewDecoder(r).Decode(&stored); err != nil {
		return nil, fmt.Errorf("the list of its files cannot be read: %w", err)
	}
	entries := make([]tree.Entry, len(stored.Entries))
	for i, e := range stored.Entries {
		if e == nil {
			return nil, errors.New("the list of its files is damaged")
		}
		entries[i] = entry(e)
	}
	return entries, nil
}

// Open implements [tree.Tree].
func (t *Tree) Open(ctx context.Context, file tree.Entry) (io.ReadSeekCloser, error) {
	id, err := object.ParseID(file.Ref)
	if err != nil {
		return nil, err
	}
	return t.rep.OpenObject(ctx, id)
}

// Readlink implements [tree.Tree].
func (t *Tree) Readlink(ctx context.Context, link tree.Entry) (string, error) {
	r, err := t.Open(ctx, link)
	if err != nil {
		return "", err
	}
	defer r.Close() //nolint:errcheck // only read
	target, err := io.ReadAll(r)
	return string(target), err
}

func entry(e *snapshot.DirEntry) tree.Entry {
	out := tree.Entry{
		Name:    e.Name,
		Mode:    iofs.FileMode(e.Permissions) & fs.ModBits, //nolint:gosec // masked
		Size:    e.FileSize,
		ModTime: e.ModTime.ToTime().UTC(),
		UID:     e.UserID,
		GID:     e.GroupID,
		Ref:     e.ObjectID.String(),
	}
	switch e.Type {
	case snapshot.EntryTypeFile:
	case snapshot.EntryTypeDirectory:
		out.Mode |= iofs.ModeDir
	case snapshot.EntryTypeSymlink:
		out.Mode |= iofs.ModeSymlink
	default:
		out.Mode |= iofs.ModeIrregular
	}
	if s := e.DirSummary; s != nil {
		out.Counts = &tree.Counts{
			Directories: s.TotalDirCount, Files: s.TotalFileCount, Links: s.TotalSymlinkCount, Bytes: s.TotalFileSize,
		}
	}
	return out
}
