package backup_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// scripted is a point service that shows one state after another, and then the last for ever.
type scripted struct {
	backup.PointService
	states []backup.Point
	err    error
	looks  int
}

func (s *scripted) Point(_ context.Context, _ string, fresh backup.Freshness) (backup.Point, error) {
	if fresh != backup.Fresh {
		return backup.Point{}, errors.New("a wait must read fresh")
	}
	i := min(s.looks, len(s.states)-1)
	s.looks++
	if s.err != nil && s.looks >= len(s.states) {
		return backup.Point{}, s.err
	}
	return s.states[i], nil
}

func reading(bytes int64) backup.Point {
	p := creating(0)
	p.ReadBytes = &bytes
	return p
}

func creating(progress int64) backup.Point {
	return backup.Point{ID: "p1", Status: backup.StatusCreating, Progress: &progress}
}

func TestWaitPoint(t *testing.T) {
	t.Parallel()
	available := backup.Point{ID: "p1", Status: backup.StatusAvailable}
	failed := backup.Point{ID: "p1", Status: backup.StatusError, Error: "disk on fire"}
	for _, tc := range []struct {
		name   string
		start  backup.Point
		states []backup.Point
		err    error

		want     backup.Status
		wantErr  error
		wantTime time.Duration
		wantSeen int
	}{
		{name: "already stable", start: available, want: backup.StatusAvailable},
		{name: "becomes available", start: creating(0), states: []backup.Point{creating(50), available},
			want: backup.StatusAvailable, wantTime: 20 * time.Second, wantSeen: 2},
		{name: "a failed point is no error", start: creating(0), states: []backup.Point{failed},
			want: backup.StatusError, wantTime: 10 * time.Second, wantSeen: 1},
		{name: "an error keeps the point as last seen", start: creating(0), states: []backup.Point{creating(1), creating(2)}, err: io.ErrUnexpectedEOF,
			want: backup.StatusCreating, wantErr: io.ErrUnexpectedEOF, wantTime: 20 * time.Second, wantSeen: 2},
		{name: "stalls", start: creating(0), states: []backup.Point{creating(0)},
			want: backup.StatusCreating, wantErr: backup.ErrStalled, wantTime: time.Minute, wantSeen: 7},
		{name: "progress restarts the stall", start: creating(0),
			states: []backup.Point{creating(0), creating(0), creating(0), creating(1), creating(1)},
			want:   backup.StatusCreating, wantErr: backup.ErrStalled, wantTime: 100 * time.Second, wantSeen: 11},
		{name: "bytes restart the stall", start: creating(0),
			states: []backup.Point{reading(1), reading(1), reading(1), reading(2), reading(2)},
			want:   backup.StatusCreating, wantErr: backup.ErrStalled, wantTime: 100 * time.Second, wantSeen: 11},
		{name: "a point that tells nothing never stalls", start: creating(0),
			states: append(slices.Repeat([]backup.Point{{ID: "p1", Status: backup.StatusCreating}}, 50), available),
			want:   backup.StatusAvailable, wantTime: 510 * time.Second, wantSeen: 51},
		{name: "a status change restarts the stall", start: creating(0),
			states: []backup.Point{{ID: "p1", Status: backup.StatusRestoring, Progress: new(int64)}},
			want:   backup.StatusRestoring, wantErr: backup.ErrStalled, wantTime: 70 * time.Second, wantSeen: 8},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				seen := 0
				start := time.Now()
				got, err := backup.WaitPoint(t.Context(), &scripted{states: tc.states, err: tc.err}, tc.start, backup.WaitOptions{
					Interval: 10 * time.Second, StallTimeout: time.Minute, Progress: func(backup.Point) { seen++ },
				})
				if got.ID != "p1" || got.Status != tc.want || !errors.Is(err, tc.wantErr) {
					t.Errorf("got %s %s and error %v, want %s and %v", got.ID, got.Status, err, tc.want, tc.wantErr)
				}
				if took := time.Since(start); took != tc.wantTime {
					t.Errorf("took %s, want %s", took, tc.wantTime)
				}
				if seen != tc.wantSeen {
					t.Errorf("progress was told %d times, want %d", seen, tc.wantSeen)
				}
			})
		})
	}
}

func TestWaitPointEndsWithContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cause := errors.New("the user pressed Ctrl-C")
		ctx, cancel := context.WithTimeoutCause(t.Context(), 25*time.Second, cause)
		defer cancel()
		svc := &scripted{states: []backup.Point{creating(10), creating(20), creating(30)}}
		got, err := backup.WaitPoint(ctx, svc, creating(0), backup.WaitOptions{Interval: 10 * time.Second})
		if !errors.Is(err, cause) {
			t.Errorf("error %v, want the cause of the context", err)
		}
		if got.Progress == nil || *got.Progress != 20 {
			t.Errorf("the point is not as last seen: %+v", got)
		}
	})
}

func TestWaitPointWithoutStallTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 1000*time.Hour)
		defer cancel()
		_, err := backup.WaitPoint(ctx, &scripted{states: []backup.Point{creating(0)}}, creating(0), backup.WaitOptions{Interval: time.Hour})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the end of the context only", err)
		}
	})
}
