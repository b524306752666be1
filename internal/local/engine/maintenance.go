package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/maintenance"
	"github.com/kopia/kopia/snapshot/snapshotgc"
	"github.com/kopia/kopia/snapshot/snapshotmaintenance"
)

// Cycle is a kind of maintenance. A quick one tidies up what writing leaves behind, a full one also gives
// back the space of what no snapshot needs any more.
type Cycle string

// The cycles of maintenance.
const (
	NoCycle    Cycle = ""
	QuickCycle Cycle = "quick"
	FullCycle  Cycle = "full"
)

// Maintenance is what is to be done in a repository, or was.
type Maintenance struct {
	// Owner is who maintains the repository, user@host; empty while nobody does.
	Owner string
	// Ours says whether that is the identity that asked.
	Ours bool
	// Cycle is what is due, or ran.
	Cycle Cycle
}

// maintainer is the user name of the agent as owner of a repository's maintenance. It is nobody's own,
// so that the stock command line, which maintains what its user owns after any command, leaves it alone:
// two maintenances at once are what the engine excludes least.
const maintainer = "serverbackup-agent"

// Maintainer is the identity of the agent of a host as owner of a repository's maintenance.
func Maintainer(host string) string { return maintainer + "@" + host }

// MaintenanceDue says what is due, without writing anything. A quick cycle is due only if something was
// written since the last cycle: an idle repository is left alone.
func (r *Repo) MaintenanceDue(ctx context.Context, owner string) (Maintenance, error) {
	params, err := maintenance.GetParams(ctx, r.rep)
	if err != nil {
		return Maintenance{}, translate(err)
	}
	m := Maintenance{Owner: params.Owner, Ours: params.Owner == "" || params.Owner == owner}
	if !m.Ours {
		return m, nil
	}
	schedule, err := maintenance.GetSchedule(ctx, r.rep)
	if err != nil {
		return m, translate(err)
	}
	m.Cycle, err = r.cycleDue(ctx, params, schedule)
	return m, translate(err)
}

func (r *Repo) cycleDue(ctx context.Context, params *maintenance.Params, schedule *maintenance.Schedule) (Cycle, error) {
	now := r.rep.Time()
	if params.FullCycle.Enabled && !now.Before(schedule.NextFullMaintenanceTime) {
		return FullCycle, nil
	}
	if !params.QuickCycle.Enabled || now.Before(schedule.NextQuickMaintenanceTime) {
		return NoCycle, nil
	}
	if changed, err := r.changedSinceMaintenance(ctx); !changed || err != nil {
		return NoCycle, err
	}
	if due, err := r.collectionDue(ctx, schedule); due || err != nil {
		return CollectCycle, err
	}
	return QuickCycle, nil
}

// maintenanceBlob is written by every task of a maintenance, and indexBlobs by everything else.
const (
	maintenanceBlob = "kopia.maintenance"
	indexBlobs      = "x"
)

// changedSinceMaintenance compares times of the storage's own clock.
func (r *Repo) changedSinceMaintenance(ctx context.Context) (bool, error) {
	last, err := r.rep.BlobReader().GetMetadata(ctx, maintenanceBlob)
	if errors.Is(err, blob.ErrBlobNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	changed := false
	err = r.rep.BlobReader().ListBlobs(ctx, indexBlobs, func(b blob.Metadata) error {
		changed = changed || b.Timestamp.After(last.Timestamp)
		return nil
	})
	return changed, err
}

// TakeMaintenance makes an identity the owner of the maintenance.
func (r *Repo) TakeMaintenance(ctx context.Context, owner string) error {
	return r.Write(ctx, "maintenance owner", false, nil, func(ctx context.Context, w *Writer) error {
		params, err := maintenance.GetParams(ctx, w.w)
		if err != nil {
			return err
		}
		params.Owner = owner
		return maintenance.SetParams(ctx, w.w, params)
	})
}

// Maintain runs the cycle that is due and says which one that was; [NoCycle] if none was. The error matches
// [ErrMaintained] while another process maintains the repository and [ErrClockSkew] if the clocks of this
// machine and of the storage are too far apart; then nothing was changed. Give it a connection that no cache
// answers for.
//
// Safety is never switched off: what is deleted stays in the storage for a day and two full cycles at
// least, so that nothing is missing that a backup at the same time needs.
func (r *Repo) Maintain(ctx context.Context, owner string) (Maintenance, error) {
	r.AllowWrites()
	ctx, release, err := r.lockMaintenance(ctx)
	if err != nil {
		return Maintenance{}, err
	}
	defer release()
	if err := r.Refresh(ctx); err != nil {
		return Maintenance{}, err
	}
	m, err := r.MaintenanceDue(ctx, owner)
	if err != nil || !m.Ours || m.Cycle == NoCycle {
		return m, err
	}
	if m.Owner == "" {
		if err := r.TakeMaintenance(ctx, owner); err != nil {
			return m, err
		}
		m.Owner = owner
	}
	started := r.rep.Time()
	if err := r.maintain(ctx, m.Cycle); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return m, translate(err)
	}
	return m, r.maintained(ctx, m.Cycle, started)
}

func (r *Repo) maintain(ctx context.Context, cycle Cycle) error {
	// The engine wants to lock a file beside the configuration, which is gone since the repository was
	// opened. Who else maintains is our own lock's business.
	dir := filepath.Dir(r.rep.ConfigFilename())
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // an empty file in a temporary directory
	options := repo.WriteSessionOptions{Purpose: "maintenance", OnUpload: func(int64) {}}
	return repo.DirectWriteSession(ctx, r.rep, options, func(ctx context.Context, w repo.DirectRepositoryWriter) error {
		if cycle == CollectCycle {
			return snapshotgc.Run(ctx, w, true, maintenance.SafetyFull, w.Time())
		}
		// force: the owner was checked, and is none that the engine knows.
		return snapshotmaintenance.Run(ctx, w, maintenance.Mode(cycle), true, maintenance.SafetyFull)
	})
}

// lastTasks are the tasks that end a cycle: a quick one of a repository with epochs, as all new ones are,
// cleans up no logs.
var lastTasks = map[Cycle][]maintenance.TaskType{
	QuickCycle:   {maintenance.TaskEpochAdvance, maintenance.TaskCleanupLogs},
	FullCycle:    {maintenance.TaskCleanupLogs},
	CollectCycle: {maintenance.TaskSnapshotGarbageCollection},
}

// maintained looks whether the engine's last task ran: that a maintenance ended without an error does not
// say that there was one.
func (r *Repo) maintained(ctx context.Context, cycle Cycle, started time.Time) error {
	schedule, err := maintenance.GetSchedule(ctx, r.rep)
	if err != nil {
		return translate(err)
	}
	for _, task := range lastTasks[cycle] {
		if !lastRun(schedule, task).Start.Before(started) {
			return nil
		}
	}
	return fmt.Errorf("the %s maintenance of the repository did not run, although it was due at %s", cycle, started.UTC().Format(time.RFC3339))
}
