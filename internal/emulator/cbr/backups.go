package cbr

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// zone is where all servers are.
const zone = "eu-de-01"

type backup struct {
	id, checkpoint, vault string
	name, description     string
	status                string
	created, updated      time.Time
	server                Server
	disks                 []Disk
	sourceGB              int
	sizeMB                int
	incremental           bool
	auto                  bool
}

// start begins the backup of one server. The first one of a server is always full.
func (p *project) start(cp *checkpoint, v *vault, res *resource, spec runSpec) *backup {
	first := !slices.ContainsFunc(p.backups, func(b *backup) bool { return b.server.ID == res.server.ID && b.status == "available" })
	b := &backup{
		id: newID(), checkpoint: cp.id, vault: v.id, name: cp.name, description: spec.description, status: "protecting",
		created: spec.at, updated: spec.at, server: res.server, disks: res.server.protected(res.excluded),
		sourceGB: res.server.size(res.excluded), incremental: spec.incremental && !first, auto: spec.auto,
	}
	p.backups = append(p.backups, b)
	p.Counts.BackupStarted(res.server.ID)
	log := &operationLog{
		kind: "backup", vault: v, server: res.server, excluded: res.excluded,
		checkpoint: cp.id, policy: spec.policy, backup: b,
	}
	p.begin(spec.at, res.server.ID, log, func(at time.Time, failure string) {
		b.updated = at
		if failure != "" {
			b.status = "error"
			return
		}
		b.status = "available"
		b.sizeMB = b.sourceGB * 1024 / 2
		if b.incremental {
			b.sizeMB = b.sourceGB * 1024 / 20
		}
		if b.auto {
			p.retain(v, b.server.ID, at)
		}
	})
	return b
}

func (p *project) backup(id string) (*backup, error) {
	if b := find(p.backups, func(b *backup) bool { return b.id == id }); b != nil {
		return b, nil
	}
	return nil, notFound("6200", "The backup "+id+" does not exist.")
}

// forget takes deleted backups out of the project and out of their checkpoints.
func (p *project) forget(gone []*backup) {
	isGone := func(b *backup) bool { return slices.Contains(gone, b) }
	p.backups = slices.DeleteFunc(p.backups, isGone)
	for _, cp := range p.checkpoints {
		cp.backups = slices.DeleteFunc(cp.backups, isGone)
	}
}

// listBackups knows the filters of §3.4 that concern servers.
func listBackups(p *project, r *http.Request) (int, any, error) {
	q := r.URL.Query()
	if parent := q.Get("parent_id"); parent != "" {
		b, err := p.backup(parent)
		if err != nil {
			return page(p, r, "backups", []object{}, func(o object) object { return o })
		}
		return page(p, r, "backups", p.children(b), func(o object) object { return o })
	}
	var rows []*backup
	for _, b := range p.backups {
		in, err := within(q, b.created)
		if err != nil {
			return 0, nil, err
		}
		if in && !p.Clock.Now().Before(b.created.Add(p.options.LateBackups)) &&
			(!q.Has("status") || slices.Contains(q["status"], b.status)) &&
			equal(q, "resource_id", b.server.ID) && p.named(q, "resource_name", b.server.Name) && p.named(q, "name", b.name) &&
			equal(q, "checkpoint_id", b.checkpoint) && equal(q, "vault_id", b.vault) &&
			equal(q, "resource_type", b.server.kind().resource) && equal(q, "image_type", "backup") && equal(q, "resource_az", zone) {
			rows = append(rows, b)
		}
	}
	if err := sortBackups(rows, q.Get("sort")); err != nil {
		return 0, nil, err
	}
	if marker := q.Get("marker"); marker != "" {
		i := slices.IndexFunc(rows, func(b *backup) bool { return b.id == marker })
		if i < 0 {
			return 0, nil, invalid("marker does not exist.")
		}
		rows = rows[i+1:]
	}
	return page(p, r, "backups", rows, func(b *backup) object { return p.showBackup(b, false) })
}

