package csbs

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/google/uuid"
)

// showRetention is what a policy keeps, without the long-term retention (§2.12). Captured traffic has only
// what was sent, and not that a policy is not permanent; the documentation has everything, in strings.
func (e *Emulator) showRetention(p *policy) object {
	shown := object{"plan_id": p.id, "provider_id": ProviderID}
	sent := p.operation.definition
	if e.Switches.QuotedNumbers {
		shown["permanent"] = map[bool]string{true: "True", false: "False"}[sent["permanent"] == true]
		for _, name := range []string{"max_backups", "retention_duration_days"} {
			shown[name] = "-1"
			if n, ok := sent[name]; ok {
				shown[name] = fmt.Sprint(n)
			}
		}
		return shown
	}
	for _, name := range []string{"max_backups", "retention_duration_days", "permanent"} {
		if value, ok := sent[name]; ok && value != false {
			shown[name] = value
		}
	}
	return shown
}

// showPolicyOf is a policy as it is shown: without parameters, and suspended even if it is enabled (§2.12).
func (e *Emulator) showPolicyOf(p *policy) object {
	resources := p.resources
	if resources == nil {
		resources = []resource{}
	}
	return object{
		"id": p.id, "project_id": e.IAM.Account.ProjectID, "name": p.name, "description": p.description, "provider_id": ProviderID,
		"created_at": stamp(p.created), "status": "suspended", "tags": tagList(p.tags), "resources": resources,
		"scheduled_operations": []object{{
			"id": p.operation.id, "name": p.operation.name, "description": p.operation.description, "enabled": p.operation.enabled,
			"operation_type": "backup", "operation_definition": e.showRetention(p), "trigger_id": p.operation.trigger,
			"trigger": object{
				"id": p.operation.trigger, "name": "default", "type": "time",
				"properties": object{"pattern": p.operation.pattern, "start_time": p.operation.started.Format("2006-01-02 15:04:05")},
			},
		}},
	}
}

// runPolicy is POST …/checkpoints (§2.6): one checkpoint with a backup of each server.
func (e *Emulator) runPolicy(_ http.ResponseWriter, r *http.Request) (any, error) {
	var body struct {
		Checkpoint struct {
			Plan       string `json:"plan_id"`
			Parameters *struct {
				Auto      bool     `json:"auto_trigger"`
				Resources []string `json:"resources"`
			} `json:"parameters"`
		} `json:"checkpoint"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	p, ok := e.policies[body.Checkpoint.Plan]
	switch {
	case !ok:
		return nil, noPolicy(body.Checkpoint.Plan)
	case body.Checkpoint.Parameters == nil:
		return nil, invalid("parameters are missing")
	}
	checkpoint := e.run(p, body.Checkpoint.Parameters.Resources, false)
	if checkpoint == "" {
		return nil, refuse(http.StatusInternalServerError, "CSBS.6032", "No server of the policy can be backed up.")
	}
	return object{"checkpoint": object{
		"status": protecting, "created_at": stamp(e.Clock.Now()), "id": checkpoint, "resource_graph": nil,
		"project_id": e.IAM.Account.ProjectID, "extra_info": `{"created_by": "manual"}`,
		"protection_plan": object{"id": p.id, "name": p.name, "resources": p.resources},
	}}, nil
}

// run backs up servers of a policy, all of them if none is named, and returns the checkpoint.
func (e *Emulator) run(p *policy, only []string, auto bool) string {
	checkpoint, started := uuid.NewString(), false
	for _, res := range p.resources {
		if len(only) > 0 && !slices.Contains(only, res.ID) {
			continue
		}
		server, err := e.server(res.ID)
		if err != nil {
			continue
		}
		// Tags of a policy are copied to the backups that it makes (§2.14).
		e.backUp(server, checkpoint, "", "", true, auto, p.id, p.tags)
		started = true
	}
	if !started {
		return ""
	}
	return checkpoint
}

// Retention is what a policy was last told to keep, long-term members included, which are not shown.
func (e *Emulator) Retention(policyID string) map[string]any {
	e.mu.Lock()
	defer e.mu.Unlock()
	if p := e.policies[policyID]; p != nil {
		return p.operation.definition
	}
	return nil
}

// Pattern is the schedule of a policy.
func (e *Emulator) Pattern(policyID string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if p := e.policies[policyID]; p != nil {
		return p.operation.pattern
	}
	return ""
}

// RunPolicy runs a policy as its schedule would, and returns the checkpoint.
func (e *Emulator) RunPolicy(policyID string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.settle()
	if p := e.policies[policyID]; p != nil {
		return e.run(p, nil, true)
	}
	return ""
}
