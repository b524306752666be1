package backup

import (
	"context"
	"iter"
	"time"
)

// Location is where points are stored: a Kopia repository, a backup destination, a vault.
type Location struct {
	ID   string
	Name string
	// Region is where a cloud keeps the location; empty elsewhere.
	Region string
	// QuotaBytes limits what the location holds; nil is unlimited.
	QuotaBytes *int64
	// Default locations are given to servers that name none; nil where a service has no such thing, and
	// in an update to leave it as it is.
	Default *bool
	// SoftDelete nil deletes points at once.
	SoftDelete *SoftDelete
	// Lock nil lets points of any age be deleted.
	Lock *LocationLock
	// Options are the service's own, a struct of its package. Secrets are among them only on their way
	// to the service, never in what it returns.
	Options any

	// Read-only.
	CreatedAt time.Time
	// UsedBytes is nil where the service does not tell it together with the location;
	// [UsageReporter] may still measure it.
	UsedBytes   *int64
	ServerCount *int64
}

// SoftDelete keeps deleted points in a bin for a while.
type SoftDelete struct {
	// RetentionDays is how many days of 24 hours a deleted point can be recovered.
	RetentionDays int64
}

// LocationLock keeps points from being deleted too early.
type LocationLock struct {
	// MinDays is the age in days of 24 hours below which no point is deleted.
	MinDays int64
	// MaxDays is the age above which the service keeps no point; nil where there is no such thing.
	MaxDays *int64
	// GraceDays is how long the lock can still be changed; nil where there is no such thing.
	GraceDays *int64
}

// Locator is a service whose locations are managed. What it stores where is a server's LocationID.
type Locator interface {
	// CheckLocation is [PolicyService.CheckPolicy] for locations. prior is nil for a new location.
	CheckLocation(ctx context.Context, l Location, prior *Location) []Problem
	Locations(ctx context.Context) iter.Seq2[Location, error]
	Location(ctx context.Context, id string) (Location, error)
	CreateLocation(ctx context.Context, l Location) (Location, error)
	// UpdateLocation replaces every settable member of the location with l.ID. Secrets that are not
	// given stay as they are.
	UpdateLocation(ctx context.Context, l Location) (Location, error)
	// DeleteLocation fails with [ErrConflict] while servers use the location, and while it holds
	// points, soft-deleted ones included, unless force is given: then they go with it. It fails with
	// [ErrLocked] while the lock holds one of them.
	DeleteLocation(ctx context.Context, id string, force bool) error
}

// Recoverer is a service that takes points out of the bin.
type Recoverer interface {
	// RecoverPoint makes a soft-deleted point available again. One that is not deleted is returned as
	// it is; one that has lapsed is [ErrNotFound].
	RecoverPoint(ctx context.Context, id string) (Point, error)
}

// RegionLister is a service that can say where a location may be.
type RegionLister interface {
	Regions(ctx context.Context) iter.Seq2[Region, error]
}

// Region is where a location may be.
type Region struct {
	ID   string
	Name string
}
