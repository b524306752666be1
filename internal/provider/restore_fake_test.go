package provider

import (
	"context"
	"fmt"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

const restoreAddress = "serverbackup_restore.test"

// fakeRestorer is a fake service that restores as its script says.
type fakeRestorer struct {
	*fakeService
	restores []backup.Restore
	// steps are what looks at a restore see, one after the other; the last one stays.
	steps    []restoreLook
	refuse   func(backup.RestoreRequest) []backup.Problem
	requests []backup.RestoreRequest
	looks    int
}

// restoreLook is what one look at a restore sees.
type restoreLook struct {
	status   backup.HistoryStatus
	progress int64
	err      string
	fails    error
	// during is called while somebody looks.
	during func()
}

var (
	restoring = restoreLook{status: backup.HistoryRunning, progress: 30}
	restored  = restoreLook{status: backup.HistorySucceeded}
	broken    = restoreLook{status: backup.HistoryFailed, err: "a pack is damaged"}
)

func newFakeRestorer(steps ...restoreLook) *fakeRestorer {
	service := newFakeService()
	// The options of another service would be refused.
	service.scope.Service = "local"
	return &fakeRestorer{fakeService: service, steps: steps}
}

func (f *fakeRestorer) CheckRestore(_ context.Context, r backup.RestoreRequest) []backup.Problem {
	if f.refuse == nil {
		return nil
	}
	return f.refuse(r)
}

func (f *fakeRestorer) StartRestore(ctx context.Context, r backup.RestoreRequest) (backup.Restore, error) {
	if err := ctx.Err(); err != nil {
		return backup.Restore{}, err
	}
	f.requests = append(f.requests, r)
	restore := backup.Restore{
		ID: fmt.Sprintf("restore-%d", len(f.restores)), PointID: r.PointID, Status: backup.HistoryRunning,
		StartedAt: fakeStart, RestoredID: "/restored",
	}
	f.restores = append(f.restores, restore)
	return restore, nil
}

func (f *fakeRestorer) Restore(_ context.Context, id string) (backup.Restore, error) {
	f.looks++
	i := f.find(id)
	if i < 0 {
		return backup.Restore{}, backup.Errorf(backup.ErrNotFound, "There is no restore %s.", id)
	}
	step := f.steps[0]
	if len(f.steps) > 1 {
		f.steps = f.steps[1:]
	}
	r := &f.restores[i]
	r.Status, r.Error, r.Progress = step.status, step.err, &step.progress
	if step.status != backup.HistoryRunning {
		r.Progress, r.FinishedAt = nil, fakeStart.Add(1)
	}
	if step.during != nil {
		step.during()
	}
	return *r, step.fails
}

func (f *fakeRestorer) find(id string) int {
	for i, r := range f.restores {
		if r.ID == id {
			return i
		}
	}
	return -1
}

// fakeOwnRestorer restores in this process.
type fakeOwnRestorer struct {
	*fakeRestorer
	canceled []string
	// tooLate lets a restore finish that is canceled.
	tooLate bool
}

func (f *fakeOwnRestorer) CancelRestore(ctx context.Context, id string) (backup.Restore, error) {
	if err := ctx.Err(); err != nil {
		return backup.Restore{}, err
	}
	f.canceled = append(f.canceled, id)
	f.steps = []restoreLook{{status: backup.HistoryFailed, err: "canceled"}}
	if f.tooLate {
		f.steps = []restoreLook{restored}
	}
	return f.Restore(ctx, id)
}

// restoreOf is a restore of a point to a directory; more are lines of its block.
func restoreOf(point, more string) string {
	return fmt.Sprintf("resource \"serverbackup_restore\" \"test\" {\n  point_id = %q\n%s\n}\n", point, more)
}

const toTarget = `local = { target = "/restored" }`

func expectRestores(t *testing.T, f *fakeRestorer, want int) {
	t.Helper()
	if len(f.requests) != want {
		t.Errorf("restored %d times, want %d: %+v", len(f.requests), want, f.requests)
	}
}
