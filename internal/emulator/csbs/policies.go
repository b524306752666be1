package csbs

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

type resource struct {
	ID        string `json:"id"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	ExtraInfo any    `json:"extra_info,omitempty"`
}

// operation is the one scheduled operation of a policy.
type operation struct {
	id, trigger       string
	name, description string
	enabled           bool
	definition        object
	pattern           string
	started           time.Time
}

type policy struct {
	id, name, description string
	created               time.Time
	order                 int64
	resources             []resource
	operation             operation
	tags                  map[string]string
}

// policyBody is what POST and PUT take; members that are nil were not sent.
type policyBody struct {
	Name        *string     `json:"name"`
	Description *string     `json:"description"`
	Provider    string      `json:"provider_id"`
	Parameters  *object     `json:"parameters"`
	Resources   *[]resource `json:"resources"`
	Operations  []struct {
		ID          string `json:"id"`
		Name        string `json:"name"`
		Description string `json:"description"`
		Enabled     *bool  `json:"enabled"`
		Type        string `json:"operation_type"`
		Definition  object `json:"operation_definition"`
		Trigger     *struct {
			Properties struct {
				Pattern string `json:"pattern"`
			} `json:"properties"`
		} `json:"trigger"`
	} `json:"scheduled_operations"`
	Tags []tag `json:"tags"`
}

// createPolicy is POST /policies (§2.12).
func (e *Emulator) createPolicy(_ http.ResponseWriter, r *http.Request) (any, error) {
	var body struct {
		Policy policyBody `json:"policy"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	b := body.Policy
	if b.Name == nil || b.Provider != ProviderID || b.Parameters == nil || b.Resources == nil || len(b.Operations) != 1 ||
		b.Operations[0].Enabled == nil || b.Operations[0].Type != "backup" || b.Operations[0].Trigger == nil {
		return nil, invalid("A required parameter is missing.")
	}
	if e.MaxPolicies >= 0 && len(e.policies) >= e.MaxPolicies {
		return nil, refuse(http.StatusBadRequest, "CSBS.0001", "The quota of policies is reached.")
	}
	tags, err := readTags(b.Tags)
	if err != nil {
		return nil, err
	}
	e.order++
	p := &policy{id: uuid.NewString(), created: e.Clock.Now(), order: e.order, tags: tags}
	p.operation = operation{id: uuid.NewString(), trigger: uuid.NewString(), started: p.created}
	if err := e.apply(p, b); err != nil {
		return nil, err
	}
	e.policies[p.id] = p
	return object{"policy": e.showPolicyOf(p)}, nil
}

// updatePolicy is PUT /policies/{id} (§2.12). What is not sent stays.
func (e *Emulator) updatePolicy(_ http.ResponseWriter, r *http.Request) (any, error) {
	p, ok := e.policies[r.PathValue("policy")]
	if !ok {
		return nil, noPolicy(r.PathValue("policy"))
	}
	var body struct {
		Policy policyBody `json:"policy"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	if ops := body.Policy.Operations; len(ops) > 1 || (len(ops) == 1 && ops[0].ID != p.operation.id) {
		return nil, invalid("The scheduled operation is invalid.")
	}
	changed := *p
	if err := e.apply(&changed, body.Policy); err != nil {
		return nil, err
	}
	e.policies[p.id] = &changed
	return object{"policy": e.showPolicyOf(&changed)}, nil
}

// apply changes a policy as a body says, or refuses.
func (e *Emulator) apply(p *policy, b policyBody) error {
	if b.Name != nil {
		if !namePattern.MatchString(*b.Name) {
			return invalid("The name is invalid.")
		}
		for _, other := range e.policies {
			if other.id != p.id && other.name == *b.Name {
				return refuse(http.StatusBadRequest, "CSBS.9007", "The name of the policy exists already.")
			}
		}
		p.name = *b.Name
	}
	if b.Description != nil {
		if len(*b.Description) > 255 || strings.ContainsAny(*b.Description, "<>") {
			return invalid("The description is invalid.")
		}
		p.description = *b.Description
	}
	if b.Resources != nil {
		if err := e.checkResourcesOf(p, *b.Resources); err != nil {
			return err
		}
		p.resources = slices.Clone(*b.Resources)
	}
	for _, op := range b.Operations {
		p.operation.name, p.operation.description = op.Name, op.Description
		p.operation.enabled = op.Enabled == nil || *op.Enabled
		if op.Definition != nil {
			if err := checkDefinition(op.Definition); err != nil {
				return err
			}
			p.operation.definition = maps.Clone(op.Definition)
		}
		if op.Trigger != nil {
			if _, err := parsePattern(op.Trigger.Properties.Pattern); err != nil {
				return err
			}
			p.operation.pattern = op.Trigger.Properties.Pattern
		}
	}
	return nil
}

func (e *Emulator) checkResourcesOf(p *policy, list []resource) error {
	seen := map[string]bool{}
	for _, res := range list {
		if res.Name == "" || res.Type != "OS::Nova::Server" || seen[res.ID] {
			return invalid("The resources are invalid.")
		}
		seen[res.ID] = true
		if _, err := e.server(res.ID); err != nil {
			return err
		}
		if other := e.policyOf(res.ID); other != nil && other.id != p.id {
			return refuse(http.StatusBadRequest, "CSBS.6004", "The server "+res.ID+" is bound to another policy.")
		}
	}
	if len(list) > maxPolicyServers {
		return invalid("A policy has at most 64 servers.")
	}
	return nil
}

// deletePolicy is DELETE /policies/{id} (§2.12).
func (e *Emulator) deletePolicy(_ http.ResponseWriter, r *http.Request) (any, error) {
	if _, ok := e.policies[r.PathValue("policy")]; !ok {
		return nil, noPolicy(r.PathValue("policy"))
	}
	delete(e.policies, r.PathValue("policy"))
	return object{}, nil
}

func (e *Emulator) showPolicy(_ http.ResponseWriter, r *http.Request) (any, error) {
	p, ok := e.policies[r.PathValue("policy")]
	if !ok {
		return nil, noPolicy(r.PathValue("policy"))
	}
	return object{"policy": e.showPolicyOf(p)}, nil
}

// listPolicies is GET /policies (§2.12); the name is exact.
func (e *Emulator) listPolicies(_ http.ResponseWriter, r *http.Request) (any, error) {
	query := r.URL.Query()
	var list []*policy
	for _, p := range slices.SortedFunc(maps.Values(e.policies), func(a, b *policy) int { return int(b.order - a.order) }) {
		if name := query.Get("name"); name == "" || name == p.name {
			list = append(list, p)
		}
	}
	page, _, err := e.page(query, len(list), func(marker string) int {
		return slices.IndexFunc(list, func(p *policy) bool { return p.id == marker })
	})
	if err != nil {
		return nil, err
	}
	rows := []object{}
	for _, p := range list[page.from:page.to] {
		rows = append(rows, e.showPolicyOf(p))
	}
	return object{"policies": rows}, nil
}
