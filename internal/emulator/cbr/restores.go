package cbr

import (
	"net/http"
	"time"
)

type restoreBody struct {
	ServerID string `json:"server_id"`
	PowerOn  *bool  `json:"power_on"`
	Mappings []struct {
		BackupID string `json:"backup_id"`
		VolumeID string `json:"volume_id"`
	} `json:"mappings"`
}

// Restored is a restore that ended well, for tests to look at.
type Restored struct {
	BackupID, ServerID string
	PowerOn            bool
	// Volumes are the disks that were written, by the disk backup.
	Volumes map[string]string
}

func restoreBackup(p *project, r *http.Request) (int, any, error) {
	request, err := read[struct{ Restore restoreBody }](r)
	if err != nil {
		return 0, nil, err
	}
	body := request.Restore
	b, err := p.backup(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	v, err := p.vault(b.vault)
	if err != nil {
		return 0, nil, err
	}
	if b.server.kind() != serverKind {
		return 0, nil, badRequest("6102", "The resource type is not supported.")
	}
	if b.status != "available" {
		return 0, nil, badRequest("2005", "The backup status "+b.status+" does not allow a restore.")
	}
	target, err := p.server(body.ServerID)
	if err != nil {
		return 0, nil, badRequest("2007", "The server does not exist.")
	}
	if p.busy(target.ID) {
		return 0, nil, badRequest("2010", "The server is being backed up or restored.")
	}
	done := Restored{BackupID: b.id, ServerID: target.ID, PowerOn: body.PowerOn == nil || *body.PowerOn, Volumes: map[string]string{}}
	for _, m := range body.Mappings {
		done.Volumes[m.BackupID] = m.VolumeID
	}
	if err := checkMappings(b, target, done.Volumes); err != nil {
		return 0, nil, err
	}
	b.status = "restoring"
	logged := b.server
	if p.options.RestoreLogsTarget {
		logged = target
	}
	log := p.begin(p.Clock.Now(), "restore "+b.server.ID, &operationLog{
		kind: "restore", vault: v, server: logged, checkpoint: b.checkpoint, backup: b, target: target,
	}, func(at time.Time, failure string) {
		b.status, b.updated = "available", at
		if failure == "" {
			p.restored = append(p.restored, done)
		}
	})
	if p.options.Huawei {
		return http.StatusAccepted, object{"job_id": log.id}, nil
	}
	return http.StatusAccepted, nil, nil
}

// checkMappings wants every disk of a backup on a disk of the server that can take it (§3.11).
func checkMappings(b *backup, target Server, mapping map[string]string) error {
	for i, disk := range b.disks {
		volume, ok := mapping[childID(b, disk)]
		if !ok {
			return badRequest("2012", "Not all disks of the backup are mapped.")
		}
		found := false
		for j, d := range target.Disks {
			if d.ID != volume {
				continue
			}
			found = true
			switch {
			case d.SizeGB < disk.SizeGB:
				return badRequest("2001", "The target disk is smaller than the backup.")
			case i > 0 && j == 0:
				return badRequest("2013", "A data disk cannot be restored to a system disk.")
			}
		}
		if !found {
			return badRequest("2009", "The target disk is not attached to the server.")
		}
	}
	if len(mapping) != len(b.disks) {
		return badRequest("2012", "A mapping names a disk backup that is not part of the backup.")
	}
	return nil
}

// Restores returns the restores of a project that ended well.
func (e *Emulator) Restores(projectID string) []Restored {
	e.mu.Lock()
	defer e.mu.Unlock()
	p := e.project(projectID)
	p.settle(e.Clock.Now())
	return append([]Restored{}, p.restored...)
}
