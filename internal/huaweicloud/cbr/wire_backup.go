package cbr

import "github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"

// backupAnswer is a backup as the service shows it (§3.4). Children are the backups of its disks.
type backupAnswer struct {
	ID           huaweicloud.Text   `json:"id"`
	CheckpointID huaweicloud.Text   `json:"checkpoint_id"`
	VaultID      huaweicloud.Text   `json:"vault_id"`
	Name         huaweicloud.Text   `json:"name"`
	Description  string             `json:"description"`
	Status       huaweicloud.Text   `json:"status"`
	CreatedAt    huaweicloud.Time   `json:"created_at"`
	UpdatedAt    huaweicloud.Time   `json:"updated_at"`
	ResourceID   huaweicloud.Text   `json:"resource_id"`
	ResourceName huaweicloud.Text   `json:"resource_name"`
	ResourceSize huaweicloud.Number `json:"resource_size"` // GB
	Children     []backupAnswer     `json:"children"`
	// Incremental is here on Huawei Cloud, and in ExtendInfo or nowhere elsewhere.
	Incremental huaweicloud.Bool                       `json:"incremental"`
	ExtendInfo  huaweicloud.Object[backupExtendedInfo] `json:"extend_info"`
}

type backupExtendedInfo struct {
	AutoTrigger huaweicloud.Bool   `json:"auto_trigger"`
	Incremental huaweicloud.Bool   `json:"incremental"`
	SupportLLD  huaweicloud.Bool   `json:"support_lld"`
	Bootable    huaweicloud.Bool   `json:"bootable"`
	SystemDisk  huaweicloud.Bool   `json:"system_disk"`
	Progress    huaweicloud.Number `json:"progress"`
}

type oneBackup struct {
	Backup backupAnswer `json:"backup"`
}

type manyBackups struct {
	Backups []backupAnswer     `json:"backups"`
	Count   huaweicloud.Number `json:"count"`
}

// checkpointRequest asks for a backup of one server (§3.3).
type checkpointRequest struct {
	VaultID    string               `json:"vault_id"`
	Parameters checkpointParameters `json:"parameters"`
}

type checkpointParameters struct {
	Name        string `json:"name,omitempty"`
	Description string `json:"description"`
	AutoTrigger bool   `json:"auto_trigger"`
	// Incremental is a pointer because false, which asks for a full one, must be sent.
	Incremental *bool    `json:"incremental,omitempty"`
	Resources   []string `json:"resources"`
}

type oneCheckpoint struct {
	Checkpoint struct {
		ID    huaweicloud.Text `json:"id"`
		Vault struct {
			Skipped []struct {
				ID     huaweicloud.Text `json:"id"`
				Code   huaweicloud.Text `json:"code"`
				Reason huaweicloud.Text `json:"reason"`
			} `json:"skipped_resources"`
		} `json:"vault"`
	} `json:"checkpoint"`
}

// restoreRequest writes disks of a backup to those of a server (§3.4).
type restoreRequest struct {
	ServerID string    `json:"server_id"`
	PowerOn  bool      `json:"power_on"`
	Mappings []mapping `json:"mappings"`
}

type mapping struct {
	BackupID string `json:"backup_id"`
	VolumeID string `json:"volume_id"`
}

// logAnswer is an operation log (§3.6).
type logAnswer struct {
	ID            huaweicloud.Text `json:"id"`
	VaultID       huaweicloud.Text `json:"vault_id"`
	PolicyID      huaweicloud.Text `json:"policy_id"`
	OperationType huaweicloud.Text `json:"operation_type"`
	Status        huaweicloud.Text `json:"status"`
	CreatedAt     huaweicloud.Time `json:"created_at"`
	StartedAt     huaweicloud.Time `json:"started_at"`
	EndedAt       huaweicloud.Time `json:"ended_at"`
	Error         huaweicloud.Object[struct {
		Code    huaweicloud.Text `json:"code"`
		Message huaweicloud.Text `json:"message"`
	}] `json:"error_info"`
	Extra huaweicloud.Object[logExtra] `json:"extra_info"`
}

type logExtra struct {
	Resource struct {
		ID   huaweicloud.Text `json:"id"`
		Name huaweicloud.Text `json:"name"`
	} `json:"resource"`
	Common struct {
		Progress huaweicloud.Number `json:"progress"`
	} `json:"common"`
	Backup struct {
		BackupID    huaweicloud.Text `json:"backup_id"`
		Incremental huaweicloud.Bool `json:"incremental"`
	} `json:"backup"`
	Delete struct {
		BackupID huaweicloud.Text `json:"backup_id"`
	} `json:"delete"`
	Restore struct {
		BackupID         huaweicloud.Text `json:"backup_id"`
		TargetResourceID huaweicloud.Text `json:"target_resource_id"`
	} `json:"restore"`
}

type oneLog struct {
	Log logAnswer `json:"operation_log"`
}

type manyLogs struct {
	Logs  []logAnswer        `json:"operation_logs"`
	Count huaweicloud.Number `json:"count"`
}
