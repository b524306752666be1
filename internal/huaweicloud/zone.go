package huaweicloud

import (
	"fmt"
	"time"
)

// StandardOffset is how far the clocks of a zone are ahead of UTC without daylight saving. These services
// know no daylight saving, so it stands for the zone all the year, for writing and for comparing.
func StandardOffset(zone *time.Location, at time.Time) time.Duration {
	at = at.In(zone)
	if at.IsDST() {
		if _, end := at.ZoneBounds(); !end.IsZero() {
			at = end
		}
	}
	_, seconds := at.Zone()
	return time.Duration(seconds) * time.Second
}

// ChangesClocks says whether a zone has daylight saving within a year of a time.
func ChangesClocks(zone *time.Location, at time.Time) bool {
	_, end := at.In(zone).ZoneBounds()
	return !end.IsZero() && end.Before(at.AddDate(1, 0, 0))
}

// FormatOffset spells an offset as these services do, such as UTC+01:00 (§2.12, §3.5).
func FormatOffset(offset time.Duration) string {
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	minutes := int(offset / time.Minute)
	return fmt.Sprintf("UTC%c%02d:%02d", sign, minutes/60, minutes%60)
}
