package backuptest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup/backuptest"
)

var (
	_ backup.Service       = (*memory)(nil)
	_ backup.Historian     = (*memory)(nil)
	_ backup.UsageReporter = (*memory)(nil)
	_ backup.Canceler      = (*memory)(nil)
	_ backup.Verifier      = (*memory)(nil)
	_ backup.Downloader    = (*memory)(nil)
	_ backup.Restorer      = (*memory)(nil)
	_ backup.Locator       = (*memory)(nil)
	_ backup.Recoverer     = (*memory)(nil)
	_ backup.RegionLister  = (*memory)(nil)
)

// faultVariable carries a fault to a run of TestMemory in another process.
const faultVariable = "BACKUPTEST_FAULT"

func TestMemory(t *testing.T) {
	t.Parallel()
	fault := os.Getenv(faultVariable)
	store := func(svc backup.Service) *memoryStore {
		m, ok := svc.(*memory)
		if !ok {
			t.Fatalf("not our service: %T", svc)
		}
		return m.memoryStore
	}
	mark := func(marks func(*memoryStore) map[string]bool) func(*testing.T, backup.Service, backup.Server) {
		return func(t *testing.T, svc backup.Service, s backup.Server) {
			t.Helper()
			m := store(svc)
			m.mu.Lock()
			defer m.mu.Unlock()
			marks(m)[s.ID] = true
		}
	}
	backuptest.Run(t, backuptest.Harness{
		New: func(*testing.T) backup.Service { return newMemory(fault) },
		Reopen: func(_ *testing.T, svc backup.Service) backup.Service {
			return &memory{memoryStore: store(svc), fault: fault}
		},
		Server: func(_ *testing.T, _ backup.Service, name string) backup.Server {
			return backup.Server{Name: name, Enabled: true}
		},
		ChangeServer: func(s backup.Server) backup.Server {
			s.Name += "-renamed"
			return s
		},
		Policy: func(name string) backup.Policy {
			return backup.Policy{
				Name: name, Description: "for tests", Timezone: "Europe/Berlin", Enabled: true,
				Schedules: []string{"FREQ=DAILY;BYHOUR=1;BYMINUTE=0"},
				Retention: &backup.Retention{Daily: new(int64(7)), Weekly: new(int64(4))},
			}
		},
		ChangePolicy: func(p backup.Policy) backup.Policy {
			p.Name, p.Description, p.Enabled, p.Retention, p.Schedules = "renamed", "", false, nil, nil
			return p
		},
		BadServers:     map[string]backup.Server{"memory": {Name: "bad", Options: "bad"}},
		ArchiveFormats: []string{"raw"},
		Restore: func(_ *testing.T, _ backup.Service, p backup.Point) backup.RestoreRequest {
			return backup.RestoreRequest{PointID: p.ID, Options: "somewhere"}
		},

		Locations: &backuptest.Locations{
			Spec:          func(_ *testing.T, _ backup.Service, name string) backup.Location { return backup.Location{Name: name} },
			SoftDelete:    &backup.SoftDelete{RetentionDays: 7},
			Lock:          &backup.LocationLock{MinDays: 3},
			ForceDestroys: true,
			Advance: func(t *testing.T, svc backup.Service, d time.Duration) {
				t.Helper()
				(&memory{memoryStore: store(svc), fault: fault}).advance(d)
			},
		},

		Slow:  mark(func(m *memoryStore) map[string]bool { return m.slow }),
		Break: mark(func(m *memoryStore) map[string]bool { return m.broken }),
	})
}

// A suite that finds nothing proves nothing: each of these services breaks one promise.
func TestSuiteFindsFaults(t *testing.T) {
	t.Parallel()
	if os.Getenv(faultVariable) != "" {
		t.Skip("this is the faulty run")
	}
	self, err := os.Executable()
	if err != nil {
		t.Skip("the test binary cannot be found:", err)
	}
	for _, tc := range []struct{ fault, step string }{
		{"ignores context", "canceled_context"},
		{"checks nothing", "checks"},
		{"forgets the description", "policy"},
		{"deletes policies in use", "policy_in_use"},
		{"keeps no points", "server_destroy_keep"},
		{"leaks goroutines", "iterators"},
		{"ignores filters", "point_filters"},
		{"lists oldest first", "point_filters"},
		{"fails without a reason", "point_failure"},
		{"reuses points", "point"},
		{"local times", "point"},
		{"trims names", "point_names"},
		{"never full", "point_types"},
		{"runs end with the context", "run_outlives_the_context"},
		{"ignores tags", "point_tags"},
		{"deletes once", "point_delete"},
		{"deletes nothing", "point_delete"},
		{"forgets history", "history"},
		{"counts double", "space_usage"},
		{"reads the first byte", "verify"},
		{"dates archives", "archives"},
		{"restores nowhere", "restores"},
		{"forgets restores", "restores"},
		{"restores broken points", "restore_mistakes"},
		{"forgets the quota", "location"},
		{"deletes locations in use", "location_in_use"},
		{"forces everything", "location_in_use"},
		{"ignores locks", "location_lock"},
		{"has no bin", "location_bin"},
		{"never empties the bin", "location_bin"},
		{"recovers nothing", "location_bin"},
	} {
		t.Run(tc.fault, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), self, "-test.run", "^TestMemory$/^"+tc.step+"$")
			cmd.Env = append(os.Environ(), faultVariable+"="+tc.fault, "TZ=Asia/Tokyo")
			output, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(output), "--- FAIL: TestMemory/"+tc.step) {
				t.Errorf("step %s does not find a service that %s (%v):\n%s", tc.step, tc.fault, err, output)
			}
		})
	}
}
