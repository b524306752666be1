package backup

import "time"

// Policy is a schedule with a retention.
type Policy struct {
	ID          string
	Name        string
	Description string
	// Schedules are RFC 5545 recurrence rules in Timezone, as the user spelled them; [ParseSchedule]
	// reads them. None means that nothing runs by itself.
	Schedules []string
	// Timezone is an IANA zone name; it also cuts the periods of Retention.
	Timezone string
	Enabled  bool
	// Retention nil keeps every point.
	Retention *Retention
	// IncrementalsPerFull 0 makes every point full; nil leaves it to the service.
	IncrementalsPerFull *int64
	// Default policies are given to servers that name none; nil where a service has no such thing, and
	// in an update to leave it as it is.
	Default *bool
	Tags    map[string]string
	// Options are the service's own, a struct of its package.
	Options   any
	CreatedAt time.Time
	// ServerIDs are the servers that use the policy, sorted; read-only.
	ServerIDs []string
}
