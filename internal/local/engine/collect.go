package engine

import (
	"context"
	"time"

	"github.com/kopia/kopia/repo/content"
	"github.com/kopia/kopia/repo/content/index"
	"github.com/kopia/kopia/repo/maintenance"
	"github.com/kopia/kopia/repo/manifest"
)

// CollectCycle is a garbage collection between two full cycles, without which a busy repository forgets nothing of
// what was deleted: every second full cycle writes the contents of all packs that are not full anew, also deleted
// ones, which makes their deletion young, and the next one forgets only what was deleted an hour before the
// collection of the one before. So each session reads more deleted records than the one before, until they fill
// packs. A collection after the rewrite is what the engine's own rule of two collections asks for.
const CollectCycle Cycle = "collect"

const (
	// collectDelay is how long after a rewrite a collection makes the next full cycle forget what it rewrote.
	collectDelay = 2 * time.Hour
	// collectAtLeast is how many deleted records make it worth walking all snapshots.
	collectAtLeast = 1000
)

// collectionDue says whether a collection now would make the next full cycle forget many records.
func (r *Repo) collectionDue(ctx context.Context, s *maintenance.Schedule) (bool, error) {
	now := r.rep.Time()
	rewritten := lastRun(s, maintenance.TaskRewriteContentsFull).End
	switch {
	case rewritten.IsZero() || now.Before(rewritten.Add(collectDelay)):
		return false, nil
	case s.NextFullMaintenanceTime.Sub(now) <= maintenance.SafetyFull.MarginBetweenSnapshotGC+time.Hour:
		return false, nil
	case lastRun(s, maintenance.TaskSnapshotGarbageCollection).Start.After(rewritten.Add(maintenance.SafetyFull.DropContentFromIndexExtraMargin)):
		return false, nil
	}
	deleted := 0
	err := r.rep.ContentReader().IterateContents(ctx, content.IterateOptions{
		Range: index.PrefixRange(manifest.ContentPrefix), IncludeDeleted: true,
	}, func(c content.Info) error {
		if c.Deleted {
			deleted++
		}
		return nil
	})
	return deleted >= collectAtLeast, err
}

// lastRun is the last run of a task that succeeded, of which the schedule has the newest first.
func lastRun(s *maintenance.Schedule, task maintenance.TaskType) maintenance.RunInfo {
	for _, run := range s.Runs[task] {
		if run.Success {
			return run
		}
	}
	return maintenance.RunInfo{}
}
