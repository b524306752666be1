package backup_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

func TestKeep(t *testing.T) {
	t.Parallel()
	const manual, unknown = backup.ScheduleManual, backup.ScheduleType("")
	// The id of a point is the time of its creation, in the zone of the test.
	for _, tc := range []struct {
		name      string
		retention *backup.Retention
		zone, at  string
		points    string
		manual    string
		want      string
	}{
		{name: "nil keeps all", points: "2001-01-01T00:00 2026-01-01T00:00", want: "2001-01-01T00:00 2026-01-01T00:00"},
		{name: "no rule keeps all", retention: &backup.Retention{}, points: "2001-01-01T00:00", want: "2001-01-01T00:00"},
		{name: "0 is no rule", retention: &backup.Retention{Latest: new(int64(0)), Daily: new(int64(-1))}, points: "2001-01-01T00:00", want: "2001-01-01T00:00"},
		{name: "latest in any order", retention: &backup.Retention{Latest: new(int64(2))},
			points: "2026-01-02T00:00 2026-01-01T00:00 2026-01-04T00:00 2026-01-03T00:00", want: "2026-01-04T00:00 2026-01-03T00:00"},
		{name: "newest of each day that has a point", retention: &backup.Retention{Daily: new(int64(2))},
			points: "2026-01-01T01:00 2026-01-01T23:00 2026-01-09T01:00 2026-01-09T02:00", want: "2026-01-01T23:00 2026-01-09T02:00"},
		{name: "any rule is enough", retention: &backup.Retention{Latest: new(int64(1)), Yearly: new(int64(2))},
			points: "2024-05-05T00:00 2024-06-06T00:00 2025-01-01T00:00 2025-02-02T00:00", want: "2024-06-06T00:00 2025-02-02T00:00"},
		{name: "ISO weeks", retention: &backup.Retention{Weekly: new(int64(2))},
			points: "2025-12-28T00:00 2025-12-29T00:00 2026-01-01T00:00 2026-01-04T00:00", want: "2025-12-28T00:00 2026-01-04T00:00"},
		{name: "months", retention: &backup.Retention{Monthly: new(int64(2))},
			points: "2025-01-31T00:00 2026-01-30T00:00 2026-01-31T00:00", want: "2025-01-31T00:00 2026-01-31T00:00"},
		{name: "hours", retention: &backup.Retention{Hourly: new(int64(1))},
			points: "2026-01-01T01:00 2026-01-01T01:59", want: "2026-01-01T01:59"},
		{name: "days are an age", retention: &backup.Retention{Days: new(int64(2))}, at: "2026-01-03T12:00",
			points: "2026-01-01T11:59 2026-01-01T12:00 2026-01-01T12:01 2026-01-04T00:00", want: "2026-01-01T12:01 2026-01-04T00:00"},
		{name: "very many days", retention: &backup.Retention{Days: new(int64(1 << 62))}, at: "2026-01-03T12:00",
			points: "1970-01-01T00:00", want: "1970-01-01T00:00"},
		{name: "manual points stay and do not count", retention: &backup.Retention{Latest: new(int64(1))},
			points: "2026-01-01T00:00 2026-01-02T00:00", manual: "2025-01-01T00:00 2027-01-01T00:00",
			want: "2025-01-01T00:00 2026-01-02T00:00 2027-01-01T00:00"},
		{name: "the zone cuts the days", retention: &backup.Retention{Daily: new(int64(9))}, zone: "America/New_York",
			points: "2026-01-01T23:00 2026-01-02T00:30", want: "2026-01-01T23:00 2026-01-02T00:30"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			loc := time.UTC
			if tc.zone != "" {
				loc = mustZone(t, tc.zone)
			}
			parse := func(s string) time.Time {
				at, err := time.ParseInLocation("2006-01-02T15:04", s, loc)
				if err != nil && s != "" {
					t.Fatal(err)
				}
				return at.UTC()
			}
			var points []backup.RetentionPoint
			for id := range strings.FieldsSeq(tc.points) {
				points = append(points, backup.RetentionPoint{ID: id, CreatedAt: parse(id), ScheduleType: backup.SchedulePolicy})
			}
			for i, id := range strings.Fields(tc.manual) {
				kind := []backup.ScheduleType{manual, unknown}[i%2]
				points = append(points, backup.RetentionPoint{ID: id, CreatedAt: parse(id), ScheduleType: kind})
			}
			got := tc.retention.Keep(points, loc, parse(tc.at))
			slices.Sort(got)
			want := strings.Fields(tc.want)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("kept\n got %v\nwant %v", got, want)
			}
		})
	}
}

func TestKeepOrderAndUnknownTimes(t *testing.T) {
	t.Parallel()
	r := &backup.Retention{Latest: new(int64(1))}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	points := []backup.RetentionPoint{
		{ID: "b", CreatedAt: at, ScheduleType: backup.SchedulePolicy},
		{ID: "unknown", ScheduleType: backup.SchedulePolicy},
		{ID: "a", CreatedAt: at, ScheduleType: backup.SchedulePolicy},
		{ID: "manual", CreatedAt: at, ScheduleType: backup.ScheduleManual},
	}
	if got, want := r.Keep(points, nil, at), []string{"b", "unknown", "manual"}; !slices.Equal(got, want) {
		t.Errorf("kept %v, want %v", got, want)
	}
}

