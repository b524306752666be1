package local

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/zstd"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

const (
	// rollUpAge is how long after a point is gone its run keeps a record of its own.
	rollUpAge = day
	// rollUpAtLeast is how many such runs make rolling up worth a write.
	rollUpAtLeast = 100
	// chunkSize is how many runs one record holds at most.
	chunkSize = 2000
)

// chunkRecord holds runs whose points are gone, as history: a record each would make every look at the
// repository slower, for ever. One that is full never changes again.
type chunkRecord struct {
	ID    string `json:"id"`
	Count int    `json:"count"`
	// From and To are the first and the last time in it.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Runs are JSON records one after the other, compressed with zstd.
	Runs []byte `json:"runs"`
}

// RollUpHistory moves old runs without points into few records, and returns how many. It writes nothing
// while there are few of them.
func (s *Service) RollUpHistory(ctx context.Context) (int, error) {
	n := 0
	err := s.view(ctx, backup.Cached, func(ix *index) error {
		n = len(s.rollable(ix))
		return nil
	})
	if err != nil || n < rollUpAtLeast {
		return 0, err
	}
	err = s.change(ctx, "roll up history", func(ctx context.Context, t *tx) error {
		runs := s.rollable(t.index)
		n = len(runs)
		for _, r := range runs {
			if err := remove(ctx, t, t.index.runs, r.ID); err != nil {
				return err
			}
		}
		// The newest chunk is filled up first. What is rolled up and its record go in one session: nothing
		// is lost or there twice.
		if last, ok := t.index.lastChunk(); ok && last.Count < chunkSize {
			before, err := last.decode()
			if err != nil {
				return err
			}
			runs = append(before, runs...)
			if err := remove(ctx, t, t.index.chunks, last.ID); err != nil {
				return err
			}
		}
		for part := range slices.Chunk(runs, chunkSize) {
			chunk, err := newChunk(part)
			if err != nil {
				return err
			}
			if err := put(ctx, t, t.index.chunks, chunk.ID, chunk); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// rollable are the runs to roll up, oldest first. The last run of each policy keeps its record: the next one
// is counted from it.
func (s *Service) rollable(ix *index) []runRecord {
	now := s.cfg.Now()
	last := s.lastRuns(ix, now)
	var list []runRecord
	for _, row := range ix.runs.rows {
		r := row.value
		old := !r.DeletedAt.IsZero() && now.Sub(latest(r.DeletedAt, r.StartedAt, r.FinishedAt)) > rollUpAge
		if old && s.running[r.ID] == nil && (r.DueAt.IsZero() || r.DueAt.Before(last[r.ServerID].due)) {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b runRecord) int {
		return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// lastChunk is the chunk with the newest runs.
func (ix *index) lastChunk() (last chunkRecord, ok bool) {
	for _, row := range ix.chunks.rows {
		if c := row.value; !ok || c.To.After(last.To) {
			last, ok = c, true
		}
	}
	return last, ok
}

func newChunk(runs []runRecord) (chunkRecord, error) {
	c := chunkRecord{ID: uuid.NewString(), Count: len(runs)}
	var data bytes.Buffer
	w, err := zstd.NewWriter(&data)
	if err != nil {
		return c, err
	}
	encoder := json.NewEncoder(w)
	for i, r := range runs {
		// Who took it and for which request only matters while it can be taken up.
		r.Owner, r.Key = owner{}, ""
		first := r.StartedAt
		if i == 0 || first.Before(c.From) {
			c.From = first
		}
		c.To = latest(c.To, first, r.DeletedAt)
		if err := encoder.Encode(r); err != nil {
			return c, err
		}
	}
	err = w.Close()
	c.Runs = data.Bytes()
	return c, err
}

// decode returns the runs of a chunk.
func (c chunkRecord) decode() ([]runRecord, error) {
	damaged := func(err error) error { return fmt.Errorf("the history record %s is damaged: %w", c.ID, err) }
	r, err := zstd.NewReader(bytes.NewReader(c.Runs))
	if err != nil {
		return nil, damaged(err)
	}
	defer r.Close()
	runs := make([]runRecord, 0, c.Count)
	for decoder := json.NewDecoder(r); ; {
		var rec runRecord
		switch err := decoder.Decode(&rec); {
		case errors.Is(err, io.EOF):
			return runs, nil
		case err != nil:
			return nil, damaged(err)
		}
		runs = append(runs, rec)
	}
}

// rolledUp calls f with every run that was rolled up and can match a filter.
func (ix *index) rolledUp(f backup.HistoryFilter, found func(runRecord)) error {
	seen := make(map[string]bool)
	for _, row := range ix.chunks.rows {
		c := row.value
		if c.To.Before(f.From) || (!f.To.IsZero() && !c.From.Before(f.To)) {
			continue
		}
		runs, err := c.decode()
		if err != nil {
			return err
		}
		for _, r := range runs {
			// A machine whose clock was wrong may have brought a record back that was rolled up.
			if _, live := ix.runs.rows[r.ID]; live || seen[r.ID] {
				continue
			}
			seen[r.ID] = true
			found(r)
		}
	}
	return nil
}
