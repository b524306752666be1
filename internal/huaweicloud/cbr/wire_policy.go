package cbr

import (
	"encoding/json"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// policyRequest is what is written of a policy (§3.5). Every limit is sent: what is left out of an
// update would stay as it is.
type policyRequest struct {
	Name          string            `json:"name"`
	Enabled       bool              `json:"enabled"`
	OperationType string            `json:"operation_type,omitempty"`
	Definition    definitionRequest `json:"operation_definition"`
	Trigger       trigger           `json:"trigger"`
}

type definitionRequest struct {
	MaxBackups    int64  `json:"max_backups"`
	RetentionDays int64  `json:"retention_duration_days"`
	DayBackups    int64  `json:"day_backups"`
	WeekBackups   int64  `json:"week_backups"`
	MonthBackups  int64  `json:"month_backups"`
	YearBackups   int64  `json:"year_backups"`
	Timezone      string `json:"timezone"`
	// FullBackupInterval is known to Huawei Cloud only.
	FullBackupInterval *int64 `json:"full_backup_interval,omitempty"`
}

type trigger struct {
	Properties struct {
		Pattern []string `json:"pattern"`
	} `json:"properties"`
}

// policyAnswer is a policy as the service shows it.
type policyAnswer struct {
	ID            huaweicloud.Text `json:"id"`
	Name          huaweicloud.Text `json:"name"`
	Enabled       huaweicloud.Bool `json:"enabled"`
	OperationType huaweicloud.Text `json:"operation_type"`
	Definition    struct {
		MaxBackups         huaweicloud.Number `json:"max_backups"`
		RetentionDays      huaweicloud.Number `json:"retention_duration_days"`
		DayBackups         huaweicloud.Number `json:"day_backups"`
		WeekBackups        huaweicloud.Number `json:"week_backups"`
		MonthBackups       huaweicloud.Number `json:"month_backups"`
		YearBackups        huaweicloud.Number `json:"year_backups"`
		Timezone           huaweicloud.Text   `json:"timezone"`
		FullBackupInterval huaweicloud.Number `json:"full_backup_interval"`
	} `json:"operation_definition"`
	Trigger trigger `json:"trigger"`
	Vaults  []struct {
		VaultID huaweicloud.Text `json:"vault_id"`
	} `json:"associated_vaults"`
}

// echo is a request as the service shows it afterwards.
func (r policyRequest) echo() policyAnswer {
	var answer policyAnswer
	data, err := json.Marshal(r)
	if err == nil {
		// It is our own JSON, and its scalars never fail.
		_ = json.Unmarshal(data, &answer)
	}
	return answer
}

type onePolicy struct {
	Policy policyAnswer `json:"policy"`
}

type manyPolicies struct {
	Policies []policyAnswer `json:"policies"`
}
