package vngcloud

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud/client"
)

// A restore has the id of what it makes: that is known at once, while its row in the history, which has
// an id of its own, comes later.

// restoreOf reads a row of the restore history. The word for success was seen in samples only, and the
// time of the end may be missing of one that succeeded [2.5].
func restoreOf(w client.RestoreRow) backup.Restore {
	r := backup.Restore{
		ID: cmp.Or(w.NewInstanceID, w.NewVolumeID), PointID: w.PointID, Status: backup.HistoryRunning,
		StartedAt: w.CreatedAt.Time, FinishedAt: w.FinishAt.Time, Error: string(w.ErrorMessage),
	}
	r.RestoredID = r.ID
	switch strings.ToUpper(string(w.Status)) {
	case "ERROR", "FAILED":
		r.Status = backup.HistoryFailed
	case "SUCCESS", "SUCCEEDED", "ACTIVE", "AVAILABLE", "COMPLETED", "DONE", "RESTORED":
		r.Status = backup.HistorySucceeded
	default:
		if !r.FinishedAt.IsZero() {
			r.Status = backup.HistorySucceeded
		}
	}
	switch {
	case r.Error != "":
		r.Status = backup.HistoryFailed
	case r.Status == backup.HistoryFailed:
		r.Error = noReason(string(w.Status))
	}
	return r
}

// StartRestore makes a new server or volume, which costs money. It is never asked for twice.
func (s *Service) StartRestore(ctx context.Context, r backup.RestoreRequest) (backup.Restore, error) {
	if ctx.Err() != nil {
		return backup.Restore{}, context.Cause(ctx)
	}
	p, err := s.available(ctx, r.PointID)
	if err != nil {
		return backup.Restore{}, err
	}
	if err := refuse(s.CheckRestore(ctx, r)); err != nil {
		return backup.Restore{}, err
	}
	h, err := s.where(ctx)
	if err != nil {
		return backup.Restore{}, err
	}
	o, extra, _ := restoreOptions(r)
	body, err := s.restoreBody(ctx, p, o, extra)
	if err != nil {
		return backup.Restore{}, err
	}
	before, err := s.api.Restores(ctx, p.ID, "")
	if err != nil {
		return backup.Restore{}, err
	}
	start := s.api.RestoreServer
	if o.Volume != nil {
		start = s.api.RestoreVolume
	}
	started := s.cfg.Now().UTC()
	id, err := start(ctx, h.project, body)
	if err != nil && !errors.Is(err, client.ErrAmbiguous) {
		return backup.Restore{}, err
	}
	if id == "" {
		if id, err = s.madeRestore(context.WithoutCancel(ctx), p.ID, before, err); err != nil {
			return backup.Restore{}, err
		}
	}
	restore := backup.Restore{ID: id, RestoredID: id, PointID: p.ID, Status: backup.HistoryRunning, StartedAt: started}
	s.mu.Lock()
	s.restores[id] = restore
	s.mu.Unlock()
	return restore, nil
}

// madeRestore looks for what a restore made whose answer was lost.
func (s *Service) madeRestore(ctx context.Context, pointID string, before []client.RestoreRow, lost error) (id string, err error) {
	_, err = s.poll(ctx, lookups, func() (bool, error) {
		rows, err := s.api.Restores(ctx, pointID, "")
		for _, row := range rows {
			isNew := !slices.ContainsFunc(before, func(old client.RestoreRow) bool { return old.ID == row.ID })
			if made := restoreOf(row).ID; isNew && made != "" {
				id = made
			}
		}
		return id != "", err
	})
	if id == "" {
		return "", errors.Join(backup.Errorf(nil, "It is not known whether the restore was started, and the restore history of the point %s does not show it. "+
			"Look for a new server or volume in the console before applying again.", pointID), err, lost)
	}
	return id, nil
}

// Restore returns a restore as it is now. Until its row appears, the server that it makes tells.
func (s *Service) Restore(ctx context.Context, id string) (backup.Restore, error) {
	s.mu.Lock()
	known, ours := s.restores[id]
	s.mu.Unlock()
	rows, err := s.api.Restores(ctx, known.PointID, "")
	if err != nil {
		return backup.Restore{}, err
	}
	for _, row := range rows {
		if r := restoreOf(row); r.ID == id && id != "" {
			return r, nil
		}
	}
	missing := backup.Errorf(backup.ErrNotFound, "There is no restore that made %q in this region.", id)
	if !strings.HasPrefix(id, "ins-") {
		if ours {
			return known, nil
		}
		return backup.Restore{}, missing
	}
	return s.restoredInstance(ctx, id, known, missing)
}

// restoredInstance reads a restore off the server that it makes.
func (s *Service) restoredInstance(ctx context.Context, id string, known backup.Restore, missing error) (backup.Restore, error) {
	h, err := s.where(ctx)
	if err != nil {
		return backup.Restore{}, err
	}
	i, err := s.api.Instance(ctx, h.project, id)
	if isNotFound(err) {
		return backup.Restore{}, missing
	}
	if err != nil {
		return backup.Restore{}, err
	}
	known.ID, known.RestoredID = id, id
	switch strings.ToUpper(string(i.Status)) {
	case "STOPPED", "ACTIVE":
		known.Status = backup.HistorySucceeded
	case "ERROR":
		known.Status, known.Error = backup.HistoryFailed, fmt.Sprintf("The new server %s is in status %s.", id, i.Status)
	default:
		known.Status = backup.HistoryRunning
	}
	return known, nil
}
