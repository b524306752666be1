package backup_test

import (
	"strings"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

func TestParseSchedule(t *testing.T) {
	t.Parallel()
	const vevent = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:nightly\r\n" +
		"RRULE:FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=2;BYM\r\n INUTE=30\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	for _, tc := range []struct{ name, rule, want string }{
		{"daily", "FREQ=DAILY;BYHOUR=1;BYMINUTE=0", "FREQ=DAILY;BYHOUR=1;BYMINUTE=0"},
		{"lower case", "freq=daily;byhour=1;byminute=0", "FREQ=DAILY;BYHOUR=1;BYMINUTE=0"},
		{"order and zeros", "BYMINUTE=00;BYHOUR=13,01;FREQ=DAILY", "FREQ=DAILY;BYHOUR=1,13;BYMINUTE=0"},
		{"interval 1", "FREQ=DAILY;INTERVAL=1;BYHOUR=1;BYMINUTE=0", "FREQ=DAILY;BYHOUR=1;BYMINUTE=0"},
		{"blanks", " FREQ = DAILY ; BYHOUR = 1, 2 ;BYMINUTE=0\n", "FREQ=DAILY;BYHOUR=1,2;BYMINUTE=0"},
		{"property", "RRULE:FREQ=DAILY;BYHOUR=1;BYMINUTE=0", "FREQ=DAILY;BYHOUR=1;BYMINUTE=0"},
		{"calendar", vevent, "FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=2;BYMINUTE=30"},
		{"event in lines", "BEGIN:VEVENT\nRRULE:FREQ=HOURLY;BYMINUTE=5\nEND:VEVENT", "FREQ=HOURLY;BYMINUTE=5"},
		{"every six hours", "FREQ=HOURLY;INTERVAL=6;BYMINUTE=15,45", "FREQ=HOURLY;INTERVAL=6;BYMINUTE=15,45"},
		{"hourly on working days", "FREQ=HOURLY;BYDAY=FR,MO;BYMINUTE=0", "FREQ=HOURLY;BYDAY=MO,FR;BYMINUTE=0"},
		{"week from Monday", "FREQ=WEEKLY;BYDAY=SU,SA,MO;BYHOUR=1;BYMINUTE=0", "FREQ=WEEKLY;BYDAY=MO,SA,SU;BYHOUR=1;BYMINUTE=0"},
		{"end of month", "FREQ=MONTHLY;BYMONTHDAY=-1,15,+1;BYHOUR=1;BYMINUTE=0", "FREQ=MONTHLY;BYMONTHDAY=1,15,-1;BYHOUR=1;BYMINUTE=0"},
		{"day 31", "FREQ=MONTHLY;BYMONTHDAY=31;BYHOUR=1;BYMINUTE=0", "FREQ=MONTHLY;BYMONTHDAY=31;BYHOUR=1;BYMINUTE=0"},
		{"nth weekday", "FREQ=MONTHLY;BYDAY=-1SU,+2FR,1MO;BYHOUR=1;BYMINUTE=0", "FREQ=MONTHLY;BYDAY=1MO,2FR,-1SU;BYHOUR=1;BYMINUTE=0"},
		{"second Monday by days", "FREQ=MONTHLY;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=MO;BYHOUR=1;BYMINUTE=0", "FREQ=MONTHLY;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=MO;BYHOUR=1;BYMINUTE=0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s, err := backup.ParseSchedule(tc.rule)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.String(); got != tc.want {
				t.Errorf("canonical form of %q:\n got %s\nwant %s", tc.rule, got, tc.want)
			}
		})
	}
}

