package backup_test

import (
	"strings"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

func TestCheckPolicy(t *testing.T) {
	t.Parallel()
	const rule = "FREQ=DAILY;BYHOUR=1;BYMINUTE=0"
	for _, tc := range []struct {
		name   string
		policy backup.Policy
		path   string // of the only problem
		detail string
	}{
		{"nothing known yet", backup.Policy{}, "", ""},
		{"good", backup.Policy{Name: "nightly", Schedules: []string{rule}, Timezone: "Europe/Berlin"}, "", ""},
		{"schedule", backup.Policy{Schedules: []string{rule, "FREQ=DAILY"}}, "schedules", "Schedule 2 of 2"},
		{"same schedule twice", backup.Policy{Schedules: []string{rule, strings.ToLower(rule)}}, "schedules", "same as an earlier one"},
		{"timezone", backup.Policy{Timezone: "berlin"}, "timezone", `"Europe/Berlin"?`},
		{"retention", backup.Policy{Retention: &backup.Retention{Daily: new(int64(0))}}, "retention.daily", "1 or more;"},
		{"incrementals", backup.Policy{IncrementalsPerFull: new(int64(-1))}, "incrementals_per_full", "0"},
		{"name with a line break", backup.Policy{Name: "a\nb"}, "name", "line break"},
		{"name that is no text", backup.Policy{Name: "a\xff"}, "name", "UTF-8"},
		{"name too long", backup.Policy{Name: strings.Repeat("ü", 256)}, "name", "256"},
		{"longest name", backup.Policy{Name: strings.Repeat("ü", 255)}, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			problems := backup.CheckPolicy(tc.policy)
			if tc.path == "" {
				if len(problems) != 0 {
					t.Errorf("problems %+v", problems)
				}
				return
			}
			if len(problems) != 1 {
				t.Fatalf("problems %+v, want one", problems)
			}
			p := problems[0]
			if got := strings.Join(p.Path, "."); got != tc.path || !strings.Contains(p.Detail, tc.detail) || p.Summary == "" || p.Warning {
				t.Errorf("problem %+v, want path %s and a detail with %q", p, tc.path, tc.detail)
			}
		})
	}
}
