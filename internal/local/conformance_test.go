package local_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup/backuptest"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	conformance(t, func(t *testing.T) func(*local.Config) {
		t.Helper()
		repository := filepath.Join(t.TempDir(), "repository")
		return func(c *local.Config) { c.Repository = repository }
	})
}

// conformance runs the suite, each step in a repository of its own in a place that place names.
func conformance(t *testing.T, place func(*testing.T) func(*local.Config)) {
	t.Helper()
	// stores remembers where each service keeps its objects.
	var stores, clocks sync.Map
	open := func(t *testing.T, where func(*local.Config)) *local.Service {
		t.Helper()
		cl := &clock{}
		svc := newService(t, func(c *local.Config) { where(c); c.Now = cl.now })
		clocks.Store(svc, cl)
		stores.Store(svc, where)
		return svc
	}
	source := func(s backup.Server) string {
		options, _ := s.Options.(local.ServerOptions)
		return options.Sources[0]
	}
	backuptest.Run(t, backuptest.Harness{
		New: func(t *testing.T) backup.Service {
			t.Helper()
			return open(t, place(t))
		},
		Reopen: func(t *testing.T, svc backup.Service) backup.Service {
			t.Helper()
			where, _ := stores.Load(svc)
			return open(t, where.(func(*local.Config))) //nolint:forcetypeassert // stored above
		},
		Server: func(t *testing.T, _ backup.Service, name string) backup.Server {
			t.Helper()
			return backup.Server{
				Name: name, Enabled: true, LocationID: "main",
				Options: local.ServerOptions{
					Host: "testhost", User: "tester", OnUnreadable: local.UnreadableFails,
					Sources: []string{tree(t, map[string]string{"a": name, "b/c": "two"})},
				},
			}
		},
		ChangeServer: func(s backup.Server) backup.Server {
			options, _ := s.Options.(local.ServerOptions)
			options.Exclude = []string{"*.tmp"}
			options.OneFileSystem = !options.OneFileSystem
			options.OnUnreadable = local.UnreadableWarns
			s.Name += " renamed"
			s.Options = options
			return s
		},
		Change: func(t *testing.T, _ backup.Service, s backup.Server) {
			t.Helper()
			write(t, filepath.Join(source(s), "changed"), time.Now().String())
		},
		Policy: func(name string) backup.Policy {
			return backup.Policy{
				Name: name, Description: "every night", Timezone: "Europe/Berlin", Enabled: true,
				Schedules:           []string{"FREQ=DAILY;BYHOUR=1;BYMINUTE=0"},
				Retention:           &backup.Retention{Daily: pointer[int64](7), Yearly: pointer[int64](1)},
				IncrementalsPerFull: pointer[int64](6),
			}
		},
		ChangePolicy: func(p backup.Policy) backup.Policy {
			p.Name += " changed"
			p.Description, p.Timezone, p.Enabled = "", "UTC", false
			p.Schedules = []string{}
			p.Retention, p.IncrementalsPerFull = nil, nil
			return p
		},
		BadServers: map[string]backup.Server{
			"name":        {Options: local.ServerOptions{Sources: []string{"/"}}},
			"instance_id": {Name: "web", InstanceID: "ins-1", Options: local.ServerOptions{Sources: []string{"/"}}},
			"location_id": {Name: "web", LocationID: "elsewhere", Options: local.ServerOptions{Sources: []string{"/"}}},
			"local":       {Name: "web", Options: local.ServerOptions{Sources: []string{"/does/not/exist"}}},
		},
		Locations: &backuptest.Locations{
			Spec: func(t *testing.T, _ backup.Service, name string) backup.Location {
				t.Helper()
				return backup.Location{Name: name, Options: local.LocationOptions{Repository: filepath.Join(t.TempDir(), "location"), Password: "correct horse"}}
			},
			SoftDelete:    &backup.SoftDelete{RetentionDays: 7},
			Lock:          &backup.LocationLock{MinDays: 7},
			ForceDestroys: true,
			Advance: func(t *testing.T, svc backup.Service, d time.Duration) {
				t.Helper()
				moved, _ := clocks.Load(svc)
				moved.(*clock).advance(d) //nolint:forcetypeassert // stored above
			},
		},
		ArchiveFormats: []string{"tar.gz", "tar.zst"},
		Restore: func(t *testing.T, _ backup.Service, p backup.Point) backup.RestoreRequest {
			t.Helper()
			return backup.RestoreRequest{PointID: p.ID, Options: local.RestoreOptions{Target: filepath.Join(t.TempDir(), "target")}}
		},
		Slow: func(t *testing.T, _ backup.Service, s backup.Server) {
			t.Helper()
			// A terabyte of nothing takes a while to read.
			file := filepath.Join(source(s), "huge")
			write(t, file, "")
			if err := os.Truncate(file, 1<<40); err != nil {
				t.Fatal(err)
			}
		},
		Break: func(t *testing.T, _ backup.Service, s backup.Server) {
			t.Helper()
			if err := os.RemoveAll(source(s)); err != nil {
				t.Fatal(err)
			}
		},
	})
}

func pointer[T any](v T) *T { return &v }
