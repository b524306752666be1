package cbr_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	emulated "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
)

// offline is a service that never gets to its cloud.
func offline(t *testing.T, now time.Time) *cbr.Service {
	t.Helper()
	cfg := cbr.Config{}
	cfg.AuthURL, cfg.Region, cfg.UserName, cfg.Password, cfg.DomainName = "http://127.0.0.1:1/v3", "eu-de", "u", "p", "d"
	cfg.Now = func() time.Time { return now }
	svc, err := cbr.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return svc
}

// Schedules in the zone of a policy are shown as UTC has them, in a zone of the same offset.
func TestSchedulesInUTC(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		zone  string
		rules []string
		want  []string // as the emulated service keeps them
	}{
		"as it is":              {"UTC", []string{"FREQ=DAILY;BYHOUR=1;BYMINUTE=0"}, []string{"FREQ=DAILY;BYHOUR=1;BYMINUTE=0"}},
		"standard offset":       {"Europe/Berlin", []string{"FREQ=DAILY;BYHOUR=14;BYMINUTE=30"}, []string{"FREQ=DAILY;BYHOUR=13;BYMINUTE=30"}},
		"the manual's example":  {"Asia/Shanghai", []string{"FREQ=DAILY;INTERVAL=2;BYHOUR=14;BYMINUTE=00"}, []string{"FREQ=DAILY;INTERVAL=2;BYHOUR=6;BYMINUTE=0"}},
		"daily over midnight":   {"Asia/Tokyo", []string{"FREQ=DAILY;BYHOUR=3,12;BYMINUTE=0"}, []string{"FREQ=DAILY;BYHOUR=3,18;BYMINUTE=0"}},
		"weekly, day before":    {"Asia/Tokyo", []string{"FREQ=WEEKLY;BYDAY=MO,SU;BYHOUR=3;BYMINUTE=0"}, []string{"FREQ=WEEKLY;BYDAY=SA,SU;BYHOUR=18;BYMINUTE=0"}},
		"weekly, day after":     {"America/New_York", []string{"FREQ=WEEKLY;BYDAY=SA;BYHOUR=22;BYMINUTE=0"}, []string{"FREQ=WEEKLY;BYDAY=SU;BYHOUR=3;BYMINUTE=0"}},
		"weekly on both sides":  {"Europe/Berlin", []string{"FREQ=WEEKLY;BYDAY=MO;BYHOUR=0,12;BYMINUTE=0"}, []string{"FREQ=WEEKLY;BYDAY=MO;BYHOUR=11;BYMINUTE=0", "FREQ=WEEKLY;BYDAY=SU;BYHOUR=23;BYMINUTE=0"}},
		"half an hour":          {"Asia/Kolkata", []string{"FREQ=DAILY;BYHOUR=0,6;BYMINUTE=15"}, []string{"FREQ=DAILY;BYHOUR=0,18;BYMINUTE=45"}},
		"hourly":                {"Europe/Berlin", []string{"FREQ=HOURLY;INTERVAL=6;BYMINUTE=5"}, []string{"FREQ=DAILY;BYHOUR=5,11,17,23;BYMINUTE=5"}},
		"daily on working days": {"UTC", []string{"FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=1;BYMINUTE=0"}, []string{"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=1;BYMINUTE=0"}},
		"wrapped":               {"UTC", []string{"BEGIN:VEVENT\r\nRRULE:FREQ=WEEKLY;BYDAY=FR;BYHOUR=2;BYMINUTE=0\r\nEND:VEVENT"}, []string{"FREQ=WEEKLY;BYDAY=FR;BYHOUR=2;BYMINUTE=0"}},
		"none":                  {"UTC", []string{}, nil},
		"southern summer":       {"Australia/Sydney", []string{"FREQ=DAILY;BYHOUR=12;BYMINUTE=0"}, []string{"FREQ=DAILY;BYHOUR=2;BYMINUTE=0"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, emulated.Options{})
			svc := c.service(t)
			spec := policySpec("policy")
			spec.Timezone, spec.Schedules = tc.zone, tc.rules
			for _, p := range svc.CheckPolicy(t.Context(), spec) {
				if !p.Warning {
					t.Errorf("the check complains: %+v", p)
				}
			}
			created, err := svc.CreatePolicy(t.Context(), spec)
			if err != nil {
				t.Fatal(err)
			}
			if got := slices.Sorted(slices.Values(c.Patterns(created.ID))); !slices.Equal(got, tc.want) {
				t.Errorf("the service has %q, want %q", got, tc.want)
			}
			stored := svc.StoredPolicy(spec)
			if !slices.Equal(created.Schedules, stored.Schedules) || created.Timezone != stored.Timezone {
				t.Errorf("shown as %q in %s, expected %q in %s", created.Schedules, created.Timezone, stored.Schedules, stored.Timezone)
			}
			// What is shown, when written, is the same policy.
			spec.Timezone, spec.Schedules = created.Timezone, created.Schedules
			if again := svc.StoredPolicy(spec); !slices.Equal(again.Schedules, stored.Schedules) || again.Timezone != stored.Timezone {
				t.Errorf("%q in %s becomes %q in %s", spec.Schedules, spec.Timezone, again.Schedules, again.Timezone)
			}
		})
	}
}

