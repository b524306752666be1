package backup

import "time"

// Status is the state of a point.
type Status string

// The states of a point. StatusMissing is never reported by a service: Terraform state alone has it.
const (
	StatusCreating  Status = "creating"
	StatusAvailable Status = "available"
	StatusRestoring Status = "restoring"
	StatusDeleting  Status = "deleting"
	StatusError     Status = "error"
	StatusMissing   Status = "missing"
)

// Stable says whether a point stays in this state until somebody acts.
func (s Status) Stable() bool {
	return s == StatusAvailable || s == StatusError
}

// PointType is what a point became.
type PointType string

// The types of a point.
const (
	TypeFull        PointType = "full"
	TypeIncremental PointType = "incremental"
)

// ScheduleType is who asked for a point.
type ScheduleType string

// The schedule types of a point.
const (
	SchedulePolicy ScheduleType = "policy"
	ScheduleManual ScheduleType = "manual"
)

// DeletionStatus is whether the point of a history entry still exists; empty is unknown.
type DeletionStatus string

// The deletion states of a point.
const (
	DeletionPresent     DeletionStatus = "present"
	DeletionSoftDeleted DeletionStatus = "soft_deleted"
	DeletionDeleted     DeletionStatus = "deleted"
)

// Point is one backup of one server.
type Point struct {
	ID          string
	ServerID    string
	ServerName  string
	InstanceID  string
	Name        string
	Description string

	Status Status
	// ServiceStatus is the service's own word for Status.
	ServiceStatus string
	// Error is why the point is in [StatusError].
	Error string
	// Progress is 0 to 100 while the status is intermediate, and ReadBytes what was read until now.
	Progress  *int64
	ReadBytes *int64

	Type         PointType
	ScheduleType ScheduleType
	PolicyID     string
	LocationID   string
	LocationName string

	CreatedAt  time.Time
	FinishedAt time.Time

	SizeBytes       *int64
	SourceSizeBytes *int64
	// NewBytes is what taking the point added to the store.
	NewBytes *int64
	// IncompleteFiles counts files that could not be read.
	IncompleteFiles *int64
	InstantRestore  *bool

	Tags           map[string]string
	DeletionStatus DeletionStatus
	// RecoverUntil is when a soft-deleted point lapses.
	RecoverUntil time.Time

	Volumes []VolumePoint
}

// VolumePoint is the slice of a point for one disk or source.
type VolumePoint struct {
	ID   string
	Name string
	// SourceID is the disk's id, or the source's path.
	SourceID        string
	Status          Status
	Type            PointType
	SizeBytes       *int64
	SourceSizeBytes *int64
	Bootable        *bool
}

// PointRequest asks for a point.
type PointRequest struct {
	ServerID    string
	Name        string
	Description string
	// Full asks for a full one; nil leaves it to the service.
	Full *bool
	Tags map[string]string
	// Triggers are no property of the point: with server and name they recognise the unfinished
	// point of an earlier, killed run of the same request.
	Triggers map[string]string
}

// PointUpdate is what can be changed of a point; nil leaves it alone.
type PointUpdate struct {
	Tags *map[string]string
}
