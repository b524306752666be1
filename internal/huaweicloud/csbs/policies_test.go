package csbs_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emucsbs "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/csbs"
)

// TestLongTermRetention wants the members that are only written to be written, and not to be a difference.
func TestLongTermRetention(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		retention *backup.Retention
		wire      map[string]any
		shown     *backup.Retention
	}{
		"none":          {nil, map[string]any{"permanent": true, "max_backups": -1.0, "retention_duration_days": -1.0}, nil},
		"latest":        {&backup.Retention{Latest: new(int64(7))}, map[string]any{"permanent": false, "max_backups": 7.0, "retention_duration_days": -1.0}, &backup.Retention{Latest: new(int64(7))}},
		"days":          {&backup.Retention{Days: new(int64(30))}, map[string]any{"permanent": false, "max_backups": -1.0, "retention_duration_days": 30.0}, &backup.Retention{Days: new(int64(30))}},
		"latest, month": {&backup.Retention{Latest: new(int64(7)), Monthly: new(int64(3))}, map[string]any{"max_backups": 7.0, "month_backups": 3.0, "timezone": "UTC+01:00"}, &backup.Retention{Latest: new(int64(7))}},
		"all": {
			&backup.Retention{Daily: new(int64(5)), Weekly: new(int64(4)), Monthly: new(int64(3)), Yearly: new(int64(1))},
			map[string]any{"max_backups": 1.0, "day_backups": 5.0, "week_backups": 4.0, "month_backups": 3.0, "year_backups": 1.0},
			&backup.Retention{Latest: new(int64(1))},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			svc := c.service(t)
			p := policy("p")
			p.Retention = tc.retention
			created, err := svc.CreatePolicy(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			wire := c.Retention(created.ID)
			for member, want := range tc.wire {
				if wire[member] != want {
					t.Errorf("%s is %v on the wire, want %v", member, wire[member], want)
				}
			}
			if !reflect.DeepEqual(created.Retention, tc.shown) || !reflect.DeepEqual(svc.StoredPolicy(p).Retention, tc.shown) {
				t.Errorf("the policy shows %+v, and %+v is expected of it", created.Retention, svc.StoredPolicy(p).Retention)
			}
			// What is taken out of the configuration is taken off the policy, though nobody sees it there.
			p.ID, p.Retention = created.ID, &backup.Retention{Latest: new(int64(2))}
			if _, err := svc.UpdatePolicy(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			if wire := c.Retention(p.ID); wire["month_backups"] != 0.0 || wire["day_backups"] != 0.0 || wire["max_backups"] != 2.0 {
				t.Errorf("after the long-term retention was removed the policy keeps %v", wire)
			}
		})
	}
}

