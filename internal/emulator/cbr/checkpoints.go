package cbr

import (
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"
)

type checkpoint struct {
	id, vault, name, description string
	created                      time.Time
	// backups are those that were not deleted since.
	backups []*backup
}

type checkpointBody struct {
	VaultID    string `json:"vault_id"`
	Parameters struct {
		Name            string         `json:"name"`
		Description     string         `json:"description"`
		AutoTrigger     bool           `json:"auto_trigger"`
		Incremental     *bool          `json:"incremental"`
		Resources       []string       `json:"resources"`
		ResourceDetails []resourceBody `json:"resource_details"`
	} `json:"parameters"`
}

// skip is a server that a run leaves out.
type skip struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Name   string `json:"name"`
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

// createCheckpoint backs servers of a vault up (§3.3).
func createCheckpoint(p *project, r *http.Request) (int, any, error) {
	request, err := read[struct{ Checkpoint checkpointBody }](r)
	if err != nil {
		return 0, nil, err
	}
	body := request.Checkpoint
	v, err := p.usable(body.VaultID)
	if err != nil {
		return 0, nil, err
	}
	switch name := body.Parameters.Name; {
	case name != "" && !policyName.MatchString(name):
		return 0, nil, invalid("name must have 1 to 64 letters, digits, underscores and hyphens.")
	case utf8.RuneCountInString(body.Parameters.Description) > 255:
		return 0, nil, invalid("description must have at most 255 characters.")
	}
	resources := v.resources
	ids := body.Parameters.Resources
	for _, detail := range body.Parameters.ResourceDetails {
		ids = append(ids, detail.ID)
	}
	if len(ids) > 0 {
		if resources, err = p.held(v, ids); err != nil {
			return 0, nil, err
		}
	}
	if used(p.backupsIn(v.id, ""))/1024 >= v.size && !v.autoExpand {
		return 0, nil, badRequest("6114", "The vault is full.")
	}
	incremental := body.Parameters.Incremental == nil || *body.Parameters.Incremental
	if !incremental {
		for _, res := range resources {
			if p.fullToday(res.server.ID) {
				return 0, nil, invalid("The interval between two full backups must be at least one day.")
			}
		}
	}
	cp, skipped := p.run(v, resources, runSpec{
		name: body.Parameters.Name, description: body.Parameters.Description, incremental: incremental, auto: body.Parameters.AutoTrigger, at: p.Clock.Now(),
	})
	if len(cp.backups) == 0 {
		switch {
		case p.options.Skipped == SkippedReason && len(skipped) > 0:
			return 0, nil, badRequest("2002", "The server "+skipped[0].ID+" is being backed up.")
		case p.options.Skipped != SkippedListed:
			return 0, nil, badRequest("0001", "There is nothing to back up.")
		}
	}
	shown := p.showCheckpoint(cp, v)
	shown["extra_info"] = object{"name": cp.name, "description": cp.description, "retention_duration": -1}
	inVault(shown)["skipped_resources"] = skipped
	return http.StatusOK, object{"checkpoint": shown}, nil
}

func inVault(checkpoint object) object {
	v, _ := checkpoint["vault"].(object)
	return v
}

type runSpec struct {
	name, description, policy string
	incremental, auto         bool
	at                        time.Time
}

// run starts the backups of one checkpoint.
func (p *project) run(v *vault, resources []*resource, spec runSpec) (*checkpoint, []skip) {
	cp := &checkpoint{id: newID(), vault: v.id, name: spec.name, description: spec.description, created: spec.at}
	if cp.name == "" {
		cp.name = map[bool]string{true: "autobk_", false: "manualbk_"}[spec.auto] + cp.id[:4]
	}
	skipped := []skip{}
	for _, res := range resources {
		if p.busy(res.server.ID) {
			skipped = append(skipped, skip{
				ID: res.server.ID, Type: res.server.kind().resource, Name: res.server.Name,
				Code: "BackupService.2002", Reason: "The server is being backed up.",
			})
			continue
		}
		cp.backups = append(cp.backups, p.start(cp, v, res, spec))
	}
	p.checkpoints = append(p.checkpoints, cp)
	return cp, skipped
}

// busy says whether a server is being backed up or restored.
func (p *project) busy(server string) bool {
	for _, b := range p.backups {
		if b.server.ID == server && (b.status == "protecting" || b.status == "restoring") {
			return true
		}
	}
	return false
}

// fullToday says whether a full backup of a server is less than a day old (§6.1).
func (p *project) fullToday(server string) bool {
	for _, b := range p.backups {
		if b.server.ID == server && !b.incremental && p.Clock.Now().Sub(b.created) < 24*time.Hour {
			return true
		}
	}
	return false
}

// showCheckpoint does not know a checkpoint without backups: clients that delete one delete its backups, and
// look until it is gone.
func showCheckpoint(p *project, r *http.Request) (int, any, error) {
	cp := find(p.checkpoints, func(c *checkpoint) bool { return c.id == r.PathValue("id") })
	if cp == nil || len(cp.backups) == 0 {
		return 0, nil, notFound("6217", "The restore point does not exist.")
	}
	v, err := p.vault(cp.vault)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, object{"checkpoint": p.showCheckpoint(cp, v)}, nil
}

func (p *project) showCheckpoint(cp *checkpoint, v *vault) object {
	status := "available"
	resources := []object{}
	for _, b := range cp.backups {
		if b.status == "protecting" || b.status == "deleting" || b.status == "error" {
			status = b.status
		}
		// Every client takes extra_info for a string here, unlike in vaults.
		res := object{"id": b.server.ID, "name": b.server.Name, "type": b.server.kind().resource, "protect_status": b.status, "extra_info": "{}"}
		for name, n := range map[string]int{"resource_size": b.sourceGB, "backup_size": b.sizeMB, "backup_count": 1} {
			switch p.options.Numbers {
			case NumbersAreText:
				res[name] = strconv.Itoa(n)
			case NumbersPlain:
				res[name] = n
			case NumbersAbsent:
			}
		}
		resources = append(resources, res)
	}
	return object{
		"id": cp.id, "project_id": p.id, "created_at": p.stamp(cp.created), "status": status,
		"vault": object{"id": v.id, "name": v.name, "resources": resources},
	}
}