// A zone with daylight saving has one offset all the year: a policy that nobody touched never differs.
func TestDaylightSavingMakesNoDifference(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Europe/London"} {
		spec := policySpec("policy")
		spec.Timezone = zone
		want := offline(t, start).StoredPolicy(spec)
		for day := range 730 {
			now := start.AddDate(0, 0, day)
			if got := offline(t, now).StoredPolicy(spec); !slices.Equal(got.Schedules, want.Schedules) || got.Timezone != want.Timezone {
				t.Fatalf("%s: %q in %s on %s, %q in %s on %s", zone, want.Schedules, want.Timezone, start, got.Schedules, got.Timezone, now)
			}
		}
		if warning(offline(t, start).CheckPolicy(t.Context(), spec), "timezone") == "" {
			t.Errorf("%s: nothing is said of daylight saving", zone)
		}
	}
	spec := policySpec("policy")
	spec.Timezone = "Asia/Tokyo"
	if got := warning(offline(t, start).CheckPolicy(t.Context(), spec), "timezone"); got != "" {
		t.Errorf("a zone without daylight saving: %s", got)
	}
}

func TestScheduleProblems(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		zone  string
		rules []string
		want  string
	}{
		"monthly":            {"UTC", []string{"FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=3;BYMINUTE=0"}, "FREQ=DAILY;BYHOUR=3;BYMINUTE=0 and keep one point of each month with retention.monthly"},
		"daily in a month":   {"UTC", []string{"FREQ=DAILY;BYMONTHDAY=1;BYHOUR=3;BYMINUTE=0"}, "retention.monthly"},
		"minutes":            {"UTC", []string{"FREQ=DAILY;BYHOUR=3;BYMINUTE=0,30"}, "an hour apart"},
		"too close":          {"Europe/Berlin", []string{"FREQ=DAILY;BYHOUR=3;BYMINUTE=0", "FREQ=WEEKLY;BYDAY=MO;BYHOUR=3;BYMINUTE=30"}, "Mon 03:00 and Mon 03:30"},
		"close over weeks":   {"UTC", []string{"FREQ=WEEKLY;BYDAY=SA;BYHOUR=23;BYMINUTE=30", "FREQ=WEEKLY;BYDAY=SU;BYHOUR=0;BYMINUTE=0"}, "Sat 23:30 and Sun 00:00"},
		"twice the same":     {"UTC", []string{"FREQ=DAILY;BYHOUR=3;BYMINUTE=0", "FREQ=DAILY;BYHOUR=3,9;BYMINUTE=0"}, "03:00"},
		"interval straddles": {"Asia/Tokyo", []string{"FREQ=DAILY;INTERVAL=2;BYHOUR=3,12;BYMINUTE=0"}, "write one BYHOUR"},
		"no rule":            {"UTC", []string{"daily"}, "not a recurrence rule"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := policySpec("policy")
			spec.Timezone, spec.Schedules = tc.zone, tc.rules
			svc := offline(t, start)
			if got := complaint(svc.CheckPolicy(t.Context(), spec), "schedules"); !strings.Contains(got, tc.want) {
				t.Errorf("the check says %q, want %q in it", got, tc.want)
			}
		})
	}
	many := policySpec("policy")
	many.Schedules = nil
	for _, day := range []string{"MO", "TU", "WE", "TH"} {
		for _, hour := range []string{"0", "2", "4", "6", "8", "10", "12"} {
			many.Schedules = append(many.Schedules, "FREQ=WEEKLY;BYDAY="+day+";BYHOUR="+hour+";BYMINUTE=0")
		}
	}
	if got := complaint(offline(t, start).CheckPolicy(t.Context(), many), "schedules"); !strings.Contains(got, "at most 24") {
		t.Errorf("28 rules: %q", got)
	}
}

