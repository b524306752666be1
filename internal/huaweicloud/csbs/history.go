package csbs

import (
	"context"
	"iter"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// historyNote says what the history is worth (§2.17).
const historyNote = "The csbs service has no list of jobs: this is what its points tell. Jobs of points that are gone are not here, " +
	"and of restores and deletions only those that run or that failed last."

// HistoryNote says where the history comes from, and what it lacks.
func (s *Service) HistoryNote() string { return historyNote }

// History is what the points tell of jobs: the API has no list of jobs (§2.17). Runs of points that are
// gone are gone too, and of restores and deletions only those that run or failed last are known.
func (s *Service) History(ctx context.Context, f backup.HistoryFilter) iter.Seq2[backup.HistoryEntry, error] {
	return func(yield func(backup.HistoryEntry, error) bool) {
		filter := backup.PointFilter{ServerID: f.ServerID, InstanceID: f.InstanceID, From: f.From}
		for r, err := range s.rows(ctx, filter) {
			if err != nil {
				yield(backup.HistoryEntry{}, err)
				return
			}
			for _, e := range jobs(r.item, r.Point) {
				if f.Match(e) && !yield(e, nil) {
					return
				}
			}
		}
	}
}

// jobs are the jobs that a point tells of: the backup, and a restore or a deletion that runs or that
// failed last. When these began is not told.
func jobs(it item, p backup.Point) []backup.HistoryEntry {
	run := backup.HistoryEntry{
		ID: p.ID, Kind: backup.KindBackup, Status: backup.HistorySucceeded, ServiceStatus: p.ServiceStatus,
		PointID: p.ID, ServerID: p.ServerID, ServerName: p.ServerName, InstanceID: p.InstanceID, PolicyID: p.PolicyID,
		Type: p.Type, ScheduleType: p.ScheduleType, SizeBytes: p.SizeBytes, StartedAt: p.CreatedAt, FinishedAt: p.FinishedAt,
		DeletionStatus: backup.DeletionPresent,
	}
	other := backup.HistoryEntry{
		Status: backup.HistoryRunning, ServiceStatus: p.ServiceStatus, PointID: p.ID,
		ServerID: p.ServerID, ServerName: p.ServerName, InstanceID: p.InstanceID, DeletionStatus: backup.DeletionPresent,
	}
	failOp := string(it.ExtendInfo.FailOp)
	if failOp == "backup" {
		run.Status, run.Error = backup.HistoryFailed, it.failure()
	}
	switch p.Status {
	case backup.StatusCreating:
		run.Status = backup.HistoryRunning
		return []backup.HistoryEntry{run}
	case backup.StatusRestoring:
		other.Kind = backup.KindRestore
	case backup.StatusDeleting:
		other.Kind = backup.KindDelete
	default:
		if p.Status == backup.StatusError && failOp != "restore" && failOp != "delete" {
			run.Status, run.Error = backup.HistoryFailed, p.Error
			return []backup.HistoryEntry{run}
		}
		other.Kind = map[string]backup.HistoryKind{"restore": backup.KindRestore, "delete": backup.KindDelete}[failOp]
		other.Status, other.Error, other.FinishedAt = backup.HistoryFailed, it.failure(), it.UpdatedAt.Time
	}
	if other.Kind == "" {
		return []backup.HistoryEntry{run}
	}
	other.ID = p.ID + "/" + string(other.Kind)
	return []backup.HistoryEntry{run, other}
}
