package cbr

import (
	"maps"
	"slices"
	"time"
)

// Limits of vaults (§3.2, §6.1).
const (
	minVaultSize      = 10
	maxVaultSize      = 10485760
	maxVaultResources = 256
	maxVaultTags      = 20
	maxNameLength     = 64
)

type vault struct {
	id, name, description string
	kind                  kind
	created               time.Time
	size                  int // GB
	status                string
	consistent, charging  string
	protect               string
	autoBind, autoExpand  bool
	locked                bool
	bindTags              []tag
	tags                  map[string]string
	resources             []*resource
	// policies by their operation type.
	policies map[string]string
}

// resource is a server in a vault, or a disk.
type resource struct {
	server       Server
	excluded     []string
	suspended    bool
	beingRemoved bool
}

type tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

func tagList(tags map[string]string) []tag {
	list := []tag{}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, tag{key, tags[key]})
	}
	return list
}

func (p *project) vault(id string) (*vault, error) {
	if v := find(p.vaults, func(v *vault) bool { return v.id == id }); v != nil {
		return v, nil
	}
	return nil, notFound("6105", "The vault "+id+" does not exist.")
}

// usable is vault for what a vault that is being deleted cannot do.
func (p *project) usable(id string) (*vault, error) {
	v, err := p.vault(id)
	if err == nil && v.status != "available" {
		err = badRequest("6112", "The vault status "+v.status+" does not allow this operation.")
	}
	return v, err
}

// resource returns the vault and the entry of a server.
func (p *project) resource(server string) (*vault, *resource) {
	for _, v := range p.vaults {
		if res := find(v.resources, func(r *resource) bool { return r.server.ID == server }); res != nil {
			return v, res
		}
	}
	return nil, nil
}

// backupsIn are the backups of a vault, of one server if one is named.
func (p *project) backupsIn(vault, server string) []*backup {
	var list []*backup
	for _, b := range p.backups {
		if b.vault == vault && (server == "" || b.server.ID == server) {
			list = append(list, b)
		}
	}
	return list
}

// used is in MB.
func used(backups []*backup) int {
	total := 0
	for _, b := range backups {
		total += b.sizeMB
	}
	return total
}

func (p *project) showVault(v *vault) object {
	all := p.backupsIn(v.id, "")
	byServer := map[string][]*backup{}
	for _, b := range all {
		byServer[b.server.ID] = append(byServer[b.server.ID], b)
	}
	allocated := 0
	resources := []object{}
	for _, r := range v.resources {
		size := r.server.size(r.excluded)
		allocated += size
		resources = append(resources, p.showResource(r, size, byServer[r.server.ID]))
	}
	bindRules := object{}
	if len(v.bindTags) > 0 {
		bindRules["tags"] = v.bindTags
	}
	shown := object{
		"id": v.id, "name": v.name, "description": v.description, "project_id": p.id, "provider_id": v.kind.provider,
		"created_at": p.stamp(v.created), "user_id": nil, "auto_bind": v.autoBind, "bind_rules": bindRules,
		"auto_expand": v.autoExpand, "locked": v.locked, "enterprise_project_id": "0", "tags": tagList(v.tags),
		"resources": resources,
		"billing": object{
			"allocated": allocated, "used": used(all), "size": v.size, "status": v.status,
			"spec_code": v.kind.spec, "charging_mode": v.charging, "cloud_type": "public",
			"consistent_level": v.consistent, "object_type": v.kind.object, "protect_type": v.protect,
			"order_id": nil, "product_id": nil, "storage_unit": "cbr-" + v.id[:8], "frozen_scene": nil,
		},
	}
	if p.options.NoVaultTags {
		delete(shown, "tags")
	}
	return shown
}

func (p *project) showResource(r *resource, size int, backups []*backup) object {
	shown := object{
		"id": r.server.ID, "name": r.server.Name, "type": r.server.kind().resource, "size": size,
		"protect_status": protectStatus(r, backups), "backup_size": used(backups), "backup_count": len(backups),
		"extra_info": object{"exclude_volumes": r.excluded},
	}
	if p.options.Huawei {
		shown["auto_protect"] = !r.suspended
	}
	return shown
}

func protectStatus(r *resource, backups []*backup) string {
	status := "available"
	for _, b := range backups {
		if b.status == "protecting" || b.status == "restoring" {
			status = b.status
		}
	}
	if r.beingRemoved {
		status = "removing"
	}
	return status
}
