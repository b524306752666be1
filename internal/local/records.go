package local

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// What the repository keeps beside the snapshots, as JSON. Members are only ever added.

type serverRecord struct {
	ID         string        `json:"id"`
	Name       string        `json:"name"`
	PolicyID   string        `json:"policy_id,omitempty"`
	LocationID string        `json:"location_id"`
	Enabled    bool          `json:"enabled"`
	Options    ServerOptions `json:"options"`
	CreatedAt  time.Time     `json:"created_at"`
	// ScheduledAt is when it began to follow its policy, zero if that was at its creation.
	ScheduledAt time.Time `json:"scheduled_at,omitzero"`
}

type policyRecord struct {
	ID                  string            `json:"id"`
	Name                string            `json:"name"`
	Description         string            `json:"description,omitempty"`
	Schedules           []string          `json:"schedules"`
	Timezone            string            `json:"timezone"`
	Enabled             bool              `json:"enabled"`
	Retention           *backup.Retention `json:"retention,omitempty"`
	IncrementalsPerFull *int64            `json:"incrementals_per_full,omitempty"`
	CreatedAt           time.Time         `json:"created_at"`
	// ScheduledAt is when the schedules were changed or switched on, zero if they never were.
	ScheduledAt time.Time `json:"scheduled_at,omitzero"`
}

// runState is the state of a run as it was last written down. A run whose process ended without a
// word stays runRunning; see [runRecord.interrupted].
type runState string

const (
	runRunning   runState = "running"
	runComplete  runState = "complete"
	runFailed    runState = "failed"
	runCanceled  runState = "canceled"
	runDiscarded runState = "interrupted" // never written, only shown
	// runSkipped are runs of a policy that did not take place.
	runSkipped runState = "skipped"
)

// runRecord is a run and, while its snapshots exist, a point. It outlives them as history.
type runRecord struct {
	ID          string            `json:"id"`
	ServerID    string            `json:"server_id"`
	ServerName  string            `json:"server_name"`
	Name        string            `json:"name,omitempty"`
	Description string            `json:"description,omitempty"`
	Tags        map[string]string `json:"tags,omitempty"`
	// Key is the same for the same request, so that a killed run is found again.
	Key   string `json:"key"`
	Owner owner  `json:"owner"`

	State        runState            `json:"state"`
	Error        string              `json:"error,omitempty"`
	Type         backup.PointType    `json:"type,omitempty"`
	ScheduleType backup.ScheduleType `json:"schedule_type"`
	PolicyID     string              `json:"policy_id,omitempty"`
	LocationID   string              `json:"location_id"`

	StartedAt  time.Time `json:"started_at"`
	RenewedAt  time.Time `json:"renewed_at"`
	FinishedAt time.Time `json:"finished_at,omitzero"`
	// DueAt is the run of the policy that this is.
	DueAt time.Time `json:"due_at,omitzero"`
	// BinnedAt and RecoverUntil are set while the point is in the bin.
	BinnedAt     time.Time `json:"binned_at,omitzero"`
	RecoverUntil time.Time `json:"recover_until,omitzero"`
	// DeletedAt is when the point was gone for good.
	DeletedAt time.Time `json:"deleted_at,omitzero"`

	NewBytes        int64          `json:"new_bytes"`
	IncompleteFiles int64          `json:"incomplete_files,omitempty"`
	Volumes         []volumeRecord `json:"volumes,omitempty"`
}

type volumeRecord struct {
	ID        string           `json:"id"`
	Source    string           `json:"source"`
	SizeBytes int64            `json:"size_bytes"`
	Type      backup.PointType `json:"type"`
	Complete  bool             `json:"complete"`
	// Image is a source that was a single file; its snapshot is a directory with that file alone.
	Image bool `json:"image,omitempty"`
}

// restoreRecord is a restore, as history.
type restoreRecord struct {
	ID         string `json:"id"`
	PointID    string `json:"point_id"`
	ServerID   string `json:"server_id"`
	ServerName string `json:"server_name"`
	Owner      owner  `json:"owner"`

	State runState `json:"state"`
	Error string   `json:"error,omitempty"`
	// Target is where the data is now: the directory of Terraform's restored_id.
	Target string `json:"target"`

	StartedAt  time.Time `json:"started_at"`
	RenewedAt  time.Time `json:"renewed_at"`
	FinishedAt time.Time `json:"finished_at,omitzero"`
	SizeBytes  int64     `json:"size_bytes"`
}

// requestKey recognises a request: the same server, name and triggers.
func requestKey(r backup.PointRequest) string {
	triggers := r.Triggers
	if len(triggers) == 0 {
		triggers = nil
	}
	// Maps are written with sorted keys.
	data, _ := json.Marshal([]any{r.ServerID, r.Name, triggers})
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func isServiceError(err error) bool {
	var own *backup.ServiceError
	return errors.As(err, &own)
}
