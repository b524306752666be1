package vngcloud

import (
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud/client"
)

// statusOf says what the words of the service mean [3.2]. The set of words is open: one that nobody knows
// is a point of which nobody knows whether it can be restored, so it is not called available, and not an
// error that would be replaced.
func statusOf(word, failure client.Text) backup.Status {
	switch strings.ToUpper(string(word)) {
	case "ACTIVE", "SUCCESS":
		if failure != "" {
			return backup.StatusError
		}
		return backup.StatusAvailable
	case "ERROR", "FAILED":
		return backup.StatusError
	case "RESTORING":
		return backup.StatusRestoring
	case "DELETING":
		return backup.StatusDeleting
	}
	if failure != "" {
		return backup.StatusError
	}
	return backup.StatusCreating
}

// typeOf reads type and schedule type off the policy of a run [3.3]; what it does not say is not known.
func typeOf(p client.PolicySnapshot) (t backup.PointType, by backup.ScheduleType) {
	kind := strings.ToUpper(string(p.BackupType))
	switch {
	case strings.HasSuffix(kind, "FULL"):
		t = backup.TypeFull
	case strings.Contains(kind, "INCREMENTAL"):
		t = backup.TypeIncremental
	}
	if strings.HasPrefix(kind, "MANUAL_") {
		by = backup.ScheduleManual
	}
	for _, mode := range p.Modes {
		if strings.EqualFold(mode, "manual") {
			by = backup.ScheduleManual
		} else if by == "" {
			by = backup.SchedulePolicy
		}
	}
	return t, by
}

// deletionOf reads a deletion status, of which only the empty one is known by the letter [3.4].
func deletionOf(word client.Text) backup.DeletionStatus {
	letters := strings.Map(func(r rune) rune {
		if r < 'A' || r > 'Z' {
			return -1
		}
		return r
	}, strings.ToUpper(string(word)))
	switch {
	case letters == "" || letters == "EMPTY":
		return backup.DeletionPresent
	case strings.Contains(letters, "SOFT"):
		return backup.DeletionSoftDeleted
	case strings.HasPrefix(letters, "DELETE"):
		return backup.DeletionDeleted
	}
	return ""
}

// pointOf is a point, or a row of the history, as the domain sees it.
func pointOf(w client.Point) backup.Point {
	p := backup.Point{
		ID: w.ID, ServerID: w.ServerID, ServerName: w.ServerName, InstanceID: w.InstanceID,
		Status: statusOf(w.Status, w.ErrorMessage), ServiceStatus: string(w.Status), Error: string(w.ErrorMessage),
		LocationID: string(w.DestinationID), LocationName: w.Snapshot.Value.Name,
		CreatedAt: w.SnapshotTime.Time, FinishedAt: w.FinishTime.Time,
		SizeBytes: w.Usage.Int64(), SourceSizeBytes: w.Size.Int64(), DeletionStatus: deletionOf(w.DeletionStatus),
	}
	p.Type, p.ScheduleType = typeOf(w.Policy.Value)
	if p.ScheduleType != backup.ScheduleManual {
		if p.PolicyID = string(w.PolicyID); p.PolicyID == "" {
			p.PolicyID = string(w.Policy.Value.ID)
		}
	}
	if p.CreatedAt.IsZero() {
		p.CreatedAt = w.CreatedAt.Time
	}
	if w.Destination != nil {
		p.LocationID, p.LocationName = w.Destination.ID, w.Destination.Name
	}
	if p.LocationID == "" {
		p.LocationID = w.Snapshot.Value.ID
	}
	for _, v := range w.Volumes {
		p.Volumes = append(p.Volumes, volumeOf(v, p))
	}
	return p
}

func volumeOf(v client.VolumePoint, p backup.Point) backup.VolumePoint {
	out := backup.VolumePoint{
		ID: v.ID(), Name: string(v.Name), SourceID: v.VolumeID, Status: p.Status, Type: p.Type,
		SizeBytes: v.VolumeUsage.Int64(), SourceSizeBytes: v.SourceBytes(), Bootable: v.Bootable,
	}
	if v.Status != "" {
		out.Status = statusOf(v.Status, "")
	}
	return out
}
