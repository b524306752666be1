package backup_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teambition/rrule-go"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

func mustParse(tb testing.TB, rule string) backup.Schedule {
	tb.Helper()
	s, err := backup.ParseSchedule(rule)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func mustZone(tb testing.TB, name string) *time.Location {
	tb.Helper()
	loc, err := backup.ParseTimezone(name)
	if err != nil {
		tb.Fatal(err)
	}
	return loc
}

func TestNextRuns(t *testing.T) {
	t.Parallel()
	const utc = "2006-01-02T15:04:05Z07:00"
	for _, tc := range []struct {
		name, rules, zone, after string
		want                     []string
	}{
		{"strictly after", "FREQ=DAILY;BYHOUR=1;BYMINUTE=0", "UTC", "2026-01-01T01:00:00Z",
			[]string{"2026-01-02T01:00:00Z"}},
		{"nanosecond before", "FREQ=DAILY;BYHOUR=1;BYMINUTE=0", "UTC", "2026-01-01T00:59:59.999999999Z",
			[]string{"2026-01-01T01:00:00Z"}},
		{"zone", "FREQ=DAILY;BYHOUR=1;BYMINUTE=0", "Asia/Ho_Chi_Minh", "2026-01-01T00:00:00Z",
			[]string{"2026-01-02T01:00:00+07:00"}},
		{"six-hourly from midnight", "FREQ=HOURLY;INTERVAL=6;BYMINUTE=30", "UTC", "2026-01-01T05:00:00Z",
			[]string{"2026-01-01T06:30:00Z", "2026-01-01T12:30:00Z", "2026-01-01T18:30:00Z", "2026-01-02T00:30:00Z"}},
		{"short months", "FREQ=MONTHLY;BYMONTHDAY=31;BYHOUR=0;BYMINUTE=0", "UTC", "2026-01-31T00:00:00Z",
			[]string{"2026-03-31T00:00:00Z", "2026-05-31T00:00:00Z"}},
		{"last day", "FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=0;BYMINUTE=0", "UTC", "2028-01-31T00:00:00Z",
			[]string{"2028-02-29T00:00:00Z", "2028-03-31T00:00:00Z"}},
		{"fifth Friday", "FREQ=MONTHLY;BYDAY=5FR;BYHOUR=0;BYMINUTE=0", "UTC", "2026-01-01T00:00:00Z",
			[]string{"2026-01-30T00:00:00Z", "2026-05-29T00:00:00Z"}},
		{"skipped hour runs after the gap", "FREQ=DAILY;BYHOUR=2;BYMINUTE=30", "Europe/Berlin", "2026-03-28T12:00:00Z",
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"}},
		{"skipped hour runs once", "FREQ=HOURLY;BYMINUTE=0,30", "Europe/Berlin", "2026-03-29T00:00:00Z",
			[]string{"2026-03-29T01:30:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-29T03:30:00+02:00"}},
		{"doubled hour runs first", "FREQ=DAILY;BYHOUR=2;BYMINUTE=30", "Europe/Berlin", "2026-10-24T12:00:00Z",
			[]string{"2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"}},
		{"doubled hour runs once", "FREQ=HOURLY;BYMINUTE=30", "America/New_York", "2026-11-01T05:00:00Z",
			[]string{"2026-11-01T01:30:00-04:00", "2026-11-01T02:30:00-05:00"}},
		{"half an hour back", "FREQ=HOURLY;BYMINUTE=45", "Australia/Lord_Howe", "2026-04-04T14:00:00Z",
			[]string{"2026-04-05T01:45:00+11:00", "2026-04-05T02:45:00+10:30"}},
		{"skipped day", "FREQ=DAILY;BYHOUR=12;BYMINUTE=0", "Pacific/Apia", "2011-12-29T23:00:00Z",
			[]string{"2011-12-31T00:00:00+14:00", "2011-12-31T12:00:00+14:00"}},
		{"daylight saving in Ramadan", "FREQ=DAILY;BYHOUR=2;BYMINUTE=15", "Africa/Casablanca", "2026-03-21T12:00:00Z",
			[]string{"2026-03-22T03:00:00+01:00", "2026-03-23T02:15:00+01:00"}},
		{"merged without doubles", "FREQ=DAILY;BYHOUR=1;BYMINUTE=0 FREQ=HOURLY;INTERVAL=12;BYMINUTE=0 FREQ=DAILY;BYHOUR=0,1;BYMINUTE=0", "UTC", "2026-01-01T00:00:00Z",
			[]string{"2026-01-01T01:00:00Z", "2026-01-01T12:00:00Z", "2026-01-02T00:00:00Z", "2026-01-02T01:00:00Z"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			after, err := time.Parse(time.RFC3339Nano, tc.after)
			if err != nil {
				t.Fatal(err)
			}
			var schedules []backup.Schedule
			for rule := range strings.FieldsSeq(tc.rules) {
				schedules = append(schedules, mustParse(t, rule))
			}
			var got []string
			for _, run := range backup.NextRuns(schedules, mustZone(t, tc.zone), after, len(tc.want)) {
				got = append(got, run.Format(utc))
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("runs of %s after %s:\n got %v\nwant %v", tc.rules, tc.after, got, tc.want)
			}
		})
	}
}

func TestNextHasNone(t *testing.T) {
	t.Parallel()
	anchored, err := backup.ParseAnchoredSchedule("FREQ=DAILY;INTERVAL=2;BYHOUR=6;BYMINUTE=0")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	daily := mustParse(t, "FREQ=DAILY;BYHOUR=1;BYMINUTE=0")
	for name, got := range map[string]time.Time{
		"zero schedule":   backup.Schedule{}.Next(now, time.UTC),
		"anchored":        anchored.Next(now, time.UTC),
		"never":           backup.Schedule{Freq: backup.Daily, Interval: 1, Hours: []int{1}, Minutes: []int{0}, MonthDays: []int{40}}.Next(now, nil),
		"end of all time": daily.Next(time.Unix(1<<62, 0), time.UTC),
		"before all time": daily.Next(time.Unix(-1<<62, 0), time.UTC),
	} {
		if !got.IsZero() {
			t.Errorf("%s: next run at %s", name, got)
		}
	}
	for _, count := range []int{-1, 0} {
		if runs := backup.NextRuns([]backup.Schedule{daily}, nil, now, count); len(runs) != 0 {
			t.Errorf("NextRuns with count %d returned %v", count, runs)
		}
	}
	if runs := backup.NextRuns([]backup.Schedule{{}, anchored}, nil, now, 5); len(runs) != 0 {
		t.Errorf("schedules that never run have runs %v", runs)
	}
}

// In a zone without daylight saving an independent implementation of RFC 5545 must agree, given a
// start at midnight.
func TestNextAgreesWithRRule(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	days := []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU", "1MO", "2TU", "-1FR", "5SU", "-2WE"}
	pick := func(list []string) string {
		n := 1 + rng.IntN(3)
		rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		return strings.Join(list[:n], ",")
	}
	checked := 0
	for range 3000 {
		rule := "FREQ=" + []string{"HOURLY", "DAILY", "WEEKLY", "MONTHLY"}[rng.IntN(4)] + ";BYMINUTE=" + pick([]string{"0", "7", "30", "59"})
		for _, part := range []string{
			";BYHOUR=" + pick([]string{"0", "1", "12", "23"}),
			";BYDAY=" + pick(slices.Clone(days[:7+rng.IntN(6)])),
			";BYMONTHDAY=" + pick([]string{"1", "10", "29", "30", "31", "-1", "-15", "-30"}),
			";INTERVAL=" + pick([]string{"2", "6", "24"})[:1],
		} {
			if rng.IntN(2) == 0 {
				rule += part
			}
		}
		s, err := backup.ParseSchedule(rule)
		if err != nil || mixesOrdinals(s.Days) {
			continue
		}
		checked++
		start := time.Date(2020+rng.IntN(20), time.Month(1+rng.IntN(12)), 1+rng.IntN(28), 0, 0, 0, 0, time.UTC)
		option, err := rrule.StrToROption(s.String())
		if err != nil {
			t.Fatal(err)
		}
		option.Dtstart = start
		oracle, err := rrule.NewRRule(*option)
		if err != nil {
			t.Fatal(err)
		}
		at := start.Add(time.Duration(rng.IntN(100*24*60)) * time.Minute)
		for range 5 {
			want := oracle.After(at, false)
			if got := s.Next(at, time.UTC); !got.Equal(want) {
				t.Fatalf("%s after %s:\n got %s\nwant %s", s, at, got, want)
			}
			at = want
		}
	}
	if checked < 300 {
		t.Errorf("only %d rules were checked", checked)
	}
}

// mixesOrdinals finds lists such as BYDAY=MO,1FR, whose members the other implementation does not
// unite, as RFC 5545 wants, but intersect.
func mixesOrdinals(days []backup.WeekdayNum) bool {
	counted := func(d backup.WeekdayNum) bool { return d.N != 0 }
	plain := func(d backup.WeekdayNum) bool { return d.N == 0 }
	return slices.ContainsFunc(days, counted) && slices.ContainsFunc(days, plain)
}
