package local

import (
	"context"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// addForeign makes points of the snapshots that another program took of a server's sources: each one is a
// point of its own. One that is pinned was kept by hand, and is manual; any other is of a schedule. They
// have no record until one of them is changed or deleted, which is then history.
func (s *Service) addForeign(ctx context.Context, ix *index, location string, listing *engine.Listing) error {
	servers := make(map[engine.Source]serverRecord)
	for _, r := range ix.servers.rows {
		for _, path := range r.value.Options.Sources {
			servers[r.value.Options.source(path)] = r.value
		}
	}
	list, err := listing.Foreign(ctx, func(source engine.Source) bool {
		_, ok := servers[source]
		return ok
	})
	if err != nil {
		return err
	}
	for _, f := range list {
		rec, known := ix.runs.get(f.ID)
		if known && !rec.DeletedAt.IsZero() {
			continue // being deleted
		}
		if !known {
			rec = foreignRecord(f, servers[f.Source], location)
		}
		rec.ScheduleType = backup.SchedulePolicy
		if f.Pinned {
			rec.ScheduleType = backup.ScheduleManual
		}
		ix.runs.rows[f.ID] = row[runRecord]{ix.runs.rows[f.ID].version, rec}
		ix.snapshots.set(rec.LocationID, rec.ID, rec.Volumes)
	}
	return nil
}

func foreignRecord(f engine.Foreign, srv serverRecord, location string) runRecord {
	return runRecord{
		ID: f.ID, ServerID: srv.ID, ServerName: srv.Name, Description: f.Description,
		State: runComplete, LocationID: location,
		StartedAt: f.StartTime, RenewedAt: f.StartTime, FinishedAt: f.EndTime,
		Volumes: []volumeRecord{{
			ID: engine.ForeignVolume(f.ID), Source: f.Source.Path, SizeBytes: f.SizeBytes, Complete: true, Image: f.Image,
		}},
	}
}

// foreignLocations are the locations beside the main one in which another program may take points.
func (ix *index) foreignLocations() map[string]bool {
	ids := make(map[string]bool)
	for _, r := range ix.servers.rows {
		if r.value.LocationID != mainLocation {
			ids[r.value.LocationID] = true
		}
	}
	return ids
}
