package backup

import (
	"cmp"
	"slices"
	"time"
)

// Retention says which points stay. A point stays while any rule keeps it; nil rules keep nothing.
// A Retention without any rule keeps everything.
type Retention struct {
	// Latest keeps the newest N points.
	Latest *int64
	// Hourly to Yearly keep the newest point of each of the last N such periods that have a point.
	Hourly, Daily, Weekly, Monthly, Yearly *int64
	// Days keeps points younger than that many days of 24 hours.
	Days *int64
}

// RetentionPoint is what retention has to know of a point.
type RetentionPoint struct {
	ID           string
	CreatedAt    time.Time
	ScheduleType ScheduleType
}

// Keep returns the ids of the points that stay at a time, in the order given. The zone (nil is UTC)
// cuts the periods; weeks are those of ISO 8601, and the hour that daylight saving doubles is two.
//
// Retention is about points that a policy took: only those with [SchedulePolicy] and a time of
// creation are counted and may go. Manual ones, and those of which the service does not say, stay.
// Give it available points only: one in error would take the place of a good one.
//
// A nil Retention, or one without a rule of 1 or more, keeps everything.
func (r *Retention) Keep(points []RetentionPoint, loc *time.Location, at time.Time) []string {
	if loc == nil {
		loc = time.UTC
	}
	stays := make([]bool, len(points))
	var counted []int
	for i, p := range points {
		stays[i] = !r.hasRule() || p.ScheduleType != SchedulePolicy || p.CreatedAt.IsZero()
		if !stays[i] {
			counted = append(counted, i)
		}
	}
	slices.SortFunc(counted, func(a, b int) int { // newest first
		return cmp.Or(points[b].CreatedAt.Compare(points[a].CreatedAt), cmp.Compare(points[b].ID, points[a].ID))
	})
	for _, rule := range r.rules() {
		if limit := value(rule.limit); limit > 0 {
			rule.mark(limit, points, counted, stays, loc, at)
		}
	}

	kept := make([]string, 0, len(points))
	for i, p := range points {
		if stays[i] {
			kept = append(kept, p.ID)
		}
	}
	return kept
}

// Check reports rules that cannot be meant.
func (r *Retention) Check() []Problem {
	var problems []Problem
	for _, rule := range r.rules() {
		if rule.limit != nil && *rule.limit < 1 {
			problems = append(problems, Problem{
				Path:    []string{"retention", rule.name},
				Summary: "Invalid Retention",
				Detail:  "retention." + rule.name + " must be 1 or more; leave it out if it should keep nothing.",
			})
		}
	}
	return problems
}

func (r *Retention) hasRule() bool {
	return slices.ContainsFunc(r.rules(), func(rule retentionRule) bool { return value(rule.limit) > 0 })
}

func value(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}
