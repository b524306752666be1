package cbr_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emulated "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
)

// cloud is an emulated region with a vault, and services that work in it.
type cloud struct {
	*emulated.Emulator
	url string

	mu    sync.Mutex
	vault string
}

// start is a Sunday in summer.
var start = time.Date(2026, 7, 5, 9, 0, 0, 0, time.UTC)

func newCloud(t *testing.T, options emulated.Options) *cloud {
	t.Helper()
	base := emulator.New(emulator.NewClock(start))
	base.Tick = time.Second
	base.Plans.Set("", emulator.Plan{Duration: 5 * time.Second})
	c := &cloud{Emulator: emulated.New(base, options)}
	server := httptest.NewServer(c.Handler(iam.New(base, iam.DefaultAccount())))
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

// service returns a new client. Pauses of the client move the clock instead of taking time.
func (c *cloud) service(t *testing.T, change ...func(*cbr.Config)) *cbr.Service {
	t.Helper()
	cfg := cbr.Config{
		Config: huaweicloud.Config{
			AuthURL: c.url + "/v3", Region: "eu-de", UserName: "emulator", Password: "emulator", DomainName: "emulator",
		},
		Now: c.Clock.Now,
		Pause: func(ctx context.Context, d time.Duration) error {
			c.Clock.Advance(d)
			return context.Cause(ctx)
		},
		ReadCache: 30 * time.Second,
	}
	for _, f := range change {
		f(&cfg)
	}
	svc, err := cbr.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return svc
}

// location returns the vault that all servers of a test share.
func (c *cloud) location(t *testing.T, svc backup.Service) string {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.vault == "" {
		c.vault = createVault(t, svc, "shared", cbr.LocationOptions{AutoExpand: true}).ID
	}
	return c.vault
}

func createVault(t *testing.T, svc backup.Service, name string, options cbr.LocationOptions) backup.Location {
	t.Helper()
	locator, ok := svc.(backup.Locator)
	if !ok {
		t.Fatal("the service is no Locator")
	}
	l, err := locator.CreateLocation(t.Context(), backup.Location{Name: name, QuotaBytes: new(int64(1000 << 30)), Options: options})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// spec is a server that is not created yet, of an instance with two disks.
func (c *cloud) spec(t *testing.T, svc backup.Service, name string) backup.Server {
	t.Helper()
	id := uuid.NewString()
	c.AddServer(emulated.Server{ID: id, Name: name, Disks: []emulated.Disk{
		{ID: uuid.NewString(), Name: name + "-system", SizeGB: 40},
		{ID: uuid.NewString(), Name: name + "-data", SizeGB: 100},
	}})
	return backup.Server{InstanceID: id, LocationID: c.location(t, svc), Enabled: true}
}

func (c *cloud) server(t *testing.T, svc backup.Service, name string) backup.Server {
	t.Helper()
	srv, err := svc.CreateServer(t.Context(), c.spec(t, svc, name))
	if err != nil {
		t.Fatal(err)
	}
	return srv
}

// take takes a point and waits for it.
func take(t *testing.T, svc backup.Service, r backup.PointRequest) backup.Point {
	t.Helper()
	p, err := svc.StartPoint(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return finish(t, svc, p)
}

func finish(t *testing.T, svc backup.Service, p backup.Point) backup.Point {
	t.Helper()
	p, err := backup.WaitPoint(t.Context(), svc, p, backup.WaitOptions{Interval: time.Microsecond})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// fault goes wrong once with a POST.
func fault(kind emulator.FaultKind, path string, status int, body string) emulator.Fault {
	return emulator.Fault{Kind: kind, Method: http.MethodPost, Path: path, Status: status, Body: body}
}

// planAtOnce ends a job as soon as it is looked at.
var planAtOnce = emulator.Plan{}

// pauseNot is for clients without an emulator.
func pauseNot(ctx context.Context, _ time.Duration) error { return context.Cause(ctx) }
