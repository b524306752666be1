package cbr

import (
	"context"
	"iter"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// Types of operation logs (§3.6). Those that are not of a point are about a vault.
const (
	wireBackup      = "backup"
	wireRestore     = "restore"
	wireDelete      = "delete"
	wireRemove      = "remove_resource"
	wireVaultDelete = "vault_delete"
)

func (s *Service) logs(ctx context.Context, query url.Values) iter.Seq2[logAnswer, error] {
	return listed(ctx, s, "operation-logs", query,
		func(l logAnswer) string { return string(l.ID) },
		func(a *manyLogs) ([]logAnswer, huaweicloud.Number) { return a.Logs, a.Count })
}

// historyNote says how far the history goes back: the console shows 30 days, and nothing says that the API has
// more (§3.6).
const historyNote = "The cbr service keeps its operation log for about 30 days. Older jobs are not here, though their points may be."

// HistoryNote says how far the history goes back.
func (s *Service) HistoryNote() string { return historyNote }

// History lists the operation logs newest first. The service does not say in which order it lists them, so
// that they are all read before the first one is returned; it keeps about 30 days.
func (s *Service) History(ctx context.Context, f backup.HistoryFilter) iter.Seq2[backup.HistoryEntry, error] {
	return each(func() ([]backup.HistoryEntry, error) {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		query, possible := historyQuery(f)
		if !possible {
			return nil, nil
		}
		var entries []backup.HistoryEntry
		for l, err := range s.logs(ctx, query) {
			if err != nil {
				return nil, err
			}
			if e := l.entry(); f.Match(e) {
				entries = append(entries, e)
			}
		}
		slices.SortFunc(entries, func(a, b backup.HistoryEntry) int {
			if c := b.StartedAt.Compare(a.StartedAt); c != 0 {
				return c
			}
			return strings.Compare(b.ID, a.ID)
		})
		return entries, s.tellDeletions(ctx, f, entries)
	})
}

// historyQuery is what the service filters by as a filter does, or wider; false if nothing can match.
func historyQuery(f backup.HistoryFilter) (url.Values, bool) {
	query, possible := pushDown(backup.PointFilter{
		ServerID: f.ServerID, InstanceID: f.InstanceID, LocationID: f.LocationID, From: f.From, To: f.To,
	})
	if possible && len(f.Kinds) == 1 && f.Kinds[0] != backup.KindLocation {
		query.Set("operation_type", string(f.Kinds[0]))
	}
	return query, possible
}

// tellDeletions says of each backup in history whether its point still exists.
func (s *Service) tellDeletions(ctx context.Context, f backup.HistoryFilter, entries []backup.HistoryEntry) error {
	told := func(e backup.HistoryEntry) bool {
		return e.PointID != "" && (e.Kind == backup.KindBackup || e.Kind == backup.KindDelete)
	}
	if !slices.ContainsFunc(entries, told) {
		return nil
	}
	query, _ := pushDown(backup.PointFilter{ServerID: f.ServerID, InstanceID: f.InstanceID})
	if f.Kinds != nil && !slices.Contains(f.Kinds, backup.KindDelete) {
		// A run is not older than its point; a deletion can be of any point.
		setRange(query, entries[len(entries)-1].StartedAt, time.Time{})
	}
	present := map[string]bool{}
	for b, err := range s.backups(ctx, query) {
		if err != nil {
			return err
		}
		present[backupID(b)] = true
	}
	for i, e := range entries {
		switch {
		case !told(e):
		case present[e.PointID]:
			entries[i].DeletionStatus = backup.DeletionPresent
		case e.Kind == backup.KindDelete || e.Status == backup.HistorySucceeded || e.Status == backup.HistoryFailed:
			entries[i].DeletionStatus = backup.DeletionDeleted
		}
	}
	return nil
}

// entry translates an operation log.
func (l logAnswer) entry() backup.HistoryEntry {
	x := l.Extra.Value
	e := backup.HistoryEntry{
		ID:            string(l.ID),
		Kind:          backup.KindLocation,
		Status:        l.status(),
		ServiceStatus: string(l.Status),
		PointID:       l.backupID(),
		ServerID:      string(x.Resource.ID),
		ServerName:    string(x.Resource.Name),
		InstanceID:    string(x.Resource.ID),
		PolicyID:      string(l.PolicyID),
		LocationID:    string(l.VaultID),
		StartedAt:     l.started(),
		FinishedAt:    l.EndedAt.Time,
		Error:         l.failure(),
	}
	switch l.OperationType {
	case wireBackup:
		e.Kind, e.Type = backup.KindBackup, typeOf(x.Backup.Incremental)
		if e.PolicyID != "" {
			e.ScheduleType = backup.SchedulePolicy
		}
	case wireRestore:
		e.Kind = backup.KindRestore
	case wireDelete:
		e.Kind = backup.KindDelete
	}
	return e
}

// started may be missing of a task that waits.
func (l logAnswer) started() time.Time {
	if l.StartedAt.IsZero() {
		return l.CreatedAt.Time
	}
	return l.StartedAt.Time
}

func (l logAnswer) backupID() string {
	x := l.Extra.Value
	switch l.OperationType {
	case wireBackup:
		return string(x.Backup.BackupID)
	case wireRestore:
		return string(x.Restore.BackupID)
	case wireDelete:
		return string(x.Delete.BackupID)
	}
	return ""
}

func (l logAnswer) status() backup.HistoryStatus {
	switch l.Status {
	case "success":
		return backup.HistorySucceeded
	case "failed", "timeout":
		return backup.HistoryFailed
	case "skipped":
		return backup.HistorySkipped
	}
	return backup.HistoryRunning
}

// failure is why a task failed, with the service's code.
func (l logAnswer) failure() string {
	why := l.Error.Value
	text := strings.TrimSpace(string(why.Message))
	if code := string(why.Code); code != "" && text != "" {
		text += " (code " + code + ")"
	}
	if text == "" && l.status() == backup.HistoryFailed {
		return "The service does not say why; its status is " + string(l.Status) + "."
	}
	return text
}

func (l logAnswer) progress() *int64 {
	n := l.Extra.Value.Common.Progress.Int()
	if n == nil {
		return nil
	}
	return new(min(max(*n, 0), 100))
}
