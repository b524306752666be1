package backup_test

import (
	"slices"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var fuzzRules = []string{
	"FREQ=DAILY;BYHOUR=1;BYMINUTE=0",
	"FREQ=DAILY;INTERVAL=2;BYHOUR=1;BYMINUTE=0",
	"freq=hourly;interval=6;byminute=0,30",
	"FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=2;BYMINUTE=30",
	"FREQ=MONTHLY;BYMONTHDAY=31,-1;BYHOUR=0,2,23;BYMINUTE=0,59",
	"FREQ=MONTHLY;BYDAY=5FR,-5MO;BYHOUR=2;BYMINUTE=15",
	"FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR;BYHOUR=1;BYMINUTE=0",
	"BEGIN:VEVENT\r\nRRULE:FREQ=HOURLY;BYM\r\n INUTE=0\r\nEND:VEVENT\r\n",
	"DTSTART;TZID=Europe/Berlin:20300101T010000\nRRULE:FREQ=DAILY;COUNT=1",
	"0 1 * * *",
	"FREQ=;;BYDAY=,;=",
}

func FuzzParseSchedule(f *testing.F) {
	for _, rule := range fuzzRules {
		f.Add(rule)
	}
	f.Fuzz(func(t *testing.T, rule string) {
		s, err := backup.ParseAnchoredSchedule(rule)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without text")
			}
			return
		}
		canonical := s.String()
		again, err := backup.ParseAnchoredSchedule(canonical)
		if err != nil {
			t.Fatalf("the canonical form %q of %q is refused: %v", canonical, rule, err)
		}
		if again.String() != canonical {
			t.Errorf("the canonical form of %q becomes %q", canonical, again)
		}
		if !backup.SchedulesEqual([]string{rule}, []string{canonical}) {
			t.Errorf("%q does not equal its canonical form %q", rule, canonical)
		}
	})
}

func FuzzNext(f *testing.F) {
	zones := []string{
		"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca",
		"America/St_Johns", "Pacific/Kwajalein", "Asia/Kathmandu",
	}
	for i, zone := range zones {
		f.Add(fuzzRules[i%7], zone, int64(1774745999+i*1e7)) // 2026-03-29 and later
		f.Add(fuzzRules[2], zone, int64(1325237400))         // 2011-12-30, which Apia skipped
	}
	f.Fuzz(func(t *testing.T, rule, zone string, unix int64) {
		s, err := backup.ParseSchedule(rule)
		if err != nil {
			return
		}
		loc, err := backup.ParseTimezone(zone)
		if err != nil {
			return
		}
		at := time.Unix(unix, 0)
		if y := at.UTC().Year(); y < 2 || y > 9980 {
			s.Next(at, loc) // must only return
			return
		}
		for range 4 {
			run := s.Next(at, loc)
			if run.IsZero() || !run.After(at) {
				t.Fatalf("%s in %s: the run after %s is %s", s, zone, at, run)
			}
			if limit := at.AddDate(0, 0, 402); run.After(limit) {
				t.Fatalf("%s in %s: no run from %s to %s", s, zone, at, run)
			}
			if again := s.Next(run.Add(-1), loc); !again.Equal(run) {
				t.Fatalf("%s in %s: the run at %s is not found from just before it, but %s", s, zone, run, again)
			}
			checkWall(t, s, run)
			at = run
		}
	})
}

// checkWall wants the clock to show a time of the schedule, or to have jumped over one.
func checkWall(t *testing.T, s backup.Schedule, run time.Time) {
	t.Helper()
	onTime := run.Second() == 0 && slices.Contains(s.Minutes, run.Minute())
	if s.Freq == backup.Hourly {
		onTime = onTime && run.Hour()%s.Interval == 0
	} else {
		onTime = onTime && slices.Contains(s.Hours, run.Hour())
	}
	start, _ := run.ZoneBounds()
	if !onTime && !start.Equal(run) {
		t.Errorf("%s runs at %s", s, run)
	}
}
