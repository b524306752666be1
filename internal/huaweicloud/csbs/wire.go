package csbs

import (
	"maps"
	"slices"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// The states of an item (§2.2).
const (
	waitingProtect = "waiting_protect"
	protecting     = "protecting"
	available      = "available"
	waitingRestore = "waiting_restore"
	restoring      = "restoring"
	failed         = "error"
	waitingDelete  = "waiting_delete"
	deleting       = "deleting"
	deleted        = "deleted"
)

// item is a checkpoint item, "a backup" (§2.2). Lists may leave out created_at, tags and volume_backups.
type item struct {
	ID           string           `json:"id"`
	CheckpointID string           `json:"checkpoint_id"`
	Name         string           `json:"name"`
	Description  huaweicloud.Text `json:"description"`
	Status       string           `json:"status"`
	CreatedAt    huaweicloud.Time `json:"created_at"`
	UpdatedAt    huaweicloud.Time `json:"updated_at"`
	ResourceID   string           `json:"resource_id"`
	Tags         *[]tag           `json:"tags"`
	ExtendInfo   extendInfo       `json:"extend_info"`
}

type extendInfo struct {
	AutoTrigger  huaweicloud.Bool             `json:"auto_trigger"`
	Progress     huaweicloud.Number           `json:"progress"`
	Size         huaweicloud.Number           `json:"size"` // MB
	Incremental  huaweicloud.Bool             `json:"incremental"`
	LazyLoading  huaweicloud.Bool             `json:"support_lld"`
	ResourceName huaweicloud.Text             `json:"resource_name"`
	FinishedAt   huaweicloud.Time             `json:"finished_at"`
	FailOp       huaweicloud.Text             `json:"fail_op"`
	FailReason   huaweicloud.Text             `json:"fail_reason"`
	FailCode     huaweicloud.Object[failCode] `json:"fail_code"`
	Volumes      []volumeBackup               `json:"volume_backups"`
}

// failCode has capitals, and its code may be a number or a string (§2.2).
type failCode struct {
	Code        huaweicloud.Text
	Description huaweicloud.Text
}

type volumeBackup struct {
	ID               string             `json:"id"`
	Name             huaweicloud.Text   `json:"name"`
	Status           string             `json:"status"`
	SourceVolumeID   string             `json:"source_volume_id"`
	SourceVolumeSize huaweicloud.Number `json:"source_volume_size"` // GB
	Size             huaweicloud.Number `json:"size"`               // MB
	Bootable         huaweicloud.Bool   `json:"bootable"`
	Incremental      huaweicloud.Bool   `json:"incremental"`
}

// reduced says whether a list left out what only the item itself shows (§2.2).
func (i item) reduced() bool { return i.CreatedAt.IsZero() || i.Tags == nil }

type tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

func tagList(tags map[string]string) []tag {
	list := make([]tag, 0, len(tags))
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, tag{Key: key, Value: tags[key]})
	}
	return list
}

func tagMap(list []tag) map[string]string {
	if len(list) == 0 {
		return nil
	}
	tags := make(map[string]string, len(list))
	for _, t := range list {
		tags[t.Key] = t.Value
	}
	return tags
}

// policy is a policy as it is shown (§2.12).
type policy struct {
	ID          string           `json:"id"`
	Name        string           `json:"name"`
	Description huaweicloud.Text `json:"description"`
	CreatedAt   huaweicloud.Time `json:"created_at"`
	Resources   []resource       `json:"resources"`
	Operations  []operation      `json:"scheduled_operations"`
	Tags        []tag            `json:"tags"`
}

type resource struct {
	ID        string `json:"id"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	ExtraInfo any    `json:"extra_info,omitempty"`
}

type operation struct {
	ID          string           `json:"id"`
	Name        huaweicloud.Text `json:"name"`
	Description huaweicloud.Text `json:"description"`
	Enabled     huaweicloud.Bool `json:"enabled"`
	Definition  definition       `json:"operation_definition"`
	Trigger     struct {
		Properties struct {
			Pattern huaweicloud.Text `json:"pattern"`
		} `json:"properties"`
	} `json:"trigger"`
}

// definition is the retention as it is shown: without the long-term members.
type definition struct {
	MaxBackups huaweicloud.Number `json:"max_backups"`
	Days       huaweicloud.Number `json:"retention_duration_days"`
	Permanent  huaweicloud.Bool   `json:"permanent"`
}

// operation is the one scheduled operation of a policy.
func (p policy) operation() operation {
	if len(p.Operations) == 0 {
		return operation{}
	}
	return p.Operations[0]
}

// The bodies of requests. Members that may be false or 0 are pointers or always sent.
type (
	policyRequest struct {
		Name        *string            `json:"name,omitempty"`
		Description *string            `json:"description,omitempty"`
		ProviderID  string             `json:"provider_id,omitempty"`
		Parameters  map[string]any     `json:"parameters,omitempty"`
		Resources   *[]resource        `json:"resources,omitempty"`
		Operations  []operationRequest `json:"scheduled_operations,omitempty"`
		Tags        []tag              `json:"tags,omitempty"`
	}
	operationRequest struct {
		ID          string            `json:"id,omitempty"`
		Name        string            `json:"name"`
		Description string            `json:"description"`
		Enabled     bool              `json:"enabled"`
		Type        string            `json:"operation_type"`
		Definition  definitionRequest `json:"operation_definition"`
		Trigger     triggerRequest    `json:"trigger"`
	}
	definitionRequest struct {
		MaxBackups int64  `json:"max_backups"`
		Days       int64  `json:"retention_duration_days"`
		Permanent  bool   `json:"permanent"`
		Day        *int64 `json:"day_backups,omitempty"`
		Week       *int64 `json:"week_backups,omitempty"`
		Month      *int64 `json:"month_backups,omitempty"`
		Year       *int64 `json:"year_backups,omitempty"`
		Timezone   string `json:"timezone,omitempty"`
	}
	triggerRequest struct {
		Properties patternRequest `json:"properties"`
	}
	patternRequest struct {
		Pattern string `json:"pattern"`
	}
)