// Every error names the part that is wrong and shows something to write that is right.
func TestParseScheduleErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, rule string
		want       []string
	}{
		{"empty", " \n", []string{"empty", "FREQ=DAILY"}},
		{"long", strings.Repeat("A", 5000), []string{"5000", "4096"}},
		{"cron", "0 1 * * *", []string{"cron_to_rrule"}},
		{"words", "daily", []string{"DAILY", "not a recurrence rule"}},
		{"unicode", "FREQ=DAıLY;BYHOUR=1;BYMINUTE=0", []string{"'ı'"}},
		{"no FREQ", "BYHOUR=1;BYMINUTE=0", []string{"FREQ is missing"}},
		{"unknown FREQ", "FREQ=DALY;BYHOUR=1;BYMINUTE=0", []string{"FREQ=DALY", "WEEKLY"}},
		{"SECONDLY", "FREQ=SECONDLY", []string{"SECONDLY", "FREQ=HOURLY"}},
		{"MINUTELY", "FREQ=MINUTELY;INTERVAL=30", []string{"MINUTELY", "BYMINUTE=0,30"}},
		{"YEARLY", "FREQ=YEARLY", []string{"YEARLY", "FREQ=MONTHLY"}},
		{"COUNT", "FREQ=DAILY;COUNT=3;BYHOUR=1;BYMINUTE=0", []string{"COUNT", "disable"}},
		{"UNTIL", "FREQ=DAILY;UNTIL=20300101;BYHOUR=1;BYMINUTE=0", []string{"UNTIL", "disable"}},
		{"DTSTART part", "DTSTART=20300101;FREQ=DAILY;BYHOUR=1;BYMINUTE=0", []string{"DTSTART", "BYHOUR"}},
		{"DTSTART line", "DTSTART;TZID=Europe/Berlin:20300101T010000\nRRULE:FREQ=DAILY", []string{"DTSTART", "timezone"}},
		{"EXDATE line", "BEGIN:VEVENT\nRRULE:FREQ=HOURLY;BYMINUTE=0\nEXDATE:20300101\nEND:VEVENT", []string{"EXDATE"}},
		{"BYSETPOS", "FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1;BYHOUR=1;BYMINUTE=0", []string{"BYSETPOS", "BYDAY=-1FR"}},
		{"BYWEEKNO", "FREQ=DAILY;BYWEEKNO=3;BYHOUR=1;BYMINUTE=0", []string{"BYWEEKNO"}},
		{"BYSECOND", "FREQ=DAILY;BYSECOND=3;BYHOUR=1;BYMINUTE=0", []string{"BYSECOND"}},
		{"WKST", "FREQ=DAILY;WKST=MO;BYHOUR=1;BYMINUTE=0", []string{"WKST"}},
		{"unknown part", "FREQ=DAILY;BYOUR=1;BYMINUTE=0", []string{"BYOUR", "BYHOUR"}},
		{"twice", "FREQ=DAILY;BYHOUR=1;BYHOUR=2;BYMINUTE=0", []string{"BYHOUR", "twice"}},
		{"member twice", "FREQ=DAILY;BYHOUR=1,01;BYMINUTE=0", []string{"BYHOUR", "twice"}},
		{"no value", "FREQ=DAILY;BYHOUR=;BYMINUTE=0", []string{"BYHOUR has no value"}},
		{"no equals sign", "FREQ=DAILY;BYHOUR;BYMINUTE=0", []string{"BYHOUR has no value"}},
		{"semicolon at the end", "FREQ=DAILY;BYHOUR=1;BYMINUTE=0;", []string{"semicolon"}},
		{"comma too many", "FREQ=DAILY;BYHOUR=1,;BYMINUTE=0", []string{"BYHOUR=1,", "comma"}},
		{"hour 24", "FREQ=DAILY;BYHOUR=24;BYMINUTE=0", []string{"BYHOUR=24", "0 to 23"}},
		{"hour -1", "FREQ=DAILY;BYHOUR=-1;BYMINUTE=0", []string{"BYHOUR=-1", "0 to 23"}},
		{"minute 60", "FREQ=DAILY;BYHOUR=1;BYMINUTE=60", []string{"BYMINUTE=60", "0 to 59"}},
		{"month day 32", "FREQ=MONTHLY;BYMONTHDAY=32;BYHOUR=1;BYMINUTE=0", []string{"BYMONTHDAY=32", "-1"}},
		{"month day 0", "FREQ=MONTHLY;BYMONTHDAY=0;BYHOUR=1;BYMINUTE=0", []string{"BYMONTHDAY=0"}},
		{"month day --1", "FREQ=MONTHLY;BYMONTHDAY=--1;BYHOUR=1;BYMINUTE=0", []string{"BYMONTHDAY=--1"}},
		{"weekday", "FREQ=WEEKLY;BYDAY=MON;BYHOUR=1;BYMINUTE=0", []string{"BYDAY=MON", "MO, TU"}},
		{"sixth Monday", "FREQ=MONTHLY;BYDAY=6MO;BYHOUR=1;BYMINUTE=0", []string{"BYDAY=6MO", "5MO"}},
		{"counted weekday in a week", "FREQ=WEEKLY;BYDAY=MO,1TU;BYHOUR=1;BYMINUTE=0", []string{"BYDAY", "FREQ=MONTHLY;BYDAY=1TU"}},
		{"uncounted weekday in a month", "FREQ=MONTHLY;BYDAY=MO;BYHOUR=1;BYMINUTE=0", []string{"1MO", "FREQ=WEEKLY;BYDAY=MO"}},
		{"no hour", "FREQ=DAILY;BYMINUTE=0", []string{"BYHOUR is missing"}},
		{"no minute", "FREQ=DAILY;BYHOUR=1", []string{"BYMINUTE is missing"}},
		{"no minute, hourly", "FREQ=HOURLY", []string{"BYMINUTE is missing", "FREQ=HOURLY"}},
		{"hourly at hours", "FREQ=HOURLY;BYHOUR=8;BYMINUTE=0", []string{"BYHOUR", "FREQ=DAILY;BYHOUR=8"}},
		{"every five hours", "FREQ=HOURLY;INTERVAL=5;BYMINUTE=0", []string{"INTERVAL=5", "1, 2, 3, 4, 6, 8, 12 or 24"}},
		{"interval 0", "FREQ=HOURLY;INTERVAL=0;BYMINUTE=0", []string{"INTERVAL=0"}},
		{"huge interval", "FREQ=DAILY;INTERVAL=99999999999999999999;BYHOUR=1;BYMINUTE=0", []string{"INTERVAL"}},
		{"every other day", "FREQ=DAILY;INTERVAL=2;BYHOUR=1;BYMINUTE=0", []string{"INTERVAL=2", "BYMONTHDAY"}},
		{"every other week", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;BYHOUR=1;BYMINUTE=0", []string{"INTERVAL=2", "FREQ=WEEKLY"}},
		{"no weekday", "FREQ=WEEKLY;BYHOUR=1;BYMINUTE=0", []string{"BYDAY is missing"}},
		{"month day in a week", "FREQ=WEEKLY;BYDAY=MO;BYMONTHDAY=1;BYHOUR=1;BYMINUTE=0", []string{"BYMONTHDAY", "FREQ=MONTHLY"}},
		{"no day of the month", "FREQ=MONTHLY;BYHOUR=1;BYMINUTE=0", []string{"BYMONTHDAY or BYDAY is missing"}},
		{"never", "FREQ=MONTHLY;BYMONTHDAY=20;BYDAY=1MO;BYHOUR=1;BYMINUTE=0", []string{"never runs"}},
		{"Friday the 13th", "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR;BYHOUR=1;BYMINUTE=0", []string{"427 days"}},
		{"rare on any frequency", "FREQ=HOURLY;BYMONTHDAY=31;BYDAY=MO;BYMINUTE=0", []string{"pause"}},
		{"two rules", "RRULE:FREQ=HOURLY;BYMINUTE=0\nRRULE:FREQ=HOURLY;BYMINUTE=30", []string{"more than one rule"}},
		{"no rule", "BEGIN:VEVENT\nEND:VEVENT", []string{"no rule"}},
		{"empty RRULE", "RRULE:", []string{"no rule"}},
		{"RRULE with parameters", "RRULE;X=1:FREQ=HOURLY;BYMINUTE=0", []string{"RRULE has parameters"}},
		{"other property", "EVENT:FREQ=HOURLY;BYMINUTE=0", []string{`"EVENT"`}},
		{"alarm", "BEGIN:VALARM\nRRULE:FREQ=HOURLY;BYMINUTE=0\nEND:VALARM", []string{"BEGIN:VALARM"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s, err := backup.ParseSchedule(tc.rule)
			if err == nil {
				t.Fatalf("%q was taken as %s", tc.rule, s)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q: the error should mention %q: %s", tc.rule, want, err)
				}
			}
			if len(err.Error()) > 400 {
				t.Errorf("%q: %d characters is too much to read: %s", tc.rule, len(err.Error()), err)
			}
		})
	}
}