func TestPolicyProblems(t *testing.T) {
	t.Parallel()
	for attribute, change := range map[string]func(*backup.Policy){
		"name":                  func(p *backup.Policy) { p.Name = "with blanks" },
		"description":           func(p *backup.Policy) { p.Description = "every night" },
		"default":               func(p *backup.Policy) { p.Default = new(false) },
		"tags":                  func(p *backup.Policy) { p.Tags = map[string]string{"a": "b"} },
		"cbr":                   func(p *backup.Policy) { p.Options = 1 },
		"incrementals_per_full": func(p *backup.Policy) { p.IncrementalsPerFull = new(int64(101)) },
		"retention.hourly":      func(p *backup.Policy) { p.Retention.Hourly = new(int64(1)) },
		"retention.days":        func(p *backup.Policy) { p.Retention.Days = new(int64(1)) },
		"retention.latest":      func(p *backup.Policy) { p.Retention.Latest = new(int64(100000)) },
		"retention.daily":       func(p *backup.Policy) { p.Retention.Daily = new(int64(101)) },
		"timezone":              func(p *backup.Policy) { p.Timezone = "Mars/Olympus" },
	} {
		t.Run(attribute, func(t *testing.T) {
			t.Parallel()
			spec := policySpec("policy")
			change(&spec)
			if complaint(offline(t, start).CheckPolicy(t.Context(), spec), attribute) == "" {
				t.Error("the check does not complain")
			}
		})
	}
	spec := policySpec("policy")
	spec.Retention = &backup.Retention{Daily: new(int64(7))}
	if got := warning(offline(t, start).CheckPolicy(t.Context(), spec), "retention.latest"); !strings.Contains(got, "latest = 1") {
		t.Errorf("periods without a number: %q", got)
	}
}

// What only Huawei Cloud has is refused at plan time where the cloud is known, and else when it is ignored.
func TestIncrementalsPerFull(t *testing.T) {
	t.Parallel()
	spec := policySpec("policy")
	spec.IncrementalsPerFull = new(int64(6))
	cfg := cbr.Config{}
	cfg.Region, cfg.UserName, cfg.Password, cfg.DomainName = "eu-de", "u", "p", "d"
	telekom, err := cbr.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if complaint(telekom.CheckPolicy(t.Context(), spec), "incrementals_per_full") == "" {
		t.Error("Open Telekom Cloud: the check does not complain")
	}
	c := newCloud(t, emulated.Options{})
	svc := c.service(t)
	if _, err := svc.CreatePolicy(t.Context(), spec); err == nil || !strings.Contains(err.Error(), "incrementals_per_full") {
		t.Errorf("a cloud that ignores it: %v", err)
	}
	for p, err := range svc.Policies(t.Context()) {
		t.Errorf("the policy %q stays (%v)", p.Name, err)
	}
	svc = newCloud(t, emulated.Options{Huawei: true}).service(t)
	p, err := svc.CreatePolicy(t.Context(), spec)
	if err != nil || *p.IncrementalsPerFull != 6 {
		t.Fatalf("Huawei Cloud: %+v, %v", p, err)
	}
	p.IncrementalsPerFull = nil
	if p, err = svc.UpdatePolicy(t.Context(), p); err != nil || p.IncrementalsPerFull != nil {
		t.Errorf("leaving it out again: %+v, %v", p, err)
	}
}
