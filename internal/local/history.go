package local

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// History lists runs, deletions and restores newest first. They stay when the point is gone.
func (s *Service) History(ctx context.Context, f backup.HistoryFilter) iter.Seq2[backup.HistoryEntry, error] {
	return collect(func() (list []backup.HistoryEntry, err error) {
		err = s.view(ctx, backup.Cached, func(ix *index) error {
			add := func(r runRecord) {
				for _, e := range s.entries(ix, r) {
					if f.Match(e) {
						list = append(list, e)
					}
				}
			}
			for _, r := range ix.runs.rows {
				add(r.value)
			}
			for _, r := range ix.restores.rows {
				if e := s.restoreEntry(ix, r.value); f.Match(e) {
					list = append(list, e)
				}
			}
			return ix.rolledUp(f, add)
		})
		slices.SortFunc(list, func(a, b backup.HistoryEntry) int {
			if c := b.StartedAt.Compare(a.StartedAt); c != 0 {
				return c
			}
			return strings.Compare(b.ID, a.ID)
		})
		return list, err
	})
}

// entries are the run and, if its point was deleted, the deletion.
func (s *Service) entries(ix *index, r runRecord) []backup.HistoryEntry {
	entry := backup.HistoryEntry{
		ID:            r.ID,
		Kind:          backup.KindBackup,
		ServiceStatus: string(r.State),
		PointID:       r.ID,
		ServerID:      r.ServerID,
		ServerName:    r.ServerName,
		PolicyID:      r.PolicyID,
		LocationID:    r.LocationID,
		Type:          r.Type,
		ScheduleType:  r.ScheduleType,
		StartedAt:     r.StartedAt,
		FinishedAt:    r.FinishedAt,
		Error:         r.Error,
	}
	if r.State == runSkipped {
		entry.Status, entry.PointID = backup.HistorySkipped, ""
		return []backup.HistoryEntry{entry}
	}
	var size int64
	for _, v := range r.Volumes {
		size += v.SizeBytes
	}
	if len(r.Volumes) > 0 {
		entry.SizeBytes = &size
	}
	switch r.State {
	case runComplete:
		entry.Status = backup.HistorySucceeded
	case runRunning:
		entry.Status = backup.HistoryRunning
	default:
		entry.Status = backup.HistoryFailed
	}
	p, exists := s.point(ix, r)
	entry.DeletionStatus = p.DeletionStatus
	if ix.snapshots.broken[r.LocationID] != nil && p.DeletionStatus == backup.DeletionPresent {
		entry.DeletionStatus = "" // nothing is known of it now
	}
	switch {
	case !exists:
		entry.DeletionStatus = backup.DeletionDeleted
		if r.State == runRunning {
			entry.Status, entry.ServiceStatus = backup.HistoryFailed, string(runDiscarded)
		}
	case r.State == runRunning && p.Status == backup.StatusError:
		entry.Status, entry.ServiceStatus, entry.Error = backup.HistoryFailed, p.ServiceStatus, p.Error
	}
	deletedAt := r.BinnedAt
	if deletedAt.IsZero() {
		deletedAt = r.DeletedAt
	}
	if deletedAt.IsZero() {
		return []backup.HistoryEntry{entry}
	}
	deletion := entry
	deletion.ID = r.ID + "-delete"
	deletion.Kind = backup.KindDelete
	deletion.Status, deletion.ServiceStatus, deletion.Error = backup.HistorySucceeded, string(runComplete), ""
	deletion.StartedAt, deletion.FinishedAt = deletedAt, deletedAt
	return []backup.HistoryEntry{entry, deletion}
}
