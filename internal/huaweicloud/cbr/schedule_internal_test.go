package cbr

import (
	"slices"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// FuzzSchedules wants translated rules to run at the same moments, and to come back as they were.
func FuzzSchedules(f *testing.F) {
	for i, rule := range []string{
		"FREQ=DAILY;BYHOUR=0,12,23;BYMINUTE=59", "FREQ=WEEKLY;BYDAY=SU,MO,SA;BYHOUR=0,23;BYMINUTE=0",
		"FREQ=HOURLY;INTERVAL=3;BYMINUTE=30", "FREQ=DAILY;BYDAY=TU;BYHOUR=5;BYMINUTE=5",
	} {
		f.Add(rule, int16(60*i))
		f.Add(rule, int16(-570))
	}
	f.Fuzz(func(t *testing.T, rule string, minutes int16) {
		offset := time.Duration(minutes%(15*60)) * time.Minute
		s, err := backup.ParseSchedule(rule)
		if err != nil {
			schedules([]string{rule}, offset) // must only return
			return
		}
		utc, err := patterns([]string{rule}, offset)
		if err != nil {
			return
		}
		zone := time.FixedZone("", int(offset/time.Second))
		from := time.Date(2026, 7, 5, 0, 0, 0, 0, time.UTC)
		want := backup.NextRuns([]backup.Schedule{s}, zone, from, 50)
		got := backup.NextRuns(parsed(t, utc), time.UTC, from, 50)
		if !slices.EqualFunc(got, want, time.Time.Equal) {
			t.Fatalf("%q at %s becomes %q, which runs at %s, not at %s", rule, offset, utc, got, want)
		}
		back := schedules(utc, offset)
		if got := backup.NextRuns(parsed(t, back), zone, from, 50); !slices.EqualFunc(got, want, time.Time.Equal) {
			t.Fatalf("%q at %s comes back as %q", rule, offset, back)
		}
	})
}

func parsed(t *testing.T, rules []string) []backup.Schedule {
	t.Helper()
	var list []backup.Schedule
	for _, rule := range rules {
		s, err := backup.ParseSchedule(rule)
		if err != nil {
			t.Fatalf("%q: %v", rule, err)
		}
		list = append(list, s)
	}
	return list
}

func FuzzOffset(f *testing.F) {
	for _, text := range []string{"UTC", "UTC+08:00", "UTC-03:30", "utc+1", "UTC+", "UTC+99:99", "+08:00", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		offset, ok := parseOffset(text)
		if !ok {
			return
		}
		if again, ok := parseOffset(huaweicloud.FormatOffset(offset)); !ok || again != offset {
			t.Errorf("%q is %s, which is written %q and read as %s", text, offset, huaweicloud.FormatOffset(offset), again)
		}
	})
}

func TestZoneNames(t *testing.T) {
	t.Parallel()
	for minutes := -12 * 60; minutes <= 14*60; minutes += 15 {
		offset := time.Duration(minutes) * time.Minute
		name, ok := zoneName(offset)
		if minutes%60 == 0 && !ok {
			t.Errorf("there is no zone for %s", huaweicloud.FormatOffset(offset))
		}
		if !ok {
			continue
		}
		zone, err := backup.ParseTimezone(name)
		if err != nil {
			t.Errorf("the zone for %s: %v", huaweicloud.FormatOffset(offset), err)
			continue
		}
		for month := range 12 {
			if got := huaweicloud.StandardOffset(zone, time.Date(2026, time.Month(month+1), 15, 0, 0, 0, 0, time.UTC)); got != offset {
				t.Errorf("the zone for %s, %s, has %s in month %d", huaweicloud.FormatOffset(offset), name, huaweicloud.FormatOffset(got), month+1)
			}
		}
	}
	if _, ok := zoneName(15 * time.Hour); ok {
		t.Error("there is a zone for UTC+15:00")
	}
}

func FuzzMark(f *testing.F) {
	for _, text := range []string{"", " ", "before the upgrade", "two\nlines", "[request 0123456789abcdef]", "x [request 0123456789abcdef]"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, description string) {
		mark := markOf(backup.PointRequest{ServerID: "s", Description: description})
		got, found := cutMark(addMark(description, mark))
		if got != description || found != mark {
			t.Errorf("%q with %s comes back as %q with %s", description, mark, got, found)
		}
	})
}
