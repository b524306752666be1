package backup

import (
	"slices"
	"strings"
	"time"
)

// MaxFilterTags is how many tags a filter may have.
const MaxFilterTags = 10

// PointFilter selects points. Zero members select everything; a member that is set never matches a
// point whose own value is unknown.
type PointFilter struct {
	ServerID   string
	InstanceID string
	LocationID string
	IDs        []string
	// Name and ServerName match case-insensitive substrings.
	Name         string
	ServerName   string
	Status       []Status
	Type         PointType
	ScheduleType ScheduleType
	// From and To are a half-open interval [From, To) of the time of creation.
	From, To time.Time
	// Tags must all match.
	Tags map[string]string
	// IncludeDeleted adds points that are soft-deleted.
	IncludeDeleted bool
}

// Match says whether p is selected.
func (f PointFilter) Match(p Point) bool {
	switch {
	case !equalOrAny(f.ServerID, p.ServerID),
		!equalOrAny(f.InstanceID, p.InstanceID),
		!equalOrAny(f.LocationID, p.LocationID),
		!equalOrAny(f.Type, p.Type),
		!equalOrAny(f.ScheduleType, p.ScheduleType),
		!containsOrAny(f.IDs, p.ID),
		!containsOrAny(f.Status, p.Status),
		!substringOrAny(f.Name, p.Name),
		!substringOrAny(f.ServerName, p.ServerName),
		!within(p.CreatedAt, f.From, f.To),
		!f.IncludeDeleted && p.DeletionStatus == DeletionSoftDeleted:
		return false
	}
	for k, v := range f.Tags {
		if got, ok := p.Tags[k]; !ok || got != v {
			return false
		}
	}
	return true
}

// HistoryFilter selects history entries, by the rules of [PointFilter].
type HistoryFilter struct {
	ServerID   string
	InstanceID string
	LocationID string
	Kinds      []HistoryKind
	Status     []HistoryStatus
	// From and To are a half-open interval [From, To) of the start.
	From, To time.Time
}

// Match says whether e is selected.
func (f HistoryFilter) Match(e HistoryEntry) bool {
	return equalOrAny(f.ServerID, e.ServerID) &&
		equalOrAny(f.InstanceID, e.InstanceID) &&
		equalOrAny(f.LocationID, e.LocationID) &&
		containsOrAny(f.Kinds, e.Kind) &&
		containsOrAny(f.Status, e.Status) &&
		within(e.StartedAt, f.From, f.To)
}

// UsageFilter selects what space usage is reported of.
type UsageFilter struct {
	ServerIDs  []string
	LocationID string
}

func equalOrAny[T ~string](want, got T) bool {
	return want == "" || want == got
}

func containsOrAny[T ~string](want []T, got T) bool {
	return len(want) == 0 || (got != "" && slices.Contains(want, got))
}

func substringOrAny(want, got string) bool {
	return want == "" || strings.Contains(strings.ToLower(got), strings.ToLower(want))
}

func within(t, from, to time.Time) bool {
	if from.IsZero() && to.IsZero() {
		return true
	}
	return !t.IsZero() && !t.Before(from) && (to.IsZero() || t.Before(to))
}
