package local

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

func TestKopiaSchedule(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		"FREQ=HOURLY;INTERVAL=6;BYMINUTE=30":                                     "times 0:30 6:30 12:30 18:30",
		"FREQ=DAILY;BYHOUR=1;BYMINUTE=0":                                         "times 1:0",
		"FREQ=DAILY;BYHOUR=1,13;BYMINUTE=0,30":                                   "times 1:0 1:30 13:0 13:30",
		"FREQ=DAILY;BYDAY=MO,FR;BYHOUR=1;BYMINUTE=0":                             "cron 0 1 * * 1,5",
		"FREQ=WEEKLY;BYDAY=SU;BYHOUR=3;BYMINUTE=15":                              "cron 15 3 * * 0",
		"FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=3,15;BYMINUTE=0":                         "cron 0 3,15 * * 1,4",
		"FREQ=MONTHLY;BYMONTHDAY=1,15;BYHOUR=1;BYMINUTE=0":                       "cron 0 1 1,15 * *",
		"FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=1;BYMINUTE=0":                         "cron 0 1 L * *",
		"FREQ=MONTHLY;BYMONTHDAY=-2;BYHOUR=1;BYMINUTE=0":                         "error FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=1;BYMINUTE=0",
		"FREQ=MONTHLY;BYDAY=1SU;BYHOUR=1;BYMINUTE=0":                             "error FREQ=WEEKLY;BYDAY=SU;BYHOUR=1;BYMINUTE=0",
		"FREQ=MONTHLY;BYDAY=3TU;BYHOUR=1;BYMINUTE=0":                             "error FREQ=MONTHLY;BYMONTHDAY=15;BYHOUR=1;BYMINUTE=0",
		"FREQ=DAILY;BYMONTHDAY=1;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=1;BYMINUTE=0": "error FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=1;BYMINUTE=0",
	} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			s, err := kopiaSchedule([]string{rule})
			var got []string
			switch {
			case err != nil:
				if nearest, ok := strings.CutPrefix(want, "error "); !ok || !strings.Contains(err.Error(), nearest) {
					t.Errorf("the error is %v, want one that names %s", err, nearest)
				} else if _, err := kopiaSchedule([]string{nearest}); err != nil {
					t.Errorf("what the error names is none either: %v", err)
				}
				return
			case len(s.TimesOfDay) > 0:
				got = append(got, "times")
				for _, at := range s.TimesOfDay {
					got = append(got, fmt.Sprintf("%d:%d", at.Hour, at.Minute))
				}
			default:
				got = append(got, "cron", strings.Join(s.Cron, "; "))
			}
			if text := strings.Join(got, " "); text != want {
				t.Errorf("got %s, want %s", text, want)
			}
			if err := engine.CheckSchedule(s); err != nil {
				t.Errorf("Kopia says: %v", err)
			}
		})
	}
}

func TestSameClock(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{"UTC", "Etc/UTC", true}, {"Europe/Berlin", "Europe/Paris", true}, {"Europe/Berlin", "Africa/Lagos", false}, {"UTC", "Europe/London", false},
	} {
		a, errA := backup.ParseTimezone(test.a)
		b, errB := backup.ParseTimezone(test.b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if got := sameClock(a, b, from); got != test.same {
			t.Errorf("%s and %s: %t", test.a, test.b, got)
		}
	}
}
