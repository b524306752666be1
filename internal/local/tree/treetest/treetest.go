// Package treetest makes trees in memory, also such as no backup would hold.
package treetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"strconv"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
)

// Node is an entry with what is in it.
type Node struct {
	tree.Entry
	// Data is the content of a file or the target of a link.
	Data []byte
	// Err is what reading gives after Data.
	Err      error
	Children []*Node
}

var modTime = time.Date(2020, 2, 3, 4, 5, 6, 789, time.UTC)

// Dir is a directory.
func Dir(name string, children ...*Node) *Node {
	return &Node{Entry: tree.Entry{Name: name, Mode: fs.ModeDir | 0o755, ModTime: modTime}, Children: children}
}

// File is a file.
func File(name, data string) *Node {
	return &Node{Entry: tree.Entry{Name: name, Mode: 0o644, ModTime: modTime, Size: int64(len(data))}, Data: []byte(data)}
}

// Link is a symbolic link.
func Link(name, target string) *Node {
	return &Node{Entry: tree.Entry{Name: name, Mode: fs.ModeSymlink | 0o777, ModTime: modTime}, Data: []byte(target)}
}

// Tree is a [tree.Tree] in memory.
type Tree struct {
	root  *Node
	nodes map[string]*Node
}

// New makes a tree and counts what is in it.
func New(root *Node) *Tree {
	t := &Tree{root: root, nodes: make(map[string]*Node)}
	t.add(root)
	return t
}

func (t *Tree) add(n *Node) tree.Counts {
	n.Ref = strconv.Itoa(len(t.nodes))
	t.nodes[n.Ref] = n
	var c tree.Counts
	c.Add(n.Entry)
	for _, child := range n.Children {
		below := t.add(child)
		c.Directories += below.Directories
		c.Files += below.Files
		c.Links += below.Links
		c.Bytes += below.Bytes
	}
	if n.Mode.IsDir() {
		n.Counts = &c
	}
	return c
}

// Root implements [tree.Tree].
func (t *Tree) Root() tree.Entry { return t.root.Entry }

// ReadDir implements [tree.Tree].
func (t *Tree) ReadDir(_ context.Context, dir tree.Entry) ([]tree.Entry, error) {
	n := t.nodes[dir.Ref]
	var entries []tree.Entry
	for _, child := range n.Children {
		entries = append(entries, child.Entry)
	}
	return entries, n.Err
}

// Open implements [tree.Tree].
func (t *Tree) Open(ctx context.Context, file tree.Entry) (io.ReadSeekCloser, error) {
	n := t.nodes[file.Ref]
	if !n.Mode.IsRegular() {
		return nil, errors.New("not a file")
	}
	return &reader{Reader: bytes.NewReader(n.Data), ctx: ctx, err: n.Err}, nil
}

// Readlink implements [tree.Tree].
func (t *Tree) Readlink(_ context.Context, link tree.Entry) (string, error) {
	n := t.nodes[link.Ref]
	return string(n.Data), n.Err
}

type reader struct {
	*bytes.Reader
	ctx context.Context //nolint:containedctx // a reader has no other way to be canceled
	err error
}

func (r *reader) Close() error { return nil }

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.Reader.Read(p)
	if errors.Is(err, io.EOF) && r.err != nil {
		err = r.err
	}
	return n, err
}
