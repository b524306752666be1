package archive

import (
	"context"
	"sync"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
)

const (
	// pieceSize is how much of a file is handed on at a time, unless it comes as parts.
	pieceSize = 1 << 20
	// engineHolds is how much of a file the engine has in memory at a time, at most.
	engineHolds = 8 << 20
)

// piece is a part of a file. Who has written it calls free.
type piece struct {
	tree.Part
	free func()
}

func plain(data []byte, free func()) piece {
	return piece{tree.Part{Data: data, Size: int64(len(data))}, free}
}

var buffers = sync.Pool{New: func() any { return new([pieceSize]byte) }}

// source reads a file, piece by piece.
type source struct {
	// memory is what that takes in bytes, at most; pieces is how many of them are ready at a time.
	memory int64
	pieces int
	read   func(f func(piece) error) error
}

func (a *ahead) source(t tree.Tree, e tree.Entry) source {
	framed, ok := t.(tree.Framed)
	switch {
	case ok && a.frames:
		// While one part is written the next is read.
		return source{min(e.Size, 2*engineHolds), 0, func(f func(piece) error) error {
			return tree.ReadParts(a.ctx, framed, e, func(p tree.Part) error { return f(piece{p, func() {}}) })
		}}
	case e.Size <= pieceSize:
		return source{e.Size, 1, func(f func(piece) error) error {
			return tree.Read(a.ctx, t, e, make([]byte, e.Size), func(data []byte) error { return f(plain(data, func() {})) })
		}}
	default:
		return source{engineHolds, engineHolds/pieceSize - 2, func(f func(piece) error) error {
			read := buffers.Get().(*[pieceSize]byte) //nolint:forcetypeassert // that is what is in the pool
			defer buffers.Put(read)
			return tree.Read(a.ctx, t, e, read[:], func(data []byte) error {
				b := buffers.Get().(*[pieceSize]byte) //nolint:forcetypeassert // that is what is in the pool
				return f(plain(b[:copy(b[:], data)], func() { buffers.Put(b) }))
			})
		}}
	}
}

// read begins to read a file. It waits until there is memory for it.
func (a *ahead) read(t tree.Tree, e tree.Entry, name string, i *item) error {
	s := a.source(t, e)
	if err := a.budget.take(a.ctx, s.memory); err != nil {
		return err
	}
	i.release = func() { a.budget.give(s.memory) }
	i.pieces = make(chan piece, s.pieces)
	hand := func(p piece) error {
		select {
		case i.pieces <- p:
			return nil
		case <-a.ctx.Done():
			return context.Cause(a.ctx)
		}
	}
	a.group.Go(func() error {
		defer close(i.pieces)
		var err error
		if e.Size <= pieceSize {
			err = a.small(s, hand)
		} else {
			err = s.read(hand)
		}
		if err != nil && a.ctx.Err() == nil {
			return &tree.Error{Path: name, Err: err}
		}
		return err
	})
	return nil
}

// small reads a file as a whole before it is handed on: what is written next might wait for the token.
func (a *ahead) small(s source, hand func(piece) error) error {
	select {
	case a.tokens <- struct{}{}:
	case <-a.ctx.Done():
		return context.Cause(a.ctx)
	}
	var pieces []piece
	err := s.read(func(p piece) error {
		pieces = append(pieces, p)
		return nil
	})
	<-a.tokens
	for _, p := range pieces {
		if err == nil {
			err = hand(p)
		}
	}
	return err
}
