package backup

import "context"

// RetentionPlanner is a service whose retention is not just [Retention.Keep] of a server's points: one that
// counts each source or full points only, or that applies a change to new points only.
type RetentionPlanner interface {
	// DroppedPoints returns the ids of those points of one server that go if a policy changes from prior
	// to next; none if the change drops no more than prior does, or if the service cannot say. The points are
	// the available ones that a policy took.
	DroppedPoints(ctx context.Context, prior, next Policy, points []Point) ([]string, error)
}
