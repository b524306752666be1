// Package backup is the domain of the provider: servers, policies, points, history and space usage,
// and the interfaces that every backup service implements. It knows no wire format and no Terraform.
//
// Conventions: a nil pointer, an empty string and a zero time mean "the service does not say";
// sizes are bytes; times are UTC; lists are iterators that page inside and stop at the first error.
package backup

import (
	"context"
	"iter"
)

// Service is what every backup service can do. What only some can is an interface of its own
// ([Historian], [UsageReporter], [Canceler]); callers ask with a type assertion.
//
// Every call that names an object by id returns an error that matches [ErrNotFound] if it is gone,
// except DeletePoint. Create and Update return the object as the service then shows it. Every method
// honours cancellation of its context: with one that has ended it fails with its error and writes
// nothing. Lists can be left early, and the service written to while they are ranged over. A client
// sees its own writes at once. Package backuptest tests all this.
type Service interface {
	// Scope says whose objects this service shows. An empty Scope.ID means that the store does not
	// exist yet: lists are empty and the first write creates it.
	Scope(ctx context.Context) (Scope, error)

	PolicyService
	ServerService
	PointService
}

// Scope names the owner of a set of objects, so that an object of one store is never looked up in
// another: a Kopia repository's unique id, or region and project of a cloud.
type Scope struct {
	// Service is the configuration word: local, vngcloud, csbs or cbr.
	Service string
	// ID is unique among all scopes of the service.
	ID string
	// Name is what a person recognises: a path, or region and project.
	Name string
}

// String is for messages.
func (s Scope) String() string {
	if s.ID == "" {
		return s.Service + " store " + s.Name + " (which does not exist)"
	}
	return s.Service + " store " + s.Name + " (id " + s.ID + ")"
}

// PolicyService manages policies.
type PolicyService interface {
	// CheckPolicy reports what this service cannot do with p, before anything is written. A
	// member that is missing is complained of by its path: the caller leaves out what it does not
	// know yet.
	CheckPolicy(ctx context.Context, p Policy) []Problem
	Policies(ctx context.Context) iter.Seq2[Policy, error]
	Policy(ctx context.Context, id string) (Policy, error)
	CreatePolicy(ctx context.Context, p Policy) (Policy, error)
	// UpdatePolicy replaces every settable member of the policy with p.ID.
	UpdatePolicy(ctx context.Context, p Policy) (Policy, error)
	// DeletePolicy fails with [ErrConflict] while servers use the policy.
	DeletePolicy(ctx context.Context, id string) error
}

// ServerService manages servers, that is, instances under backup.
type ServerService interface {
	// CheckServer is [PolicyService.CheckPolicy] for servers. prior is nil for a new server.
	CheckServer(ctx context.Context, s Server, prior *Server) []Problem
	Servers(ctx context.Context) iter.Seq2[Server, error]
	Server(ctx context.Context, id string) (Server, error)
	CreateServer(ctx context.Context, s Server) (Server, error)
	// UpdateServer replaces every settable member of the server with s.ID.
	UpdateServer(ctx context.Context, s Server) (Server, error)
	// DeleteServer ends the backup of a server. What happens to its points is asked for in so many
	// words; [PointsFail] fails with [ErrConflict] while there are any, and a fate that the service
	// does not know with [ErrUnsupported].
	DeleteServer(ctx context.Context, id string, points PointsOnDestroy) error
}

// PointService manages points.
type PointService interface {
	// CheckPoint is [PolicyService.CheckPolicy] for a point that is to be taken.
	CheckPoint(ctx context.Context, r PointRequest) []Problem
	// Points lists newest first, and only what f matches.
	Points(ctx context.Context, f PointFilter) iter.Seq2[Point, error]
	// Point returns one point, volumes included.
	Point(ctx context.Context, id string, fresh Freshness) (Point, error)
	// StartPoint asks for a point and returns as soon as its id is known, usually while it is still
	// being taken; [WaitPoint] waits for the rest. The run does not end with ctx; a [Canceler] stops
	// it. It never starts a second backup for one request.
	StartPoint(ctx context.Context, r PointRequest) (Point, error)
	// UpdatePoint changes what can be changed of a point in place.
	UpdatePoint(ctx context.Context, id string, u PointUpdate) (Point, error)
	// DeletePoint succeeds for a point that is already gone and fails with [ErrLocked] for one
	// that a lock holds.
	DeletePoint(ctx context.Context, id string) error
}

// Historian is a service that knows what happened.
type Historian interface {
	// History lists finished and running jobs newest first, and only what f matches.
	History(ctx context.Context, f HistoryFilter) iter.Seq2[HistoryEntry, error]
}

// UsageReporter is a service that knows what points cost in space.
type UsageReporter interface {
	SpaceUsage(ctx context.Context, f UsageFilter) (SpaceUsage, error)
}

// Canceler is a service whose points are taken by this process: giving up waiting stops the backup.
type Canceler interface {
	// CancelPoint stops the run of a point and returns it in its final state.
	CancelPoint(ctx context.Context, id string) (Point, error)
}

// Noticer is a service that has something to say which is not an error, such as where it put a key.
type Noticer interface {
	// TakeNotices returns what came up since the last call.
	TakeNotices() []Notice
}

// Notice is a warning for the user.
type Notice struct {
	Summary string
	Detail  string
}

// Freshness says whether a read may be answered from a recent listing.
type Freshness bool

// Reads of configuration may be cached; reads that wait for something must not be.
const (
	Cached Freshness = false
	Fresh  Freshness = true
)
