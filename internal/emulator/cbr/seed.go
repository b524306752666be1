package cbr

import (
	"fmt"
	"time"
)

// Seeded is how much a region is to begin with.
type Seeded struct {
	Vaults, ServersPerVault, BackupsPerServer int
}

// Seed fills a project with vaults of servers that were backed up by a policy every hour until now; every
// twentieth backup is full.
func (e *Emulator) Seed(projectID string, s Seeded) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p, now := e.project(projectID), e.Clock.Now()
	for i := range s.Vaults {
		v := &vault{
			id: newID(), name: fmt.Sprintf("vault-%03d", i), created: now, size: maxVaultSize, status: "available", tags: map[string]string{},
			consistent: "crash_consistent", charging: "post_paid", protect: "backup", policies: map[string]string{},
		}
		p.vaults = append(p.vaults, v)
		for j := range s.ServersPerVault {
			id := newID()
			server := Server{ID: id, Name: fmt.Sprintf("server-%03d-%03d", i, j), Disks: []Disk{{ID: derivedID(id), Name: "system", SizeGB: 40}}}
			e.servers[id] = server
			v.resources = append(v.resources, &resource{server: server, excluded: []string{}})
		}
	}
	for hour := range s.BackupsPerServer {
		at := now.Add(-time.Duration(s.BackupsPerServer-hour) * time.Hour)
		for _, v := range p.vaults {
			cp := &checkpoint{id: newID(), vault: v.id, name: fmt.Sprintf("autobk_%04x", hour), created: at}
			for _, res := range v.resources {
				cp.backups = append(cp.backups, &backup{
					id: newID(), checkpoint: cp.id, vault: v.id, name: cp.name, status: "available", created: at, updated: at.Add(time.Minute),
					server: res.server, disks: res.server.Disks, sourceGB: 40, sizeMB: 2048, incremental: hour%20 != 0, auto: true,
				})
			}
			p.checkpoints = append(p.checkpoints, cp)
			p.backups = append(p.backups, cp.backups...)
		}
	}
}
