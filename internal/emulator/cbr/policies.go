package cbr

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"time"
)

const maxPolicies = 32 // of each operation type (§6.1)

type policy struct {
	id, name, kind string
	enabled        bool
	definition     definition
	pattern        []string
	trigger        string
	started        time.Time
}

// definition is the operation_definition (§3.5).
type definition struct {
	MaxBackups           *int   `json:"max_backups,omitempty"`
	RetentionDays        *int   `json:"retention_duration_days,omitempty"`
	DayBackups           *int   `json:"day_backups,omitempty"`
	WeekBackups          *int   `json:"week_backups,omitempty"`
	MonthBackups         *int   `json:"month_backups,omitempty"`
	YearBackups          *int   `json:"year_backups,omitempty"`
	Timezone             string `json:"timezone,omitempty"`
	FullBackupInterval   *int   `json:"full_backup_interval,omitempty"`
	DestinationRegion    string `json:"destination_region,omitempty"`
	DestinationProjectID string `json:"destination_project_id,omitempty"`
}

type policyBody struct {
	Name       *string     `json:"name"`
	Enabled    *bool       `json:"enabled"`
	Kind       string      `json:"operation_type"`
	Definition *definition `json:"operation_definition"`
	Trigger    *struct {
		Properties struct {
			Pattern []string `json:"pattern"`
		} `json:"properties"`
	} `json:"trigger"`
}

var policyName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func (p *project) policy(id string) (*policy, error) {
	if pol := find(p.policies, func(pol *policy) bool { return pol.id == id }); pol != nil {
		return pol, nil
	}
	return nil, notFound("6000", "The policy "+id+" does not exist.")
}

func createPolicy(p *project, r *http.Request) (int, any, error) {
	request, err := read[struct{ Policy policyBody }](r)
	if err != nil {
		return 0, nil, err
	}
	body := request.Policy
	if body.Name == nil || body.Trigger == nil || (body.Kind != "backup" && body.Kind != "replication") {
		return 0, nil, invalid("name, operation_type and trigger are mandatory.")
	}
	count := 0
	for _, other := range p.policies {
		if other.kind == body.Kind {
			count++
		}
	}
	if count >= maxPolicies {
		return 0, nil, badRequest("6001", "The number of policies has reached the limit.")
	}
	pol := &policy{id: newID(), trigger: newID(), kind: body.Kind, enabled: true, started: p.Clock.Now()}
	if err := p.changePolicy(pol, body); err != nil {
		return 0, nil, err
	}
	p.policies = append(p.policies, pol)
	shown := p.showPolicy(pol)
	delete(shown, "associated_vaults")
	return http.StatusOK, object{"policy": shown}, nil
}

func (p *project) changePolicy(pol *policy, body policyBody) error {
	next := *pol
	if body.Name != nil {
		if !policyName.MatchString(*body.Name) {
			return invalid("name must have 1 to 64 letters, digits, underscores and hyphens.")
		}
		next.name = *body.Name
	}
	if body.Enabled != nil {
		next.enabled = *body.Enabled
	}
	if body.Definition != nil {
		if err := checkDefinition(*body.Definition, p.options.Huawei); err != nil {
			return err
		}
		next.definition = *body.Definition
		if !p.options.Huawei {
			next.definition.FullBackupInterval = nil
		}
	}
	if body.Trigger != nil {
		if p.options.NoEmptySchedule && len(body.Trigger.Properties.Pattern) == 0 {
			return invalid("trigger.properties.pattern must not be empty.")
		}
		if err := checkPattern(body.Trigger.Properties.Pattern); err != nil {
			return err
		}
		next.pattern = append([]string{}, body.Trigger.Properties.Pattern...)
	}
	*pol = next
	return nil
}

func listPolicies(p *project, r *http.Request) (int, any, error) {
	q := r.URL.Query()
	rows := []object{}
	for _, pol := range p.policies {
		applied := slices.ContainsFunc(p.vaults, func(v *vault) bool {
			return v.id == q.Get("vault_id") && v.policies[pol.kind] == pol.id
		})
		if equal(q, "operation_type", pol.kind) && (!q.Has("vault_id") || applied) {
			rows = append(rows, p.showPolicy(pol))
		}
	}
	return http.StatusOK, object{"policies": rows, "count": len(rows)}, nil
}

func showPolicy(p *project, r *http.Request) (int, any, error) {
	pol, err := p.policy(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, object{"policy": p.showPolicy(pol)}, nil
}

func updatePolicy(p *project, r *http.Request) (int, any, error) {
	request, err := read[struct{ Policy policyBody }](r)
	if err != nil {
		return 0, nil, err
	}
	pol, err := p.policy(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	if err := p.changePolicy(pol, request.Policy); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, object{"policy": p.showPolicy(pol)}, nil
}

// deletePolicy also takes a policy away that vaults use: whether the service would refuse is not
// documented, and this is what would hurt.
func deletePolicy(p *project, r *http.Request) (int, any, error) {
	pol, err := p.policy(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	for _, v := range p.vaults {
		maps.DeleteFunc(v.policies, func(_, id string) bool { return id == pol.id })
	}
	p.policies = without(p.policies, pol)
	return http.StatusNoContent, nil, nil
}

func (p *project) showPolicy(pol *policy) object {
	vaults := []object{}
	for _, v := range p.vaults {
		if v.policies[pol.kind] == pol.id {
			vaults = append(vaults, object{"vault_id": v.id, "destination_vault_id": nil})
		}
	}
	return object{
		"id": pol.id, "name": pol.name, "enabled": pol.enabled, "operation_type": pol.kind,
		"operation_definition": pol.definition, "associated_vaults": vaults,
		"trigger": object{
			"id": pol.trigger, "name": "default", "type": "time",
			"properties": object{"pattern": pol.pattern, "start_time": p.stamp(pol.started)},
		},
	}
}

// Patterns returns the rules of a policy as they were written, for tests to look at.
func (e *Emulator) Patterns(id string) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, p := range e.projects {
		if pol, err := p.policy(id); err == nil {
			return append([]string{}, pol.pattern...)
		}
	}
	return nil
}
