package cbr

import (
	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// wireStatus are the service's words for each state (§3.4).
var wireStatus = map[backup.Status][]string{
	backup.StatusCreating:  {"waiting_protect", "protecting"},
	backup.StatusAvailable: {"available"},
	backup.StatusRestoring: {"waiting_restore", "restoring"},
	backup.StatusDeleting:  {"waiting_delete", stateDeleting},
	backup.StatusError:     {stateError},
}

// statusOf translates a state. A word that is not known is something that goes on: to call it an error
// would have the point replaced.
func statusOf(word string) backup.Status {
	for status, words := range wireStatus {
		for _, w := range words {
			if w == word {
				return status
			}
		}
	}
	return backup.StatusCreating
}

// point translates a backup. The service tells no size of a backup, and not when it was finished.
func (b backupAnswer) point() backup.Point {
	description, _ := cutMark(b.Description)
	info := b.ExtendInfo.Value
	p := backup.Point{
		ID:              string(b.ID),
		ServerID:        string(b.ResourceID),
		ServerName:      string(b.ResourceName),
		InstanceID:      string(b.ResourceID),
		Name:            string(b.Name),
		Description:     description,
		Status:          statusOf(string(b.Status)),
		ServiceStatus:   string(b.Status),
		Type:            typeOf(b.Incremental, info.Incremental),
		LocationID:      string(b.VaultID),
		CreatedAt:       b.CreatedAt.Time,
		SourceSizeBytes: times(b.ResourceSize.Int(), gigabyte),
		InstantRestore:  info.SupportLLD.Ptr(),
		DeletionStatus:  backup.DeletionPresent,
	}
	if auto := info.AutoTrigger; auto.Known {
		p.ScheduleType = backup.ScheduleManual
		if auto.Value {
			p.ScheduleType = backup.SchedulePolicy
		}
	}
	if !p.Status.Stable() {
		p.Progress = info.Progress.Int()
	}
	for _, child := range b.Children {
		p.Volumes = append(p.Volumes, child.volume(p))
	}
	return p
}

func (b backupAnswer) volume(p backup.Point) backup.VolumePoint {
	info := b.ExtendInfo.Value
	v := backup.VolumePoint{
		ID:              string(b.ID),
		Name:            string(b.Name),
		SourceID:        string(b.ResourceID),
		Status:          statusOf(string(b.Status)),
		Type:            typeOf(b.Incremental, info.Incremental),
		SourceSizeBytes: times(b.ResourceSize.Int(), gigabyte),
		Bootable:        info.SystemDisk.Ptr(),
	}
	if v.Bootable == nil {
		v.Bootable = info.Bootable.Ptr()
	}
	if v.Type == "" {
		v.Type = p.Type
	}
	return v
}

// typeOf is what the first member that is known says.
func typeOf(members ...huaweicloud.Bool) backup.PointType {
	for _, incremental := range members {
		switch {
		case !incremental.Known:
		case incremental.Value:
			return backup.TypeIncremental
		default:
			return backup.TypeFull
		}
	}
	return ""
}
