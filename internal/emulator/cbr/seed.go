package cbr

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Variation is one form of the service.
type Variation struct {
	Name    string
	Options Options
}

// Variations are the forms that the service may have, the likeliest first.
func Variations() []Variation {
	return []Variation{
		{"open-telekom-cloud", Options{}},
		{"huawei-cloud", Options{Huawei: true}},
		{"exact-names", Options{ExactNames: true}},
		{"plain-numbers", Options{Numbers: NumbersPlain}},
		{"absent-numbers", Options{Numbers: NumbersAbsent}},
		{"naive-times", Options{NaiveTimes: true}},
		{"no-totals", Options{NoTotals: true}},
		{"type-in-the-log", Options{Incremental: IncrementalInLog}},
		{"type-nowhere", Options{Incremental: IncrementalNowhere}},
		{"policy-ignored-on-create", Options{IgnorePolicyOnCreate: true}},
		{"policy-replaced", Options{ReplacePolicy: true}},
		{"no-empty-schedule", Options{NoEmptySchedule: true}},
		{"periods-need-a-count", Options{PeriodsNeedCount: true}},
		{"no-vault-tags", Options{NoVaultTags: true}},
		{"logs-oldest-first", Options{LogsOldestFirst: true}},
		{"logs-forgotten", Options{ForgetLogs: true}},
		{"skipped-with-a-reason", Options{Skipped: SkippedReason}},
		{"skipped-in-the-answer", Options{Skipped: SkippedListed}},
		{"late-backups", Options{LateBackups: 8 * time.Second}},
		{"known-servers", Options{KnownServers: true}},
	}
}

// Seeded is how much a region is to begin with.
type Seeded struct {
	Vaults           int `json:"vaults"`
	ServersPerVault  int `json:"servers_per_vault"`
	BackupsPerServer int `json:"backups_per_server"`
}

// Plant reads what a project is to begin with from JSON: servers, and vaults to fill it with.
func (e *Emulator) Plant(projectID string, file io.Reader) error {
	var seed struct {
		Servers []Server `json:"servers"`
		Fill    Seeded   `json:"fill"`
	}
	decoder := json.NewDecoder(file)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&seed); err != nil {
		return err
	}
	for _, s := range seed.Servers {
		if !isUUID(s.ID) || s.Name == "" || len(s.Disks) == 0 {
			return fmt.Errorf("the server %q needs a UUID as id, a name and disks", s.ID)
		}
		e.AddServer(s)
	}
	e.Seed(projectID, seed.Fill)
	return nil
}

// Seed fills a project with vaults of servers that were backed up by a policy every hour until now; every
// twentieth backup is full.
func (e *Emulator) Seed(projectID string, s Seeded) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p, now := e.project(projectID), e.Clock.Now()
	for i := range s.Vaults {
		v := &vault{
			id: newID(), kind: serverKind, name: fmt.Sprintf("vault-%03d", i), created: now, size: maxVaultSize, status: "available", tags: map[string]string{},
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