// TestSchedules wants schedules to be those of the service in UTC, or problems that say what to write.
func TestSchedules(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ zone, rule, want, problem string }{
		{zone: "UTC", rule: "FREQ=DAILY;BYHOUR=1;BYMINUTE=0", want: "FREQ=DAILY;BYHOUR=1;BYMINUTE=0"},
		{zone: "UTC", rule: "FREQ=DAILY;BYHOUR=1,13;BYMINUTE=0", want: "FREQ=DAILY;BYHOUR=1,13;BYMINUTE=0"},
		{zone: "UTC", rule: "FREQ=HOURLY;INTERVAL=8;BYMINUTE=15", want: "FREQ=DAILY;BYHOUR=0,8,16;BYMINUTE=15"},
		{zone: "Europe/Berlin", rule: "FREQ=DAILY;BYHOUR=0,12;BYMINUTE=0", want: "FREQ=DAILY;BYHOUR=11,23;BYMINUTE=0"},
		{zone: "Europe/Berlin", rule: "FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=0;BYMINUTE=30", want: "FREQ=WEEKLY;BYDAY=WE,SU;BYHOUR=23;BYMINUTE=30"},
		{zone: "Europe/Berlin", rule: "FREQ=WEEKLY;BYDAY=MO;BYHOUR=0,12;BYMINUTE=0", problem: "another day in UTC"},
		{zone: "America/New_York", rule: "FREQ=WEEKLY;BYDAY=SA;BYHOUR=22;BYMINUTE=0", want: "FREQ=WEEKLY;BYDAY=SU;BYHOUR=3;BYMINUTE=0"},
		{zone: "Asia/Kolkata", rule: "FREQ=DAILY;BYHOUR=1,7;BYMINUTE=0", want: "FREQ=DAILY;BYHOUR=1,19;BYMINUTE=30"},
		{zone: "UTC", rule: "FREQ=DAILY;BYDAY=MO;BYHOUR=3;BYMINUTE=0", want: "FREQ=WEEKLY;BYDAY=MO;BYHOUR=3;BYMINUTE=0"},
		{zone: "UTC", rule: "FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=3;BYMINUTE=0", problem: "retention.monthly"},
		{zone: "UTC", rule: "FREQ=DAILY;BYMONTHDAY=1;BYHOUR=3;BYMINUTE=0", problem: "retention.monthly"},
		{zone: "UTC", rule: "FREQ=DAILY;BYHOUR=3;BYMINUTE=0,30", problem: "one BYMINUTE"},
	} {
		t.Run(tc.zone+" "+tc.rule, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			svc := c.service(t)
			p := policy("p")
			p.Timezone, p.Schedules = tc.zone, []string{tc.rule}
			text := fmt.Sprint(svc.CheckPolicy(t.Context(), p))
			if tc.problem != "" {
				if !strings.Contains(text, tc.problem) {
					t.Errorf("the check says %s, want %q", text, tc.problem)
				}
				if _, err := svc.CreatePolicy(t.Context(), p); err == nil {
					t.Error("the policy is created")
				}
				return
			}
			created, err := svc.CreatePolicy(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := c.Pattern(created.ID), "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:"+tc.want+"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"; got != want {
				t.Errorf("the service runs %q, want %q", got, want)
			}
			if stored := svc.StoredPolicy(p); !backup.SchedulesEqual(created.Schedules, stored.Schedules) || created.Timezone != stored.Timezone {
				t.Errorf("the policy shows %q, and %q is expected of it", created.Schedules, stored.Schedules)
			}
		})
	}
}

// TestDaylightSaving wants a zone to stand for its standard time all the year, and the plan to say so.
func TestDaylightSaving(t *testing.T) {
	t.Parallel()
	p := policy("p")
	p.Schedules = []string{"FREQ=DAILY;BYHOUR=1;BYMINUTE=0"}
	c := newCloud(t)
	svc := c.service(t)
	winter := svc.StoredPolicy(p)
	c.Clock.Advance(120 * 24 * time.Hour)
	if summer := svc.StoredPolicy(p); !reflect.DeepEqual(summer, winter) || summer.Schedules[0] != "FREQ=DAILY;BYHOUR=0;BYMINUTE=0" {
		t.Errorf("in summer the schedule is %q, in winter %q", summer.Schedules, winter.Schedules)
	}
	warned := 0
	for _, problem := range svc.CheckPolicy(t.Context(), p) {
		if problem.Warning && problem.Path[0] == "timezone" {
			warned++
		}
	}
	if warned != 1 {
		t.Errorf("%d warnings of daylight saving, want one", warned)
	}
}

func TestPolicyProblems(t *testing.T) {
	t.Parallel()
	svc := newCloud(t).service(t)
	for path, change := range map[string]func(*backup.Policy){
		"name":                  func(p *backup.Policy) { p.Name = "with blank" },
		"description":           func(p *backup.Policy) { p.Description = "<b>" },
		"schedules":             func(p *backup.Policy) { p.Schedules = append(p.Schedules, "FREQ=DAILY;BYHOUR=1;BYMINUTE=0") },
		"retention.hourly":      func(p *backup.Policy) { p.Retention.Hourly = new(int64(1)) },
		"retention.daily":       func(p *backup.Policy) { p.Retention.Daily = new(int64(101)) },
		"retention.days":        func(p *backup.Policy) { p.Retention.Days = new(int64(3)) },
		"incrementals_per_full": func(p *backup.Policy) { p.IncrementalsPerFull = new(int64(3)) },
		"default":               func(p *backup.Policy) { p.Default = new(true) },
		"tags":                  func(p *backup.Policy) { p.Tags = map[string]string{"a b": ""} },
	} {
		p := policy("p")
		change(&p)
		found := ""
		for _, problem := range svc.CheckPolicy(t.Context(), p) {
			if !problem.Warning {
				found += strings.Join(problem.Path, ".") + " "
			}
		}
		if found != path+" " {
			t.Errorf("the check complains of %q, want %q", found, path)
		}
	}
}