func TestKeepAgreesWithDefinition(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	zones := []string{"UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe"}
	maybe := func() *int64 {
		if rng.IntN(3) > 0 {
			return nil
		}
		return new(int64(1 + rng.IntN(5)))
	}
	for range 500 {
		r := &backup.Retention{Latest: maybe(), Hourly: maybe(), Daily: maybe(), Weekly: maybe(), Monthly: maybe(), Yearly: maybe(), Days: maybe()}
		loc := mustZone(t, zones[rng.IntN(len(zones))])
		// Half of the runs are dense around days on which clocks changed, one of them at midnight.
		start := []time.Time{
			time.Date(2005, 10, 29, 20, 0, 0, 0, time.UTC), time.Date(2011, 12, 28, 0, 0, 0, 0, time.UTC),
			time.Date(2026, 10, 24, 20, 0, 0, 0, time.UTC),
		}[rng.IntN(3)]
		step := []time.Duration{7 * time.Minute, 11 * time.Hour}[rng.IntN(2)]
		var points []backup.RetentionPoint
		for i := range 60 {
			kind := backup.SchedulePolicy
			if rng.IntN(10) == 0 {
				kind = backup.ScheduleManual
			}
			created := start.Add(time.Duration(rng.IntN(200)) * step)
			points = append(points, backup.RetentionPoint{ID: fmt.Sprintf("p%02d", i), CreatedAt: created, ScheduleType: kind})
		}
		at := start.Add(200 * step)
		var want []string
		for _, p := range points {
			if keptByDefinition(r, points, p, loc, at) {
				want = append(want, p.ID)
			}
		}
		if got := r.Keep(points, loc, at); !slices.Equal(got, want) {
			t.Fatalf("%s from %s in steps of %s\n got %v\nwant %v", loc, start, step, got, want)
		}
	}
}

// keptByDefinition reads the documentation of Retention literally, point by point and rule by rule.
func keptByDefinition(r *backup.Retention, points []backup.RetentionPoint, p backup.RetentionPoint, loc *time.Location, at time.Time) bool {
	newer := func(a, b backup.RetentionPoint) bool {
		return a.CreatedAt.After(b.CreatedAt) || (a.CreatedAt.Equal(b.CreatedAt) && a.ID > b.ID)
	}
	ruled, kept := false, p.ScheduleType != backup.SchedulePolicy
	count := func(limit *int64, format func(time.Time) string) {
		if limit == nil {
			return
		}
		ruled = true
		own := format(p.CreatedAt.In(loc))
		others := map[string]bool{}
		for _, q := range points {
			if q.ScheduleType != backup.SchedulePolicy || !newer(q, p) {
				continue
			}
			if format(q.CreatedAt.In(loc)) == own {
				return // Not the newest of its period.
			}
			others[format(q.CreatedAt.In(loc))] = true
		}
		kept = kept || int64(len(others)) < *limit
	}
	layout := func(l string) func(time.Time) string { return func(t time.Time) string { return t.Format(l) } }
	each := 0
	count(r.Latest, func(time.Time) string { each++; return fmt.Sprint(each) })
	count(r.Hourly, layout("2006-01-02 15 -07:00"))
	count(r.Daily, layout("2006-01-02"))
	count(r.Weekly, func(t time.Time) string { y, w := t.ISOWeek(); return fmt.Sprint(y, w) })
	count(r.Monthly, layout("2006-01"))
	count(r.Yearly, layout("2006"))
	if r.Days != nil {
		ruled = true
		kept = kept || at.Sub(p.CreatedAt) < time.Duration(*r.Days)*24*time.Hour
	}
	return kept || !ruled
}

func TestRetentionCheck(t *testing.T) {
	t.Parallel()
	var none *backup.Retention
	good := &backup.Retention{Latest: new(int64(1)), Days: new(int64(30))}
	for _, r := range []*backup.Retention{none, {}, good} {
		if problems := r.Check(); len(problems) != 0 {
			t.Errorf("%+v: %v", r, problems)
		}
	}
	zero := new(int64(0))
	bad := &backup.Retention{Latest: zero, Hourly: zero, Daily: new(int64(-1)), Weekly: zero, Monthly: zero, Yearly: zero, Days: zero}
	var paths []string
	for _, p := range bad.Check() {
		paths = append(paths, strings.Join(p.Path, "."))
		if p.Summary == "" || !strings.Contains(p.Detail, "1 or more") || p.Warning {
			t.Errorf("problem %+v", p)
		}
	}
	if got, want := strings.Join(paths, " "), "retention.latest retention.hourly retention.daily retention.weekly retention.monthly retention.yearly retention.days"; got != want {
		t.Errorf("paths %s, want %s", got, want)
	}
}
