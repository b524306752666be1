package csbs

import (
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// FuzzTranslate wants a translated schedule to run when the original does, and translating it again to
// change nothing.
func FuzzTranslate(f *testing.F) {
	for _, rule := range []string{
		"FREQ=DAILY;BYHOUR=0,23;BYMINUTE=59", "FREQ=WEEKLY;BYDAY=MO,SU;BYHOUR=0;BYMINUTE=30", "FREQ=HOURLY;INTERVAL=6;BYMINUTE=5",
		"FREQ=HOURLY;BYDAY=MO;BYMINUTE=0", "FREQ=MONTHLY;BYDAY=1MO;BYHOUR=1;BYMINUTE=0", "FREQ=DAILY;BYDAY=TU;BYHOUR=5;BYMINUTE=1,2",
	} {
		f.Add(rule, 60)
		f.Add(rule, -210)
		f.Add(rule, 0)
	}
	f.Fuzz(func(t *testing.T, rule string, minutes int) {
		minutes %= 14 * 60
		offset := time.Duration(minutes) * time.Minute
		original, err := backup.ParseSchedule(rule)
		if err != nil {
			t.Skip()
		}
		text, err := translate(rule, offset)
		if err != nil {
			t.Skip()
		}
		utc, err := backup.ParseSchedule(text)
		if err != nil {
			t.Fatalf("%s is translated to %s, which is none: %v", rule, text, err)
		}
		if again, err := translate(text, 0); err != nil || again != text {
			t.Errorf("%s translates to %s (%v)", text, again, err)
		}
		zone := time.FixedZone("", minutes*60)
		at, atUTC := time.Date(2026, 2, 27, 0, 0, 0, 0, time.UTC), time.Date(2026, 2, 27, 0, 0, 0, 0, time.UTC)
		for range 30 {
			at, atUTC = original.Next(at, zone), utc.Next(atUTC, time.UTC)
			if !at.Equal(atUTC) {
				t.Fatalf("%s runs at %s, and as %s at %s", rule, at.UTC(), text, atUTC)
			}
		}
		if got := rules(patternHead + text + patternTail); len(got) != 1 || got[0] != text {
			t.Errorf("%s reads back as %q", text, got)
		}
	})
}

// FuzzRestoreID wants what is read of an id to be what it says.
func FuzzRestoreID(f *testing.F) {
	f.Add("a/b/2026-01-02T03:04:05Z")
	f.Add("no-such-id")
	f.Add("../x/2026-01-02T03:04:05Z")
	f.Fuzz(func(t *testing.T, text string) {
		id, ok := parseRestoreID(text)
		if !ok {
			return
		}
		if again, ok := parseRestoreID(id.String()); !ok || again.item != id.item || again.server != id.server || again.at.Unix() != id.at.Unix() {
			t.Errorf("%q reads as %v and then as %v", text, id, again)
		}
	})
}