func TestParseAnchoredSchedule(t *testing.T) {
	t.Parallel()
	s, err := backup.ParseAnchoredSchedule("FREQ=DAILY;INTERVAL=2;BYHOUR=6;BYMINUTE=0")
	if err != nil {
		t.Fatal(err)
	}
	if s.CheckInterval() == nil {
		t.Error("CheckInterval takes an interval that needs an anchor")
	}
	for _, rule := range []string{
		"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;BYHOUR=6;BYMINUTE=0",
		"FREQ=DAILY;INTERVAL=2;BYDAY=MO;BYHOUR=6;BYMINUTE=0",
		"FREQ=DAILY;INTERVAL=2;BYHOUR=6",
	} {
		if _, err := backup.ParseAnchoredSchedule(rule); err == nil {
			t.Errorf("%s was taken", rule)
		}
	}
}

func TestSchedulesEqual(t *testing.T) {
	t.Parallel()
	const one, other = "FREQ=DAILY;BYHOUR=1;BYMINUTE=0", "FREQ=HOURLY;BYMINUTE=0"
	for _, tc := range []struct {
		name string
		a, b []string
		want bool
	}{
		{"none", nil, []string{}, true},
		{"spelling", []string{one}, []string{"rrule:byminute=00;byhour=01;freq=daily;interval=1"}, true},
		{"order", []string{one, other}, []string{other, one}, true},
		{"repeated", []string{one, one}, []string{one}, true},
		{"other", []string{one}, []string{other}, false},
		{"fewer", []string{one, other}, []string{one}, false},
		{"invalid, same text", []string{"nonsense"}, []string{"nonsense"}, true},
		{"invalid, other text", []string{"nonsense"}, []string{"Nonsense"}, false},
		{"anchored", []string{"FREQ=DAILY;INTERVAL=2;BYHOUR=1;BYMINUTE=0"}, []string{"freq=daily;interval=2;byhour=1;byminute=0"}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := backup.SchedulesEqual(tc.a, tc.b); got != tc.want {
				t.Errorf("SchedulesEqual(%q, %q) = %v", tc.a, tc.b, got)
			}
		})
	}
}