var sortKeys = map[string]func(a, b *backup) int{
	"created_at":   func(a, b *backup) int { return a.created.Compare(b.created) },
	"updated_at":   func(a, b *backup) int { return a.updated.Compare(b.updated) },
	"protected_at": func(a, b *backup) int { return a.created.Compare(b.created) },
	"name":         func(a, b *backup) int { return strings.Compare(a.name, b.name) },
	"status":       func(a, b *backup) int { return strings.Compare(a.status, b.status) },
	"id":           func(a, b *backup) int { return strings.Compare(a.id, b.id) },
}

// sortBackups sorts by keys such as created_at:desc; descending is the default.
func sortBackups(rows []*backup, keys string) error {
	if keys == "" {
		keys = "created_at"
	}
	var compare []func(a, b *backup) int
	for key := range strings.SplitSeq(keys, ",") {
		name, direction, _ := strings.Cut(key, ":")
		by, known := sortKeys[name]
		if !known || (direction != "" && direction != "asc" && direction != "desc") || len(keys) > 255 {
			return invalid("sort is invalid.")
		}
		if direction == "asc" {
			compare = append(compare, by)
		} else {
			compare = append(compare, func(a, b *backup) int { return by(b, a) })
		}
	}
	slices.SortStableFunc(rows, func(a, b *backup) int {
		for _, by := range compare {
			if c := by(a, b); c != 0 {
				return c
			}
		}
		return 0
	})
	return nil
}

