package cbr

import (
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

type vaultBody struct {
	Name           *string               `json:"name"`
	Description    string                `json:"description"`
	Resources      *[]resourceBody       `json:"resources"`
	BackupPolicyID string                `json:"backup_policy_id"`
	Tags           []tag                 `json:"tags"`
	AutoBind       *bool                 `json:"auto_bind"`
	BindRules      *struct{ Tags []tag } `json:"bind_rules"`
	AutoExpand     *bool                 `json:"auto_expand"`
	Locked         *bool                 `json:"locked"`
	Billing        *struct {
		ConsistentLevel string `json:"consistent_level"`
		ObjectType      string `json:"object_type"`
		ProtectType     string `json:"protect_type"`
		ChargingMode    string `json:"charging_mode"`
		Size            *int   `json:"size"`
	} `json:"billing"`
}

func createVault(p *project, r *http.Request) (int, any, error) {
	request, err := read[struct{ Vault vaultBody }](r)
	if err != nil {
		return 0, nil, err
	}
	body := request.Vault
	b := body.Billing
	if body.Name == nil || body.Resources == nil || b == nil || b.Size == nil {
		return 0, nil, invalid("name, resources, billing and billing.size are mandatory.")
	}
	holds, known := kindOf(b.ObjectType)
	switch {
	case !known || (b.ProtectType != "backup" && b.ProtectType != "replication"):
		return 0, nil, badRequest("6102", "object_type or protect_type is not supported.")
	case b.ConsistentLevel != "crash_consistent" && (!p.options.Huawei || b.ConsistentLevel != "app_consistent"):
		return 0, nil, invalid("consistent_level is not supported.")
	case utf8.RuneCountInString(body.Description) > maxNameLength || len(body.Tags) > maxVaultTags:
		return 0, nil, invalid("description or tags are too long.")
	}
	v := &vault{
		id: newID(), kind: holds, description: body.Description, created: p.Clock.Now(), status: "available", tags: map[string]string{},
		consistent: b.ConsistentLevel, charging: "post_paid", protect: b.ProtectType, policies: map[string]string{},
	}
	for _, t := range body.Tags {
		v.tags[t.Key] = t.Value
	}
	if err := v.change(body); err != nil {
		return 0, nil, err
	}
	added, err := p.admit(v, *body.Resources)
	if err != nil {
		return 0, nil, err
	}
	v.resources = added
	if id := body.BackupPolicyID; id != "" && !p.options.IgnorePolicyOnCreate {
		if _, err := p.policy(id); err != nil {
			return 0, nil, err
		}
		v.policies["backup"] = id
	}
	p.vaults = append(p.vaults, v)
	return http.StatusOK, object{"vault": p.showVault(v)}, nil
}

// change takes over what create and update have in common.
func (v *vault) change(body vaultBody) error {
	if body.Name != nil {
		if n := utf8.RuneCountInString(*body.Name); n < 1 || n > maxNameLength {
			return invalid("name must have 1 to 64 characters.")
		}
		v.name = *body.Name
	}
	if body.Billing != nil && body.Billing.Size != nil {
		if n := *body.Billing.Size; n < minVaultSize || n > maxVaultSize {
			return invalid("size must be 10 to 10485760.")
		}
		v.size = *body.Billing.Size
	}
	if body.Locked != nil {
		if v.locked && !*body.Locked {
			return badRequest("6220", "The vault is locked and cannot be unlocked.")
		}
		v.locked = *body.Locked
	}
	if body.AutoBind != nil {
		v.autoBind = *body.AutoBind
	}
	if body.AutoExpand != nil {
		v.autoExpand = *body.AutoExpand
	}
	if body.BindRules != nil {
		v.bindTags = body.BindRules.Tags
	}
	return nil
}

func listVaults(p *project, r *http.Request) (int, any, error) {
	q := r.URL.Query()
	var rows []*vault
	for _, v := range p.vaults {
		hasResources := true
		for id := range strings.SplitSeq(q.Get("resource_ids"), ",") {
			held, _ := p.resource(id)
			hasResources = hasResources && (id == "" || held == v)
		}
		hasPolicy := !q.Has("policy_id") || v.policies["backup"] == q.Get("policy_id") || v.policies["replication"] == q.Get("policy_id")
		if hasResources && hasPolicy && equal(q, "id", v.id) && p.named(q, "name", v.name) && equal(q, "status", v.status) &&
			equal(q, "object_type", v.kind.object) && equal(q, "protect_type", v.protect) && equal(q, "cloud_type", "public") {
			rows = append(rows, v)
		}
	}
	return page(p, r, "vaults", rows, p.showVault)
}

func showVault(p *project, r *http.Request) (int, any, error) {
	v, err := p.vault(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, object{"vault": p.showVault(v)}, nil
}

func updateVault(p *project, r *http.Request) (int, any, error) {
	request, err := read[struct{ Vault vaultBody }](r)
	if err != nil {
		return 0, nil, err
	}
	v, err := p.usable(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	if b := request.Vault.Billing; b != nil && b.Size != nil && *b.Size*1024 < used(p.backupsIn(v.id, "")) {
		return 0, nil, badRequest("6101", "The vault capacity is less than what is used.")
	}
	if err := v.change(request.Vault); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, object{"vault": p.showVault(v)}, nil
}

// deleteVault deletes a vault with its backups (§6.4).
func deleteVault(p *project, r *http.Request) (int, any, error) {
	v, err := p.usable(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	backups := p.backupsIn(v.id, "")
	if err := removable(v, backups); err != nil {
		return 0, nil, err
	}
	before := v.status
	v.status = "deleting"
	spare := p.condemn(backups)
	log := &operationLog{kind: "vault_delete", vault: v, total: len(backups)}
	p.begin(p.Clock.Now(), "vault_delete "+v.id, log, func(_ time.Time, failure string) {
		if failure != "" {
			v.status = p.survivor(before)
			spare()
			return
		}
		p.forget(backups)
		p.vaults = without(p.vaults, v)
	})
	return http.StatusNoContent, nil, nil
}

// removable says whether backups can go with their vault or server.
func removable(v *vault, backups []*backup) error {
	for _, b := range backups {
		switch {
		case b.status == "protecting" || b.status == "restoring":
			return badRequest("6203", "A backup or a restore is in progress.")
		case v.locked && b.auto:
			return badRequest("6220", "The vault is locked; its automatic backups cannot be deleted.")
		}
	}
	return nil
}

func without[T any](list []*T, gone *T) []*T {
	var left []*T
	for _, v := range list {
		if v != gone {
			left = append(left, v)
		}
	}
	return left
}
