package csbs

import (
	"maps"
	"slices"

	"github.com/google/uuid"
)

// Speeds in MB/s and savings in percent. Those of disks are integers, and those of a backup their mean, which
// can have a fraction (§2.1, §2.2).
const (
	diskSpeed, diskSaving = 30, 2
	meanSpeed, meanSaving = 29.9, 1.5
)

// show is the whole backup (§2.2).
func (e *Emulator) show(it *item) object {
	now := e.Clock.Now()
	progress := 100
	if it.status != available && it.status != failed {
		progress = it.job.Progress(now)
	}
	incremental := it.incremental
	if e.Switches.IncrementalMeansEnhanced {
		incremental = it.enhanced
	}
	size, volumes := 0, []object{}
	for _, v := range it.volumes {
		mb := v.mb
		if e.Switches.CumulativeSize {
			mb = v.disk.written
		}
		size += mb
		volumes = append(volumes, object{
			"id": v.id, "name": it.name + "_" + v.disk.name, "status": "available",
			"source_volume_id": v.disk.id, "source_volume_name": v.disk.name, "source_volume_size": v.disk.gb,
			"size": mb, "snapshot_id": uuid.NewSHA1(uuid.Nil, []byte(v.id)).String(), "bootable": v.disk.system,
			"incremental": it.incremental, "average_speed": diskSpeed, "space_saving_ratio": diskSaving, "image_type": "backup",
		})
	}
	mode := map[string]string{available: "backup"}[it.status]
	if mode == "" {
		mode = "na"
	}
	failCode := object{}
	if it.failOp != "" {
		failCode = object{"Code": 9999, "Description": it.failReason}
	}
	var images []object
	if it.image {
		images = []object{{"image_id": uuid.NewSHA1(uuid.Nil, []byte(it.id)).String()}}
	}
	return object{
		"id": it.id, "checkpoint_id": it.checkpoint, "name": it.name, "description": it.description, "status": it.status,
		"created_at": stamp(it.created), "updated_at": stamp(it.updated), "protected_at": stamp(it.created.Add(-4 * 60e9)),
		"expired_at": nil, "progress": nil, "periodic_type": nil, "replication_records": []any{},
		"resource_id": it.server.id, "resource_type": "OS::Nova::Server", "tags": tagList(it.tags),
		"backup_data": object{
			"__openstack_region_name": "eu-de-01", "cloudservicetype": "QEMU", "disk": 0, "imagetype": "gold",
			"ram": 4096, "vcpus": 2, "eip": "", "private_ip": "192.168.0.10",
		},
		"extend_info": object{
			"auto_trigger": it.auto, "progress": progress, "size": size, "dec_size": 0, "average_speed": meanSpeed, "space_saving_ratio": meanSaving,
			"incremental": incremental, "support_lld": it.enhanced, "supported_restore_mode": mode,
			"resource_az": "eu-de-01", "resource_name": it.server.Name, "resource_type": "OS::Nova::Server", "image_type": "backup",
			"finished_at": stamp(it.finished), "taskid": it.checkpoint, "hypervisor_type": "QEMU", "copy_from": nil, "copy_status": "na",
			"fail_op": it.failOp, "fail_reason": it.failReason, "fail_code": failCode, "os_images_data": images, "volume_backups": volumes,
		},
	}
}

// listed is the backup as lists have it.
func (e *Emulator) listed(it *item) object {
	row := e.show(it)
	if e.Switches.Reduced {
		delete(row, "created_at")
		delete(row, "tags")
		if info, ok := row["extend_info"].(object); ok {
			delete(info, "volume_backups")
		}
	}
	return row
}

func tagList(tags map[string]string) []tag {
	list := []tag{}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, tag{key, tags[key]})
	}
	return list
}
