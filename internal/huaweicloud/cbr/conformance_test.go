package cbr_test

import (
	"sync"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup/backuptest"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emulated "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, v := range emulated.Variations() {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			backuptest.Run(t, harness(v.Options))
		})
	}
}

func harness(options emulated.Options) backuptest.Harness {
	// clouds remembers where each service works.
	var clouds sync.Map
	cloudOf := func(t *testing.T, svc backup.Service) *cloud {
		t.Helper()
		c, _ := clouds.Load(svc)
		return c.(*cloud) //nolint:forcetypeassert // stored below
	}
	open := func(t *testing.T, c *cloud) backup.Service {
		t.Helper()
		svc := c.service(t)
		clouds.Store(svc, c)
		return svc
	}
	return backuptest.Harness{
		New:    func(t *testing.T) backup.Service { t.Helper(); return open(t, newCloud(t, options)) },
		Reopen: func(t *testing.T, svc backup.Service) backup.Service { t.Helper(); return open(t, cloudOf(t, svc)) },
		Server: func(t *testing.T, svc backup.Service, name string) backup.Server {
			t.Helper()
			return cloudOf(t, svc).spec(t, svc, name)
		},
		// Two full points of a server are a day apart.
		Change: func(t *testing.T, svc backup.Service, _ backup.Server) {
			t.Helper()
			cloudOf(t, svc).Clock.Advance(25 * time.Hour)
		},
		Policy: func(name string) backup.Policy {
			p := backup.Policy{
				Name: name, Timezone: "Europe/Berlin", Enabled: true,
				Schedules: []string{"FREQ=DAILY;BYHOUR=0,12;BYMINUTE=30", "FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=7;BYMINUTE=0"},
				Retention: &backup.Retention{Latest: new(int64(3)), Daily: new(int64(7)), Yearly: new(int64(1))},
			}
			if options.Huawei {
				p.IncrementalsPerFull = new(int64(6))
			}
			return p
		},
		ChangePolicy: func(p backup.Policy) backup.Policy {
			p.Name += "-changed"
			p.Timezone, p.Enabled = "Asia/Kolkata", false
			p.Schedules = []string{"FREQ=HOURLY;INTERVAL=6;BYMINUTE=45"}
			p.Retention = &backup.Retention{Days: new(int64(30))}
			p.IncrementalsPerFull = nil
			return p
		},
		BadServers: map[string]backup.Server{
			"instance_id":        {InstanceID: "web-1", Enabled: true},
			"location_id":        {LocationID: "no-such-vault", Enabled: true},
			"name":               {Name: "web", Enabled: true},
			"policy_id":          {PolicyID: "nightly", Enabled: true},
			"exclude_volume_ids": {ExcludeVolumeIDs: []string{"sda"}, Enabled: true},
		},
		Break: func(t *testing.T, svc backup.Service, s backup.Server) {
			t.Helper()
			cloudOf(t, svc).Plans.Set(s.ID, emulator.Plan{Duration: 5 * time.Second, Fail: "The server is in an abnormal state."})
		},
		PointsOnDestroy: []backup.PointsOnDestroy{backup.PointsFail, backup.PointsDelete},
		NoPointSizes:    true,
		Restore: func(_ *testing.T, _ backup.Service, p backup.Point) backup.RestoreRequest {
			return backup.RestoreRequest{
				PointID: p.ID, OverwriteExistingData: true,
				Options: cbr.RestoreOptions{ServerID: p.ServerID, PowerOn: true},
			}
		},
		Locations: &backuptest.Locations{
			Spec: func(_ *testing.T, _ backup.Service, name string) backup.Location {
				return backup.Location{Name: name, QuotaBytes: new(100 * gigabyte), Options: cbr.LocationOptions{AutoExpand: true}}
			},
			Advance: func(t *testing.T, svc backup.Service, d time.Duration) {
				t.Helper()
				cloudOf(t, svc).Clock.Advance(d)
			},
			ForceDestroys: true,
			MovesPoints:   true,
		},
		Wait: backup.WaitOptions{Interval: time.Millisecond},
	}
}
