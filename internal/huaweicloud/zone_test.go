package huaweicloud

import (
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

func TestStandardOffset(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		zone, want string
		changes    bool
	}{
		{"UTC", "UTC+00:00", false},
		{"Europe/Berlin", "UTC+01:00", true},
		{"America/New_York", "UTC-05:00", true},
		{"Asia/Kolkata", "UTC+05:30", false},
		{"Australia/Sydney", "UTC+10:00", true},
		{"America/St_Johns", "UTC-03:30", true},
	} {
		zone, err := backup.ParseTimezone(tc.zone)
		if err != nil {
			t.Fatal(err)
		}
		for month := range 12 {
			at := time.Date(2026, time.Month(month+1), 15, 12, 0, 0, 0, time.UTC)
			if got := FormatOffset(StandardOffset(zone, at)); got != tc.want {
				t.Errorf("%s in %s: %s, want %s all the year", tc.zone, at.Month(), got, tc.want)
			}
			if got := ChangesClocks(zone, at); got != tc.changes {
				t.Errorf("%s in %s: changes clocks is %v", tc.zone, at.Month(), got)
			}
		}
	}
}
