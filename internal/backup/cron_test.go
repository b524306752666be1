package backup_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/cronexpr"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

func TestCronToRRule(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"0 1 * * *":              "FREQ=DAILY;BYHOUR=1;BYMINUTE=0",
		"  30\t2 * * 1-5 ":       "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=2;BYMINUTE=30",
		"0 3 1,15 * *":           "FREQ=MONTHLY;BYMONTHDAY=1,15;BYHOUR=3;BYMINUTE=0",
		"0 3 31 jan-dec *":       "FREQ=MONTHLY;BYMONTHDAY=31;BYHOUR=3;BYMINUTE=0",
		"0 * * * *":              "FREQ=HOURLY;BYMINUTE=0",
		"*/15 * * * *":           "FREQ=HOURLY;BYMINUTE=0,15,30,45",
		"5 */6 * * *":            "FREQ=HOURLY;INTERVAL=6;BYMINUTE=5",
		"5 0,12 * * *":           "FREQ=HOURLY;INTERVAL=12;BYMINUTE=5",
		"5 1,13 * * *":           "FREQ=DAILY;BYHOUR=1,13;BYMINUTE=5",
		"0 */5 * * *":            "FREQ=DAILY;BYHOUR=0,5,10,15,20;BYMINUTE=0",
		"0 */6 * * sat,sun":      "FREQ=WEEKLY;BYDAY=SA,SU;BYHOUR=0,6,12,18;BYMINUTE=0",
		"0 8-18/5 * * *":         "FREQ=DAILY;BYHOUR=8,13,18;BYMINUTE=0",
		"0 4 * * 0":              "FREQ=WEEKLY;BYDAY=SU;BYHOUR=4;BYMINUTE=0",
		"0 4 * * 5-7":            "FREQ=WEEKLY;BYDAY=FR,SA,SU;BYHOUR=4;BYMINUTE=0",
		"0 4 * * 0-6":            "FREQ=DAILY;BYHOUR=4;BYMINUTE=0",
		"0 4 * */1 1-7":          "FREQ=DAILY;BYHOUR=4;BYMINUTE=0",
		"0 4 1-31 * *":           "FREQ=DAILY;BYHOUR=4;BYMINUTE=0",
		"05 04 */10 * *":         "FREQ=MONTHLY;BYMONTHDAY=1,11,21,31;BYHOUR=4;BYMINUTE=5",
		"59,0,59 23 * * MON":     "FREQ=WEEKLY;BYDAY=MO;BYHOUR=23;BYMINUTE=0,59",
		"@hourly":                "FREQ=HOURLY;BYMINUTE=0",
		"@Daily":                 "FREQ=DAILY;BYHOUR=0;BYMINUTE=0",
		"@midnight":              "FREQ=DAILY;BYHOUR=0;BYMINUTE=0",
		"@weekly":                "FREQ=WEEKLY;BYDAY=SU;BYHOUR=0;BYMINUTE=0",
		"@monthly":               "FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=0;BYMINUTE=0",
		"0 1 * 1,2,3-6,7-12 */1": "FREQ=DAILY;BYHOUR=1;BYMINUTE=0",
	} {
		got, err := backup.CronToRRule(line)
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", line, got, err, want)
		}
	}
}

func TestCronToRRuleErrors(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"":                               "empty",
		" ":                              "empty",
		"0 1 * *":                        "has 4 fields",
		"0 0 1 * * *":                    "has 6 fields",
		"0 1 * * * /usr/bin/backup":      "without seconds, year, user or command",
		"0 1 1 * 1":                      "convert two lines",
		"0 1 */2 * 1":                    "convert two lines",
		"0 1 1 1 *":                      "the month field is \"1\": a schedule repeats every month",
		"0 1 1 */3 *":                    "retention.yearly",
		"@yearly":                        "retention.yearly",
		"@annually":                      "@annually cannot be converted",
		"@reboot":                        "times of day only",
		"@every 1h":                      "@every 1h is not known",
		"CRON_TZ=UTC 0 1 * * *":          "timezone of the policy",
		"TZ=UTC 0 1 * * *":               "timezone of the policy",
		"FREQ=DAILY;BYHOUR=1;BYMINUTE=0": "no line of cron",
		"60 1 * * *":                     "the minute field is \"60\": 60 is out of range; write a whole number from 0 to 59",
		"0 24 * * *":                     "the hour field",
		"0 1 0 * *":                      "from 1 to 31",
		"0 1 L * *":                      "BYMONTHDAY=-1",
		"0 1 15W * *":                    "the day of the month field",
		"0 1 * * 5L":                     "BYDAY=-1FR",
		"0 1 * * 5#2":                    "write the rule itself",
		"0 1 * * 8":                      "or a name such as MON",
		"0 1 * * FOO":                    "FOO is out of range",
		"0 1 ? * *":                      "? is not known; write *",
		"H 1 * * *":                      "H is out of range",
		"0 22-2 * * *":                   "goes backwards",
		"0 1 * * SAT-SUN":                "goes backwards",
		"5/15 * * * *":                   "write a range, for example 5-59/15",
		"*/0 * * * *":                    "the step \"0\"",
		"*/-1 * * * *":                   "the step \"-1\"",
		"*/+1 * * * *":                   "the step \"+1\"",
		"*/ * * * *":                     "the step \"\"",
		"1, * * * *":                     "a value is missing",
		"-1 * * * *":                     "a value is missing",
		"+1 * * * *":                     "+1 is out of range",
		"001 * * * *":                    "001 is out of range",
		"0 1 * * *\n0 2 * * *":           "'\\n'",
		"0 1 * * ſun":                    "the character",
		"0 1 * * " + strings.Repeat("1,", 600) + "1": "characters long",
	} {
		got, err := backup.CronToRRule(line)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %q, %v; want an error about %q", line, got, err, want)
		}
	}
}

// FuzzCronToRRule holds every rule against an implementation of cron: both run at the same moments.
func FuzzCronToRRule(f *testing.F) {
	for i, line := range []string{
		"0 1 * * *", "*/15 * * * *", "5 */6 * * *", "0 3 1,15 * *", "30 2 * * 1-5", "0 4 * * 5-7", "0 4 * * sun", "@weekly",
		"59 23 31 * *", "* * * * *", "0-59/7 8-18/5 */10 */1 *", "0 1 1 * 1", "0 0 29 2 *", "5/15 * * * *", "0 1 L * 5#2",
	} {
		f.Add(line, int64(1774745999+i*1e7))
	}
	f.Fuzz(func(t *testing.T, line string, unix int64) {
		rule, err := backup.CronToRRule(line)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without text")
			}
			return
		}
		schedule, err := backup.ParseSchedule(rule)
		if err != nil {
			t.Fatalf("%q becomes %q, which is refused: %v", line, rule, err)
		}
		// To that implementation 7 is Sunday alone, but not at the end of a range.
		if fields := strings.Fields(line); strings.Contains(fields[len(fields)-1], "7") {
			return
		}
		cron, err := cronexpr.Parse(line)
		if err != nil {
			t.Fatalf("%q becomes %q, but is no cron: %v", line, rule, err)
		}
		// Within the years of that implementation, 1970 to 2099.
		at := time.Unix((unix%4e9+4e9)%4e9, 0).UTC()
		for range 20 {
			want, got := cron.Next(at), schedule.Next(at, time.UTC)
			if !got.Equal(want) {
				t.Fatalf("%q after %s: cron runs at %s, %q at %s", line, at, want, rule, got)
			}
			at = got
		}
	})
}