func showBackup(p *project, r *http.Request) (int, any, error) {
	b, err := p.backup(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, object{"backup": p.showBackup(b, true)}, nil
}

func (p *project) showBackup(b *backup, children bool) object {
	extend := object{
		"auto_trigger": b.auto, "support_lld": true, "supported_restore_mode": "backup", "bootable": true,
		"snapshot_id": "", "contain_system_disk": true, "os_images_data": nil, "architecture": "x86_64",
	}
	shown := object{
		"id": b.id, "checkpoint_id": b.checkpoint, "vault_id": b.vault, "project_id": p.id, "provider_id": b.server.kind().provider,
		"name": b.name, "description": b.description, "status": b.status, "image_type": "backup",
		"created_at": p.stamp(b.created), "updated_at": p.stamp(b.updated), "protected_at": p.stamp(b.created), "expired_at": nil,
		"resource_id": b.server.ID, "resource_name": b.server.Name, "resource_type": b.server.kind().resource, "resource_az": zone,
		"resource_size": b.sourceGB, "children": []object{}, "extend_info": extend, "enterprise_project_id": 0,
	}
	if p.options.Huawei {
		shown["enterprise_project_id"] = "0" // as its own clients read it
	}
	if p.options.Incremental == IncrementalInBackup {
		extend["incremental"] = b.incremental
		if p.options.Huawei {
			delete(extend, "incremental")
			shown["incremental"] = b.incremental
		}
	}
	if children {
		shown["children"] = p.children(b)
	}
	return shown
}

// children are the backups of the disks of a server.
func (p *project) children(b *backup) []object {
	list := []object{}
	if b.server.kind() == diskKind {
		return list
	}
	for i, disk := range b.disks {
		child := object{
			"id": childID(b, disk), "parent_id": b.id, "checkpoint_id": b.checkpoint, "vault_id": b.vault, "project_id": p.id,
			"provider_id": diskKind.provider, "name": b.name + "_" + disk.Name, "status": b.status,
			"image_type": "backup", "created_at": p.stamp(b.created), "updated_at": p.stamp(b.updated),
			"resource_id": disk.ID, "resource_name": disk.Name, "resource_type": diskKind.resource, "resource_size": disk.SizeGB,
			"extend_info": object{"bootable": i == 0, "system_disk": i == 0, "snapshot_id": "", "encrypted": false},
		}
		list = append(list, child)
	}
	return list
}

func childID(b *backup, d Disk) string { return derivedID(b.id + "/" + d.ID) }

func deleteBackup(p *project, r *http.Request) (int, any, error) {
	b, err := p.backup(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	v, err := p.vault(b.vault)
	if err != nil {
		return 0, nil, err
	}
	switch {
	case v.status == "deleting":
		return 0, nil, badRequest("6202", "The vault is being deleted.")
	case b.status != "available" && b.status != "error":
		return 0, nil, badRequest("6201", "The backup status "+b.status+" does not allow deletion.")
	case v.locked && b.auto:
		return 0, nil, badRequest("6220", "The vault is locked; its automatic backups cannot be deleted.")
	case b.status == "available" && p.busy(b.server.ID) && p.newest(b):
		return 0, nil, badRequest("6216", "The backup is in use.")
	}
	p.remove(v, b, p.Clock.Now())
	return http.StatusNoContent, nil, nil
}

// condemn makes backups wait for their end, and returns what is done with them if it does not come.
func (p *project) condemn(backups []*backup) (spare func()) {
	before := make([]string, len(backups))
	for i, b := range backups {
		before[i], b.status = b.status, "deleting"
	}
	return func() {
		for i, b := range backups {
			b.status = p.survivor(before[i])
		}
	}
}

// survivor is the status of what could not be deleted.
func (p *project) survivor(before string) string {
	if p.options.SurvivorsAvailable {
		return before
	}
	return "error"
}

// remove deletes a backup.
func (p *project) remove(v *vault, b *backup, at time.Time) {
	spare := p.condemn([]*backup{b})
	log := &operationLog{kind: "delete", vault: v, server: b.server, checkpoint: b.checkpoint, backup: b}
	p.begin(at, "delete "+b.server.ID, log, func(_ time.Time, failure string) {
		if failure != "" {
			spare()
			return
		}
		p.forget([]*backup{b})
	})
}

// newest says whether no later backup of the same server is available.
func (p *project) newest(b *backup) bool {
	return !slices.ContainsFunc(p.backups, func(o *backup) bool {
		return o != b && o.server.ID == b.server.ID && o.status == "available" && o.created.After(b.created)
	})
}

func renameBackup(p *project, r *http.Request) (int, any, error) {
	request, err := read[struct{ Backup struct{ Name string } }](r)
	if err != nil {
		return 0, nil, err
	}
	b, err := p.backup(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	if !policyName.MatchString(request.Backup.Name) {
		return 0, nil, invalid("name must have 1 to 64 letters, digits, underscores and hyphens.")
	}
	b.name = request.Backup.Name
	return http.StatusOK, object{"backup": p.showBackup(b, true)}, nil
}

// storageUsage is §3.7; sizes are MB.
func storageUsage(p *project, r *http.Request) (int, any, error) {
	var rows []object
	for _, v := range p.vaults {
		for _, res := range v.resources {
			backups := p.backupsIn(v.id, res.server.ID)
			if equal(r.URL.Query(), "resource_id", res.server.ID) && len(backups) > 0 {
				rows = append(rows, object{
					"resource_id": res.server.ID, "resource_name": res.server.Name, "resource_type": res.server.kind().resource,
					"backup_count": len(backups), "backup_size": used(backups), "backup_size_multiaz": 0,
				})
			}
		}
	}
	total := len(rows)
	status, body, err := page(p, r, "storage_usage", rows, func(o object) object { return o })
	if list, ok := body.(object); ok {
		list["resource_count"] = total
		delete(list, "count")
	}
	return status, body, err
}

func vaultSummary(p *project, _ *http.Request) (int, any, error) {
	size := 0
	for _, v := range p.vaults {
		size += v.size
	}
	return http.StatusOK, object{"size": size, "used_size": used(p.backups)}, nil
}

// text spells booleans as operation logs do.
func text(b bool) string { return strconv.FormatBool(b) }
