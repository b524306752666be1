package cbr

import (
	"net/http"
	"time"
)

type resourceBody struct {
	ID        string `json:"id"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	ExtraInfo struct {
		ExcludeVolumes []string `json:"exclude_volumes"`
	} `json:"extra_info"`
}

// admit makes entries of servers that are to come into a vault.
func (p *project) admit(v *vault, bodies []resourceBody) ([]*resource, error) {
	var added []*resource
	if len(v.resources)+len(bodies) > maxVaultResources {
		return nil, badRequest("6100", "The vault has too many resources.")
	}
	for _, body := range bodies {
		if body.Type != v.kind.resource {
			return nil, badRequest("6102", "The resource type is not supported.")
		}
		server, err := p.server(body.ID)
		if v.kind == diskKind {
			server, err = p.disk(body.ID, body.Name)
		}
		if err != nil {
			return nil, err
		}
		if held, _ := p.resource(body.ID); held != nil {
			return nil, badRequest("6103", "The resource "+body.ID+" is already in the vault "+held.id+".")
		}
		for _, disk := range body.ExtraInfo.ExcludeVolumes {
			if !contains(diskIDs(server), disk) {
				return nil, notFound("7000", "The disk "+disk+" does not exist.")
			}
		}
		if len(server.protected(body.ExtraInfo.ExcludeVolumes)) == 0 {
			return nil, invalid("All disks of the server are excluded.")
		}
		added = append(added, &resource{server: server, excluded: append([]string{}, body.ExtraInfo.ExcludeVolumes...)})
	}
	return added, nil
}

func diskIDs(s Server) []string {
	var ids []string
	for _, d := range s.Disks {
		ids = append(ids, d.ID)
	}
	return ids
}

func addResources(p *project, r *http.Request) (int, any, error) {
	request, err := read[struct{ Resources []resourceBody }](r)
	if err != nil {
		return 0, nil, err
	}
	v, err := p.usable(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	if len(request.Resources) == 0 {
		return 0, nil, invalid("resources must not be empty.")
	}
	added, err := p.admit(v, request.Resources)
	if err != nil {
		return 0, nil, err
	}
	v.resources = append(v.resources, added...)
	ids := []string{}
	for _, res := range added {
		ids = append(ids, res.server.ID)
	}
	return http.StatusOK, object{"add_resource_ids": ids}, nil
}

// held returns the entries of servers that a vault must have.
func (p *project) held(v *vault, ids []string) ([]*resource, error) {
	var list []*resource
	for _, id := range ids {
		res := find(v.resources, func(r *resource) bool { return r.server.ID == id })
		if res == nil {
			return nil, badRequest("6135", "The resource "+id+" is not in the vault.")
		}
		if res.beingRemoved {
			return nil, badRequest("6134", "The resource "+id+" is being removed.")
		}
		list = append(list, res)
	}
	if len(list) == 0 {
		return nil, invalid("resource_ids must not be empty.")
	}
	return list, nil
}

// removeResources takes servers out of a vault. Their backups are deleted with that (§6.4).
func removeResources(p *project, r *http.Request) (int, any, error) {
	request, err := read[struct {
		IDs []string `json:"resource_ids"`
	}](r)
	if err != nil {
		return 0, nil, err
	}
	v, err := p.usable(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	resources, err := p.held(v, request.IDs)
	if err != nil {
		return 0, nil, err
	}
	for _, res := range resources {
		if err := removable(v, p.backupsIn(v.id, res.server.ID)); err != nil {
			return 0, nil, err
		}
	}
	for _, res := range resources {
		backups := p.backupsIn(v.id, res.server.ID)
		res.beingRemoved = true
		spare := p.condemn(backups)
		log := &operationLog{kind: removal, vault: v, server: res.server, total: len(backups)}
		p.begin(p.Clock.Now(), removal+" "+res.server.ID, log, func(_ time.Time, failure string) {
			if failure != "" {
				res.beingRemoved = false
				spare()
				return
			}
			p.forget(backups)
			v.resources = without(v.resources, res)
		})
	}
	p.settle(p.Clock.Now())
	return http.StatusOK, object{"remove_resource_ids": request.IDs}, nil
}

// migrateResources moves servers and their backups to another vault.
func migrateResources(p *project, r *http.Request) (int, any, error) {
	request, err := read[struct {
		Destination string   `json:"destination_vault_id"`
		IDs         []string `json:"resource_ids"`
	}](r)
	if err != nil {
		return 0, nil, err
	}
	from, err := p.usable(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	to, err := p.usable(request.Destination)
	if err != nil {
		return 0, nil, err
	}
	resources, err := p.held(from, request.IDs)
	if err != nil {
		return 0, nil, err
	}
	for _, res := range resources {
		for _, b := range p.backupsIn(from.id, res.server.ID) {
			if b.status != "available" && b.status != "error" {
				return 0, nil, badRequest("6203", "A backup or a restore is in progress.")
			}
		}
	}
	for _, res := range resources {
		for _, b := range p.backupsIn(from.id, res.server.ID) {
			b.vault = to.id
		}
		from.resources = without(from.resources, res)
		to.resources = append(to.resources, res)
	}
	return http.StatusOK, object{"migrated_resources": request.IDs}, nil
}

// setResources turns the automatic backup of servers off and on.
func setResources(p *project, r *http.Request) (int, any, error) {
	request, err := read[struct {
		IDs    []string `json:"resource_ids"`
		Action string   `json:"action"`
	}](r)
	if err != nil {
		return 0, nil, err
	}
	v, err := p.usable(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	resources, err := p.held(v, request.IDs)
	if err != nil {
		return 0, nil, err
	}
	if request.Action != "suspend" && request.Action != "unsuspend" {
		return 0, nil, invalid("action must be suspend or unsuspend.")
	}
	for _, res := range resources {
		res.suspended = request.Action == "suspend"
	}
	return http.StatusOK, object{"set_resource_ids": request.IDs}, nil
}

type policyReference struct {
	PolicyID string `json:"policy_id"`
}

func associatePolicy(p *project, r *http.Request) (int, any, error) {
	request, err := read[policyReference](r)
	if err != nil {
		return 0, nil, err
	}
	v, err := p.usable(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	pol, err := p.policy(request.PolicyID)
	if err != nil {
		return 0, nil, err
	}
	if had := v.policies[pol.kind]; had != "" && had != pol.id && !p.options.ReplacePolicy {
		return 0, nil, badRequest("6110", "The vault already has a "+pol.kind+" policy.")
	}
	v.policies[pol.kind] = pol.id
	return http.StatusOK, object{"associate_policy": object{"vault_id": v.id, "policy_id": pol.id}}, nil
}

func dissociatePolicy(p *project, r *http.Request) (int, any, error) {
	request, err := read[policyReference](r)
	if err != nil {
		return 0, nil, err
	}
	v, err := p.usable(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	for kind, id := range v.policies {
		if id == request.PolicyID {
			delete(v.policies, kind)
			return http.StatusOK, object{"dissociate_policy": object{"vault_id": v.id, "policy_id": id}}, nil
		}
	}
	return 0, nil, notFound("6002", "The policy "+request.PolicyID+" is not applied to the vault.")
}
