package backup

// Retention says which points stay. A point stays while any rule keeps it; nil rules keep nothing.
// A Retention without any rule keeps everything.
type Retention struct {
	// Latest keeps the newest N points.
	Latest *int64
	// Hourly to Yearly keep the newest point of each of the last N such periods that have a point.
	Hourly, Daily, Weekly, Monthly, Yearly *int64
	// Days keeps points younger than that many days.
	Days *int64
}
