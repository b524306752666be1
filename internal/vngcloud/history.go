package vngcloud

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud/client"
)

// margin widens a time range that is sent, in case the service means another time of a run than we do.
const margin = 24 * time.Hour

// History lists runs, restores and what was done to locations, newest first. Deletions have no entry of
// their own: they show in the deletion status of the run.
func (s *Service) History(ctx context.Context, f backup.HistoryFilter) iter.Seq2[backup.HistoryEntry, error] {
	return collect(func() (list []backup.HistoryEntry, err error) {
		for _, source := range []struct {
			kind backup.HistoryKind
			read func(context.Context, backup.HistoryFilter) ([]backup.HistoryEntry, error)
		}{
			{backup.KindBackup, s.backupHistory},
			{backup.KindRestore, s.restoreHistory},
			{backup.KindLocation, s.locationHistory},
		} {
			if len(f.Kinds) > 0 && !slices.Contains(f.Kinds, source.kind) {
				continue
			}
			entries, err := source.read(ctx, f)
			if err != nil {
				return nil, err
			}
			list = append(list, entries...)
		}
		slices.SortStableFunc(list, func(a, b backup.HistoryEntry) int {
			return cmp.Or(b.StartedAt.Compare(a.StartedAt), strings.Compare(a.ID, b.ID))
		})
		return list, nil
	})
}

// historyStatus is a status of a point as one of a run.
func historyStatus(status backup.Status) backup.HistoryStatus {
	switch status {
	case backup.StatusAvailable:
		return backup.HistorySucceeded
	case backup.StatusError:
		return backup.HistoryFailed
	default:
		return backup.HistoryRunning
	}
}

func (s *Service) backupHistory(ctx context.Context, f backup.HistoryFilter) (list []backup.HistoryEntry, err error) {
	query := client.HistoryQuery{ServerID: f.ServerID, InstanceID: f.InstanceID}
	if !f.From.IsZero() {
		query.From = f.From.Add(-margin)
	}
	rows, err := s.api.History(ctx, query)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		p := pointOf(row)
		e := backup.HistoryEntry{
			ID: p.ID, Kind: backup.KindBackup, Status: historyStatus(p.Status), ServiceStatus: p.ServiceStatus, PointID: p.ID,
			ServerID: p.ServerID, ServerName: p.ServerName, InstanceID: p.InstanceID, PolicyID: p.PolicyID, LocationID: p.LocationID,
			Type: p.Type, ScheduleType: p.ScheduleType, SizeBytes: p.SizeBytes, StartedAt: p.CreatedAt, FinishedAt: p.FinishedAt,
			DeletionStatus: p.DeletionStatus, Error: p.Error,
		}
		// A word that nobody knows is a run that goes on only until it has an end [3.2].
		if e.Status == backup.HistoryRunning && !e.FinishedAt.IsZero() {
			e.Status = ""
		}
		if e.Status == backup.HistoryFailed && e.Error == "" {
			e.Error = noReason(e.ServiceStatus)
		}
		if f.Match(e) {
			list = append(list, e)
		}
	}
	return list, nil
}

func noReason(word string) string { return "The service gives no reason; it says " + word + "." }

func (s *Service) restoreHistory(ctx context.Context, f backup.HistoryFilter) (list []backup.HistoryEntry, err error) {
	rows, err := s.api.Restores(ctx, "", f.ServerID)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		r := restoreOf(row)
		e := backup.HistoryEntry{
			ID: row.ID, Kind: backup.KindRestore, Status: r.Status, ServiceStatus: string(row.Status), PointID: row.PointID,
			ServerID: row.ServerID, ServerName: row.ServerName, StartedAt: r.StartedAt, FinishedAt: r.FinishedAt, Error: r.Error,
		}
		if f.Match(e) {
			list = append(list, e)
		}
	}
	return list, nil
}

// locationHistory may be tens of thousands of rows without a location [2.5].
func (s *Service) locationHistory(ctx context.Context, f backup.HistoryFilter) (list []backup.HistoryEntry, err error) {
	if f.ServerID != "" || f.InstanceID != "" {
		return nil, nil // never matches
	}
	rows, err := s.api.LocationHistory(ctx, f.LocationID)
	if err != nil && !isNotFound(err) {
		return nil, err
	}
	for _, row := range rows {
		e := backup.HistoryEntry{
			ID: row.ID, Kind: backup.KindLocation, Status: backup.HistorySucceeded, ServiceStatus: string(row.Action), LocationID: row.LocationID,
			StartedAt: row.CreatedAt.Time, Error: string(row.ErrorMessage),
		}
		if strings.EqualFold(string(row.Status), "ERROR") {
			e.Status = backup.HistoryFailed
		}
		if f.Match(e) {
			list = append(list, e)
		}
	}
	return list, nil
}
