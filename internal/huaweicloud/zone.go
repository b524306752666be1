package huaweicloud

import (
	"fmt"
	"time"
)

// StandardOffset is how far the clocks of a zone are ahead of UTC at a time, without daylight saving. These
// services know no daylight saving, so it stands for the zone all the year, for writing and for comparing.
// Which time of the year is standard is what the time zone database says: in Ireland it is summer.
func StandardOffset(zone *time.Location, at time.Time) time.Duration {
	t := at.In(zone)
	// Zones alternate; the bound is for broken ones.
	for range 4 {
		_, end := t.ZoneBounds()
		if !t.IsDST() || end.IsZero() {
			break
		}
		t = end
	}
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}

// ChangesClocks says whether a zone changes its offset within a year of a time.
func ChangesClocks(zone *time.Location, at time.Time) bool {
	_, now := at.In(zone).Zone()
	_, end := at.In(zone).ZoneBounds()
	if end.IsZero() || end.After(at.AddDate(1, 0, 0)) {
		return false
	}
	_, then := end.Zone()
	return now != then
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
