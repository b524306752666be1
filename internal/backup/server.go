package backup

import "time"

// Server is an instance under backup.
type Server struct {
	ID         string
	Name       string
	InstanceID string
	// PolicyID empty: on demand only (or the service's default policy).
	PolicyID         string
	LocationID       string
	Enabled          bool
	ExcludeVolumeIDs []string
	// Options are the service's own, a struct of its package.
	Options any

	// Read-only.
	CreatedAt       time.Time
	InstanceDeleted *bool
	// PointCount counts the points that still exist.
	PointCount    *int64
	LastPointAt   time.Time
	LastSuccessAt time.Time
	LastStatus    Status
}

// PointsOnDestroy says what becomes of the points of a server that is deleted.
type PointsOnDestroy string

// The fates of points.
const (
	PointsFail   PointsOnDestroy = "fail"
	PointsKeep   PointsOnDestroy = "keep"
	PointsDelete PointsOnDestroy = "delete"
)
