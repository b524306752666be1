package csbs_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup/backuptest"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emucsbs "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/csbs"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/csbs"
)

// TestConformance runs the suite once for each answer that the reference leaves open.
func TestConformance(t *testing.T) {
	t.Parallel()
	for _, v := range emucsbs.Variations() {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			conform(t, v.Switches)
		})
	}
}

func conform(t *testing.T, switches emucsbs.Switches) {
	t.Helper()
	// clouds remembers where each service keeps its objects.
	var clouds sync.Map
	of := func(svc backup.Service) *cloud {
		c, _ := clouds.Load(svc)
		return c.(*cloud) //nolint:forcetypeassert // stored below
	}
	open := func(t *testing.T, c *cloud) backup.Service {
		t.Helper()
		svc := c.service(t)
		clouds.Store(svc, c)
		return svc
	}
	backuptest.Run(t, backuptest.Harness{
		New: func(t *testing.T) backup.Service {
			t.Helper()
			return open(t, newCloud(t, func(e *emucsbs.Emulator) {
				e.Switches, e.MaxPolicies = switches, -1
				e.Plans.Set("", emulator.Plan{Duration: 4 * time.Second})
			}))
		},
		Reopen: func(t *testing.T, svc backup.Service) backup.Service {
			t.Helper()
			return open(t, of(svc))
		},
		Server: func(t *testing.T, svc backup.Service, name string) backup.Server {
			t.Helper()
			id := uuid.NewString()
			of(svc).AddServer(id, emucsbs.Server{Name: name, DiskGB: []int{40, 100}})
			p, err := svc.CreatePolicy(t.Context(), policy("for-"+id))
			if err != nil {
				t.Fatal(err)
			}
			return backup.Server{InstanceID: id, PolicyID: p.ID, Enabled: true}
		},
		Policy: policy,
		ChangePolicy: func(p backup.Policy) backup.Policy {
			p.Name += "-changed"
			p.Description, p.Timezone, p.Enabled = "", "UTC", false
			p.Schedules = []string{"FREQ=HOURLY;INTERVAL=6;BYMINUTE=15"}
			p.Retention, p.Tags = nil, nil
			return p
		},
		BadServers: map[string]backup.Server{
			"instance_id":        {Enabled: true},
			"policy_id":          {InstanceID: "x", PolicyID: "no-such-policy", Enabled: true},
			"name":               {InstanceID: "x", Name: "web", Enabled: true},
			"location_id":        {InstanceID: "x", LocationID: "here", Enabled: true},
			"exclude_volume_ids": {InstanceID: "x", ExcludeVolumeIDs: []string{"v"}, Enabled: true},
			"enabled":            {InstanceID: "x"},
		},
		Break: func(t *testing.T, svc backup.Service, s backup.Server) {
			t.Helper()
			of(svc).Plans.Set(s.ID, emulator.Plan{Duration: 2 * time.Second, Fail: "the disk is on fire"})
		},
		PointsOnDestroy:  []backup.PointsOnDestroy{backup.PointsFail, backup.PointsKeep},
		HistoryForgets:   true,
		NoDeleteHistory:  true,
		NoRestoreHistory: true,
		Restore: func(t *testing.T, _ backup.Service, p backup.Point) backup.RestoreRequest {
			t.Helper()
			return backup.RestoreRequest{PointID: p.ID, OverwriteExistingData: true, Options: csbs.RestoreOptions{ServerID: p.ServerID}}
		},
		Wait:    backup.WaitOptions{Interval: time.Millisecond},
		Timeout: time.Minute,
	})
}
