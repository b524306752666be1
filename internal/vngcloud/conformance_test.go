package vngcloud_test

import (
	"context"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup/backuptest"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud"
)

// centers remembers which emulator a service speaks to.
var centers sync.Map

type center struct {
	*backupcenter.Server
	url string
}

// newCenter starts an emulator whose time goes on by a second with each request.
func newCenter(t *testing.T, switches backupcenter.Switches, region string) center {
	t.Helper()
	return serveCenter(t, backupcenter.Options{Switches: switches, Region: region})
}

func serveCenter(t *testing.T, o backupcenter.Options) center {
	t.Helper()
	c := backupcenter.New(o)
	c.Tick = time.Second
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	return center{c, server.URL}
}

func centerOf(t *testing.T, svc backup.Service) center {
	t.Helper()
	c, _ := centers.Load(svc)
	found, ok := c.(center)
	if !ok {
		t.Fatalf("not a service of these tests: %T", svc)
	}
	return found
}

// sleepOn waits on the emulator's clock, which takes no time.
func sleepOn(clock *emulator.Clock) func(context.Context, time.Duration) error {
	return func(ctx context.Context, d time.Duration) error {
		clock.Advance(d)
		return context.Cause(ctx)
	}
}

// client returns a service that speaks to an emulator.
func (c center) client(t *testing.T, change ...func(*vngcloud.Config)) *vngcloud.Service {
	t.Helper()
	cfg := vngcloud.Config{
		ClientID: "emulator", ClientSecret: "emulator",
		IAMEndpoint: c.url + backupcenter.IAMPath, BackupEndpoint: c.url + backupcenter.BackupPath, VServerEndpoint: c.url + backupcenter.VServerPath,
		Now: c.Clock.Now, Sleep: sleepOn(c.Clock), PollInterval: time.Second,
	}
	for _, apply := range change {
		apply(&cfg)
	}
	svc, err := vngcloud.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	centers.Store(svc, c)
	return svc
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, v := range backupcenter.Variations() {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			conform(t, v.Switches, "HCM-3")
		})
	}
	t.Run("han", func(t *testing.T) {
		t.Parallel()
		conform(t, backupcenter.Switches{}, "HAN")
	})
}

func conform(t *testing.T, switches backupcenter.Switches, region string) {
	t.Helper()
	inRegion := func(c *vngcloud.Config) { c.Region = region }
	plan := func(p emulator.Plan) func(*testing.T, backup.Service, backup.Server) {
		return func(t *testing.T, svc backup.Service, s backup.Server) {
			t.Helper()
			centerOf(t, svc).Plans.Set(s.InstanceID, p)
		}
	}
	backuptest.Run(t, backuptest.Harness{
		New: func(t *testing.T) backup.Service {
			t.Helper()
			return newCenter(t, switches, region).client(t, inRegion)
		},
		Reopen: func(t *testing.T, svc backup.Service) backup.Service {
			t.Helper()
			return centerOf(t, svc).client(t, inRegion)
		},
		Server: func(t *testing.T, svc backup.Service, name string) backup.Server {
			t.Helper()
			id, volumes := centerOf(t, svc).AddInstance(name)
			return backup.Server{InstanceID: id, Enabled: true, ExcludeVolumeIDs: volumes[1:]}
		},
		ChangeServer: func(s backup.Server) backup.Server {
			s.ExcludeVolumeIDs = nil
			return s
		},
		Policy: func(name string) backup.Policy {
			return backup.Policy{
				Name: name, Timezone: "Asia/Ho_Chi_Minh", Enabled: true,
				Schedules: []string{"FREQ=DAILY;BYHOUR=1;BYMINUTE=0", "FREQ=DAILY;BYHOUR=1,7,13,19;BYMINUTE=0"},
				Retention: &backup.Retention{Daily: new(int64(2)), Hourly: new(int64(1))},
				Options: vngcloud.PolicyOptions{
					IncrementalsPerFull: &vngcloud.Incrementals{Daily: new(int64(0)), Hourly: new(int64(3))},
					EmailOn:             []string{"ERROR"},
				},
			}
		},
		ChangePolicy: func(p backup.Policy) backup.Policy {
			p.Name += " changed"
			p.Timezone = "UTC"
			p.Schedules = []string{"FREQ=WEEKLY;BYDAY=SU;BYHOUR=5;BYMINUTE=0", "FREQ=MONTHLY;BYDAY=2TU;BYHOUR=5;BYMINUTE=0", "FREQ=HOURLY;INTERVAL=4;BYMINUTE=0"}
			// Hours 0, 4, 8 … are not those of 05:00, so this one is at 1, 5, 9 ….
			p.Schedules[2] = "FREQ=DAILY;BYHOUR=1,5,9,13,17,21;BYMINUTE=0"
			p.Retention = &backup.Retention{Weekly: new(int64(8)), Monthly: new(int64(12)), Hourly: new(int64(3))}
			p.IncrementalsPerFull = new(int64(5))
			p.Options = nil
			p.Default = nil
			return p
		},
		BadServers: map[string]backup.Server{
			"name":               {Name: "web", InstanceID: "ins-1"},
			"instance_id":        {InstanceID: "web"},
			"exclude_volume_ids": {InstanceID: "ins-1", ExcludeVolumeIDs: []string{"disk"}},
		},
		Slow:              plan(emulator.Plan{StallAt: 30}),
		Break:             plan(emulator.Plan{Duration: 2 * time.Second, Fail: "The agent does not answer"}),
		SecondType:        backup.TypeFull,
		NoDeleteHistory:   true,
		ArchiveFormats:    []string{vngcloud.FormatRaw},
		RestoreHistoryIDs: true,
		NoVolumeSources:   switches.VolumePointsProjected,
		Restore: func(_ *testing.T, _ backup.Service, p backup.Point) backup.RestoreRequest {
			return backup.RestoreRequest{PointID: p.ID, Options: vngcloud.RestoreOptions{Server: &vngcloud.ServerRestore{
				Name: "web-clone", FlavorID: "flav-1", NetworkID: "net-1", SubnetID: "sub-1", RootDiskTypeID: "vtype-1",
			}}}
		},
		Locations: &backuptest.Locations{
			Spec: func(_ *testing.T, _ backup.Service, name string) backup.Location {
				return backup.Location{Name: name, Default: new(false), Options: vngcloud.LocationOptions{RegionID: "HCM04"}}
			},
			SoftDelete: &backup.SoftDelete{RetentionDays: 7},
			Lock:       &backup.LocationLock{MinDays: 7, MaxDays: new(int64(90)), GraceDays: new(int64(3))},
			Advance: func(t *testing.T, svc backup.Service, d time.Duration) {
				t.Helper()
				centerOf(t, svc).Clock.Advance(d)
			},
		},
		Wait: backup.WaitOptions{Interval: time.Millisecond},
	})
}
