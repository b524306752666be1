package cbr

import "github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"

// Types of what is backed up (§3).
const (
	serverType    = "OS::Nova::Server"
	objectServer  = "server"
	protectBackup = "backup"
)

// vaultAnswer is a vault as the service shows it (§3.2).
type vaultAnswer struct {
	ID         huaweicloud.Text                         `json:"id"`
	Name       huaweicloud.Text                         `json:"name"`
	CreatedAt  huaweicloud.Time                         `json:"created_at"`
	AutoBind   huaweicloud.Bool                         `json:"auto_bind"`
	BindRules  huaweicloud.Object[struct{ Tags []tag }] `json:"bind_rules"`
	AutoExpand huaweicloud.Bool                         `json:"auto_expand"`
	Locked     huaweicloud.Bool                         `json:"locked"`
	Tags       []tag                                    `json:"tags"`
	Resources  []resourceAnswer                         `json:"resources"`
	Billing    struct {
		// Used is in MB, Size in GB.
		Used            huaweicloud.Number `json:"used"`
		Size            huaweicloud.Number `json:"size"`
		Status          huaweicloud.Text   `json:"status"`
		ChargingMode    huaweicloud.Text   `json:"charging_mode"`
		ConsistentLevel huaweicloud.Text   `json:"consistent_level"`
		ObjectType      huaweicloud.Text   `json:"object_type"`
	} `json:"billing"`
}

// resourceAnswer is a server in a vault.
type resourceAnswer struct {
	ID            huaweicloud.Text `json:"id"`
	Name          huaweicloud.Text `json:"name"`
	ProtectStatus huaweicloud.Text `json:"protect_status"`
	// BackupSize is in MB, as far as is known (§7.2).
	BackupSize  huaweicloud.Number `json:"backup_size"`
	BackupCount huaweicloud.Number `json:"backup_count"`
	// AutoProtect is told by Huawei Cloud only.
	AutoProtect huaweicloud.Bool               `json:"auto_protect"`
	ExtraInfo   huaweicloud.Object[exclusions] `json:"extra_info"`
}

type exclusions struct {
	ExcludeVolumes []string `json:"exclude_volumes,omitempty"`
}

type tag struct {
	Key   huaweicloud.Text `json:"key"`
	Value huaweicloud.Text `json:"value"`
}

// vaultRequest makes a vault.
type vaultRequest struct {
	vaultUpdate
	Resources []resourceEntry `json:"resources"`
	Tags      []tag           `json:"tags,omitempty"`
}

// vaultUpdate is what can be changed of a vault; what is left out stays as it is.
type vaultUpdate struct {
	Name       string          `json:"name,omitempty"`
	Billing    *billingRequest `json:"billing,omitempty"`
	AutoBind   *bool           `json:"auto_bind,omitempty"`
	BindRules  *bindRules      `json:"bind_rules,omitempty"`
	AutoExpand *bool           `json:"auto_expand,omitempty"`
	Locked     *bool           `json:"locked,omitempty"`
}

type bindRules struct {
	Tags []tag `json:"tags"`
}

type billingRequest struct {
	ConsistentLevel string `json:"consistent_level,omitempty"`
	ObjectType      string `json:"object_type,omitempty"`
	ProtectType     string `json:"protect_type,omitempty"`
	ChargingMode    string `json:"charging_mode,omitempty"`
	Size            int64  `json:"size"`
}

type resourceEntry struct {
	ID        string      `json:"id"`
	Type      string      `json:"type"`
	ExtraInfo *exclusions `json:"extra_info,omitempty"`
}

type oneVault struct {
	Vault vaultAnswer `json:"vault"`
}

type manyVaults struct {
	Vaults []vaultAnswer      `json:"vaults"`
	Count  huaweicloud.Number `json:"count"`
}
