package provider

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// fakeStart is when the clock of a fake service starts; each point is one hour younger.
var fakeStart = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// look is what one look at a running point sees.
type look struct {
	status   backup.Status
	progress int64
	err      string
	// fails is the error that the look itself ends in.
	fails error
	// during is called while somebody looks.
	during func()
}

// fakeService is a cloud that takes points as its script says. Policies and servers it has none.
type fakeService struct {
	backup.Service

	mu     sync.Mutex
	scope  backup.Scope
	points []backup.Point
	looks  map[string][]look
	// script is what fresh looks at a new point see, one after the other; the last one stays.
	script []look
	// startErrs and deleteErrs are returned once each before a call succeeds.
	startErrs, deleteErrs []error
	// lose makes StartPoint fail after it has begun the point, as a killed provider does.
	lose     bool
	problems func(backup.PointRequest) []backup.Problem
	requests []backup.PointRequest
	updates  []backup.PointUpdate
	deleted  []string
}

func newFakeService(script ...look) *fakeService {
	return &fakeService{
		scope:  backup.Scope{Service: "cloud", ID: "region-1", Name: "Region 1"},
		looks:  map[string][]look{},
		script: script,
	}
}

// PollInterval spares the tests the waiting.
func (f *fakeService) PollInterval() time.Duration { return 5 * time.Millisecond }

func (f *fakeService) Scope(context.Context) (backup.Scope, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.scope, nil
}

func (f *fakeService) CheckPoint(_ context.Context, r backup.PointRequest) []backup.Problem {
	if f.problems == nil {
		return nil
	}
	return f.problems(r)
}

func (f *fakeService) StartPoint(ctx context.Context, r backup.PointRequest) (backup.Point, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return backup.Point{}, err
	}
	if len(f.startErrs) > 0 {
		err := f.startErrs[0]
		f.startErrs = f.startErrs[1:]
		return backup.Point{}, err
	}
	for i, old := range f.requests {
		if p := f.points[i]; old.ServerID == r.ServerID && old.Name == r.Name && maps.Equal(old.Triggers, r.Triggers) && p.Status == backup.StatusCreating {
			return p, nil
		}
	}
	n := len(f.requests)
	f.requests = append(f.requests, r)
	size := int64(n+1) << 30
	p := backup.Point{
		ID: fmt.Sprintf("point-%d", n), ServerID: r.ServerID, Name: r.Name, Description: r.Description, Tags: r.Tags,
		Status: backup.StatusCreating, ServiceStatus: "RUNNING", ScheduleType: backup.ScheduleManual,
		CreatedAt: fakeStart.Add(time.Duration(n) * time.Hour), SizeBytes: &size,
	}
	f.points = append(f.points, p)
	f.looks[p.ID] = slices.Clone(f.script)
	if f.lose {
		f.lose = false
		return backup.Point{}, backup.Errorf(nil, "connection lost")
	}
	return p, nil
}

func (f *fakeService) Point(ctx context.Context, id string, fresh backup.Freshness) (backup.Point, error) {
	f.mu.Lock()
	i := f.index(id)
	if i < 0 {
		f.mu.Unlock()
		return backup.Point{}, backup.Errorf(backup.ErrNotFound, "There is no point %s.", id)
	}
	var (
		during func()
		fails  error
	)
	if looks := f.looks[id]; fresh && len(looks) > 0 {
		l := looks[0]
		if len(looks) > 1 {
			f.looks[id] = looks[1:]
		}
		p := &f.points[i]
		p.Status, p.Error, p.Progress = l.status, l.err, &l.progress
		if l.status.Stable() {
			p.Progress, p.Type, p.FinishedAt = nil, backup.TypeFull, p.CreatedAt.Add(time.Minute)
		}
		during, fails = l.during, l.fails
	}
	p := f.points[i]
	f.mu.Unlock()
	if during != nil {
		during()
	}
	return p, errors.Join(fails, ctx.Err())
}

func (f *fakeService) Points(_ context.Context, filter backup.PointFilter) iter.Seq2[backup.Point, error] {
	return func(yield func(backup.Point, error) bool) {
		if len(filter.Tags) > 0 && filter.Tags["unsupported"] != "" {
			yield(backup.Point{}, backup.Errorf(backup.ErrUnsupported, "Points of this service have no tags; remove the filter tags."))
			return
		}
		for _, p := range slices.Backward(f.points) {
			if !filter.Match(p) {
				continue
			}
			if !yield(p, nil) {
				return
			}
		}
	}
}

func (f *fakeService) UpdatePoint(_ context.Context, id string, u backup.PointUpdate) (backup.Point, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := f.index(id)
	if i < 0 {
		return backup.Point{}, backup.Errorf(backup.ErrNotFound, "There is no point %s.", id)
	}
	f.updates = append(f.updates, u)
	f.points[i].Tags = *u.Tags
	return f.points[i], nil
}

func (f *fakeService) DeletePoint(_ context.Context, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.deleteErrs) > 0 {
		err := f.deleteErrs[0]
		f.deleteErrs = f.deleteErrs[1:]
		return err
	}
	f.deleted = append(f.deleted, id)
	if i := f.index(id); i >= 0 {
		f.points[i].ID = ""
	}
	return nil
}

func (f *fakeService) index(id string) int {
	return slices.IndexFunc(f.points, func(p backup.Point) bool { return p.ID == id })
}

// edit changes a point behind Terraform's back.
func (f *fakeService) edit(id string, change func(*backup.Point)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.points[f.index(id)])
}

// vanish deletes the first point behind Terraform's back.
func (f *fakeService) vanish() {
	f.edit("point-0", func(p *backup.Point) { p.ID = "" })
}

// left are the ids of the points that exist.
func (f *fakeService) left() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var ids []string
	for _, p := range f.points {
		if p.ID != "" {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

func expectIDs(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// fakeCanceler is a fake service that takes its points in this process.
type fakeCanceler struct {
	*fakeService
	canceled []string
	// tooLate lets a point finish that is canceled.
	tooLate bool
}

func (f *fakeCanceler) CancelPoint(ctx context.Context, id string) (backup.Point, error) {
	if err := ctx.Err(); err != nil {
		return backup.Point{}, err
	}
	f.canceled = append(f.canceled, id)
	f.mu.Lock()
	f.looks[id] = nil
	f.mu.Unlock()
	f.edit(id, func(p *backup.Point) {
		p.Status, p.Error, p.Progress = backup.StatusError, "canceled", nil
		if f.tooLate {
			p.Status, p.Error = backup.StatusAvailable, ""
		}
	})
	return f.Point(ctx, id, backup.Cached)
}
