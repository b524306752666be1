package csbs

import (
	"fmt"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// statuses are the states of an item in the words of the domain (§4).
var statuses = map[string]backup.Status{
	waitingProtect: backup.StatusCreating,
	protecting:     backup.StatusCreating,
	available:      backup.StatusAvailable,
	waitingRestore: backup.StatusRestoring,
	restoring:      backup.StatusRestoring,
	failed:         backup.StatusError,
	waitingDelete:  backup.StatusDeleting,
	deleting:       backup.StatusDeleting,
}

const (
	mib = 1 << 20
	gib = 1 << 30
)

// point is an item as a point of the domain.
func (i item) point() backup.Point {
	info := i.ExtendInfo
	p := backup.Point{
		ID: i.ID, ServerID: i.ResourceID, InstanceID: i.ResourceID, ServerName: string(info.ResourceName),
		Name: i.Name, Description: string(i.Description),
		Status: statuses[i.Status], ServiceStatus: i.Status,
		CreatedAt: i.CreatedAt.Time, Tags: i.userTags(), InstantRestore: info.LazyLoading.Ptr(),
	}
	if p.Status == "" {
		// A state that the reference does not know: it is no backup to rely on.
		p.Status = backup.StatusError
		p.Error = fmt.Sprintf("The service reports status %q, which this version does not know.", i.Status)
	}
	if info.AutoTrigger.Known {
		p.ScheduleType = backup.ScheduleManual
		if info.AutoTrigger.Value {
			p.ScheduleType = backup.SchedulePolicy
		}
	}
	if p.Status == backup.StatusError {
		p.Error = first(p.Error, i.failure())
	}
	// A backup that is still being taken, or that failed, became nothing.
	if p.Status != backup.StatusCreating && (i.Status != failed || info.FailOp != "backup") {
		p.Type, p.SizeBytes = i.pointType(), scaled(info.Size, mib)
	}
	if p.Status != backup.StatusCreating {
		p.FinishedAt = info.FinishedAt.Time
	}
	if !p.Status.Stable() {
		p.Progress = percent(info.Progress)
	}
	i.addVolumes(&p)
	return p
}

// pointType is what the backup became: a backup of which no disk is incremental is full (§4). The word of
// the item itself is documented in two ways (§7.2, 3), so that it counts only without disks.
func (i item) pointType() backup.PointType {
	incremental := i.ExtendInfo.Incremental
	for _, v := range i.ExtendInfo.Volumes {
		if v.Incremental.Known {
			if incremental = v.Incremental; incremental.Value {
				break
			}
		}
	}
	return typeOf(incremental)
}

func typeOf(incremental huaweicloud.Bool) backup.PointType {
	switch {
	case !incremental.Known:
		return ""
	case incremental.Value:
		return backup.TypeIncremental
	}
	return backup.TypeFull
}

func (i item) addVolumes(p *backup.Point) {
	var source int64
	for _, v := range i.ExtendInfo.Volumes {
		size := scaled(v.SourceVolumeSize, gib)
		p.Volumes = append(p.Volumes, backup.VolumePoint{
			ID: v.ID, Name: string(v.Name), SourceID: v.SourceVolumeID, Status: statuses[v.Status], Type: typeOf(v.Incremental),
			SizeBytes: scaled(v.Size, mib), SourceSizeBytes: size, Bootable: v.Bootable.Ptr(),
		})
		if size == nil {
			return
		}
		source += *size
	}
	if len(p.Volumes) > 0 {
		p.SourceSizeBytes = &source
	}
}

// failure is why the last job of an item failed.
func (i item) failure() string {
	info := i.ExtendInfo
	code := info.FailCode.Value
	why := first(string(info.FailReason), string(code.Description), "the service does not say why")
	if code.Code != "" {
		why += " (code " + string(code.Code) + ")"
	}
	what := map[string]string{"backup": "The backup failed", "restore": "A restore failed", "delete": "The deletion failed"}[string(info.FailOp)]
	return first(what, "The point is in error") + ": " + strings.TrimSuffix(why, ".") + "."
}

// userTags are the tags without the mark of this provider.
func (i item) userTags() map[string]string {
	if i.Tags == nil {
		return nil
	}
	tags := tagMap(*i.Tags)
	delete(tags, markKey)
	if len(tags) == 0 {
		return nil
	}
	return tags
}

// mark is the mark of this provider, see [Service.StartPoint].
func (i item) mark() string {
	if i.Tags == nil {
		return ""
	}
	return tagMap(*i.Tags)[markKey]
}

func scaled(n huaweicloud.Number, unit int64) *int64 {
	v := n.Int()
	if v == nil || *v < 0 || *v > 1<<40 {
		return nil
	}
	return new(*v * unit)
}

func percent(n huaweicloud.Number) *int64 {
	v := n.Int()
	if v == nil {
		return nil
	}
	return new(min(max(*v, 0), 100))
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