func TestPolicyQuotaAndNames(t *testing.T) {
	t.Parallel()
	c := newCloud(t, func(e *emucsbs.Emulator) { e.MaxPolicies = 1 })
	svc := c.service(t)
	createPolicy(t, svc, "one")
	if _, err := svc.CreatePolicy(t.Context(), policy("two")); !errors.Is(err, backup.ErrQuota) {
		t.Errorf("a policy too many: %v", err)
	}
	svc = newCloud(t).service(t)
	createPolicy(t, svc, "one")
	if _, err := svc.CreatePolicy(t.Context(), policy("one")); !errors.Is(err, backup.ErrConflict) || !strings.Contains(err.Error(), "Import") {
		t.Errorf("a name that exists: %v, want a conflict that speaks of import", err)
	}
}

// TestLostPolicy wants a policy whose creation was not answered to be found by its name.
func TestLostPolicy(t *testing.T) {
	t.Parallel()
	for kind, found := range map[emulator.FaultKind]bool{emulator.FaultDropAfter: true, emulator.FaultDropBefore: false} {
		c := newCloud(t)
		svc := c.service(t)
		c.Faults.Inject(emulator.Fault{Kind: kind, Method: "POST", Path: "/policies"})
		_, err := svc.CreatePolicy(t.Context(), policy("lost"))
		if (err == nil) != found {
			t.Errorf("%s: %v", kind, err)
		}
		n := 0
		for _, err := range svc.Policies(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if (n == 1) != found {
			t.Errorf("%s: there are %d policies", kind, n)
		}
	}
}

// TestClosedProject wants the refusal of new projects to point to the successor.
func TestClosedProject(t *testing.T) {
	t.Parallel()
	c := newCloud(t, func(e *emucsbs.Emulator) { e.Switches.Closed = true })
	_, err := c.service(t).CreatePolicy(t.Context(), policy("p"))
	if !errors.Is(err, backup.ErrUnsupported) || !strings.Contains(err.Error(), "cbr") {
		t.Errorf("a closed project: %v, want an error that points to cbr", err)
	}
}

// TestExpiry wants the retention on the wire to keep what the retention of the domain keeps.
func TestExpiry(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	svc := c.service(t)
	p := policy("p")
	p.Timezone, p.Schedules, p.Retention = "UTC", []string{"FREQ=DAILY;BYHOUR=3;BYMINUTE=0"}, &backup.Retention{Latest: new(int64(3))}
	created, err := svc.CreatePolicy(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	srv := c.bind(t, svc, created.ID)
	manual := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	c.Clock.Advance(10 * 24 * time.Hour)
	got := list(t, svc, backup.PointFilter{})
	if len(got) != 4 || got[3] != manual.ID {
		t.Errorf("after ten days there are %d points, want the newest three and the manual one", len(got))
	}
	for point, err := range svc.Points(t.Context(), backup.PointFilter{ScheduleType: backup.SchedulePolicy}) {
		if err != nil || point.CreatedAt.Hour() != 3 {
			t.Errorf("a point of the schedule is of %s (%v), want 03:00", point.CreatedAt, err)
		}
	}
}

// TestPolicyThatStays wants no success for a policy that the service goes on to show.
func TestPolicyThatStays(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	svc := c.service(t)
	p := createPolicy(t, svc, "nightly")
	c.Faults.Inject(emulator.Fault{Kind: emulator.FaultStatus, Method: "DELETE", Path: "/policies/", Status: 200, Body: "{}"})
	began := c.Clock.Now()
	if err := svc.DeletePolicy(t.Context(), p.ID); err == nil || !strings.Contains(err.Error(), p.ID) || !strings.Contains(err.Error(), "still shows it") {
		t.Errorf("the deletion of a policy that stays: %v", err)
	}
	if passed := c.Clock.Now().Sub(began); passed > 2*time.Minute {
		t.Errorf("the error took %s", passed)
	}
	if err := svc.DeletePolicy(t.Context(), p.ID); err != nil {
		t.Errorf("the next apply: %v", err)
	}
}
