package csbs_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emucsbs "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/csbs"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/csbs"
)

// cloud is an emulator that listens.
type cloud struct {
	*emucsbs.Emulator
	url string
}

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// newCloud returns an emulator on which every request takes a second of its clock.
func newCloud(t *testing.T, change ...func(*emucsbs.Emulator)) *cloud {
	t.Helper()
	e := emucsbs.New(emulator.NewClock(start))
	e.Tick = time.Second
	for _, f := range change {
		f(e)
	}
	server := httptest.NewServer(e.Handler())
	t.Cleanup(server.Close)
	return &cloud{Emulator: e, url: server.URL}
}

// config signs in as the user of the emulator. Pauses move its clock.
func (c *cloud) config() csbs.Config {
	return csbs.Config{
		Config: huaweicloud.Config{
			AuthURL: c.url, Region: "eu-de", UserName: "emulator", Password: "emulator", DomainName: "emulator",
		},
		ReadCache: 30 * time.Second,
		Now:       c.Clock.Now,
		Pause: func(ctx context.Context, d time.Duration) error {
			c.Clock.Advance(d)
			return context.Cause(ctx)
		},
	}
}

func (c *cloud) service(t *testing.T, change ...func(*csbs.Config)) *csbs.Service {
	t.Helper()
	cfg := c.config()
	for _, f := range change {
		f(&cfg)
	}
	svc, err := csbs.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return svc
}

func policy(name string) backup.Policy {
	return backup.Policy{
		Name: name, Description: "every night", Timezone: "Europe/Berlin", Enabled: true,
		Schedules: []string{"FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=0;BYMINUTE=30"},
		Retention: &backup.Retention{Latest: new(int64(7)), Monthly: new(int64(3))},
		Tags:      map[string]string{"env": "prod"},
	}
}

// bound returns a server that uses a new policy.
func (c *cloud) bound(t *testing.T, svc *csbs.Service) backup.Server {
	t.Helper()
	p, err := svc.CreatePolicy(t.Context(), policy("policy-"+uuid.NewString()))
	if err != nil {
		t.Fatal(err)
	}
	return c.bind(t, svc, p.ID)
}

func (c *cloud) bind(t *testing.T, svc *csbs.Service, policyID string) backup.Server {
	t.Helper()
	srv, err := svc.CreateServer(t.Context(), backup.Server{InstanceID: uuid.NewString(), PolicyID: policyID, Enabled: true})
	if err != nil {
		t.Fatal(err)
	}
	return srv
}

var fast = backup.WaitOptions{Interval: time.Millisecond, StallTimeout: 20 * time.Second}

// take takes a point and waits for it.
func take(t *testing.T, svc *csbs.Service, r backup.PointRequest) backup.Point {
	t.Helper()
	p, err := svc.StartPoint(t.Context(), r)
	if err == nil {
		p, err = backup.WaitPoint(t.Context(), svc, p, fast)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}
