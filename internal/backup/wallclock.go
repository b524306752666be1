package backup

import "time"

// wallOf returns what a clock in t's zone shows, as the UTC time that shows the same. Wall times can
// be added to and compared without any thought of daylight saving.
func wallOf(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// whenWallReaches returns the first moment at which the clock in a zone shows the wall time or a
// later one. That is the first of the two moments of a time that comes twice, and the end of the
// gap for a time that is skipped. (RFC 5545, section 3.3.5, would move a skipped time by the length of
// the gap, past the next run of a frequent schedule; time.Date promises neither.) A later wall time
// is never reached earlier.
func whenWallReaches(wall time.Time, loc *time.Location) time.Time {
	// No zone is as much as a day off UTC, so here the clock is still before wall.
	t := wall.Add(-24 * time.Hour).In(loc)
	// A zone changes its offset once or twice in two days at most; the bound is for broken zones.
	for range 10 {
		_, offset := t.Zone()
		at := wall.Add(-time.Duration(offset) * time.Second)
		if at.Before(t) {
			return t // The change at t jumped over it.
		}
		_, end := t.ZoneBounds()
		if end.IsZero() || at.Before(end) {
			return at.In(loc)
		}
		t = end
	}
	return wall.In(loc)
}
