package backup

import "time"

// HistoryKind is what kind of job an entry is of.
type HistoryKind string

// The kinds of history.
const (
	KindBackup   HistoryKind = "backup"
	KindRestore  HistoryKind = "restore"
	KindDelete   HistoryKind = "delete"
	KindLocation HistoryKind = "location"
)

// HistoryStatus is how a job ended.
type HistoryStatus string

// The states of a job.
const (
	HistoryRunning   HistoryStatus = "running"
	HistorySucceeded HistoryStatus = "succeeded"
	HistoryFailed    HistoryStatus = "failed"
	HistorySkipped   HistoryStatus = "skipped"
)

// HistoryEntry is one finished or running job. It outlives its point.
type HistoryEntry struct {
	ID             string
	Kind           HistoryKind
	Status         HistoryStatus
	ServiceStatus  string
	PointID        string
	ServerID       string
	ServerName     string
	InstanceID     string
	PolicyID       string
	LocationID     string
	Type           PointType
	ScheduleType   ScheduleType
	SizeBytes      *int64
	StartedAt      time.Time
	FinishedAt     time.Time
	DeletionStatus DeletionStatus
	Error          string
}
