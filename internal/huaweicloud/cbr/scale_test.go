package cbr_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	emulated "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
)

func (c *cloud) seed(s emulated.Seeded) { c.Seed(iam.DefaultAccount().ProjectID, s) }

// Refreshing many objects takes a few lists: 1,000 servers, 1,000 points, and as many policies as there
// can be, ten at a time.
func TestRequestsOfARefresh(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{})
	c.Tick = time.Millisecond
	c.seed(emulated.Seeded{Vaults: 4, ServersPerVault: 250, BackupsPerServer: 1})
	writer := c.service(t)
	var reads []func(svc backup.Service) error
	for i := range 32 {
		id := createPolicy(t, writer, fmt.Sprint("policy-", i)).ID
		reads = append(reads, func(svc backup.Service) error { _, err := svc.Policy(t.Context(), id); return err })
	}
	for p, err := range writer.Points(t.Context(), backup.PointFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		reads = append(reads,
			func(svc backup.Service) error { _, err := svc.Point(t.Context(), p.ID, backup.Cached); return err },
			func(svc backup.Service) error { _, err := svc.Server(t.Context(), p.ServerID); return err })
	}
	if len(reads) != 2032 {
		t.Fatalf("%d objects to read, want 2032", len(reads))
	}

	svc := c.service(t)
	c.Counts.Reset()
	work := make(chan func(backup.Service) error)
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			for read := range work {
				if err := read(svc); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for _, read := range reads {
		work <- read
	}
	close(work)
	group.Wait()
	if got := c.Counts.Snapshot(); got.TotalRequests() > 6 {
		t.Errorf("a refresh of %d objects takes %d requests: %v", len(reads), got.TotalRequests(), got.Requests)
	}
}

// Lists are complete beyond a page, and each point is listed once, also while points are deleted or taken.
func TestLongLists(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]emulated.Options{"totals": {}, "no totals": {NoTotals: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, options)
			c.Tick = time.Millisecond
			c.seed(emulated.Seeded{Vaults: 1, ServersPerVault: 10, BackupsPerServer: 320})
			svc := c.service(t)
			all := pointIDs(t, svc, backup.PointFilter{})
			if len(all) != 3200 {
				t.Fatalf("%d points are listed, want 3200", len(all))
			}
			c.Plans.Set("", planAtOnce)
			listed, deleted := map[string]int{}, map[string]bool{}
			for p, err := range svc.Points(t.Context(), backup.PointFilter{}) {
				if err != nil {
					t.Fatal(err)
				}
				if listed[p.ID]++; len(listed)%8 == 0 && len(listed) < 2400 {
					if err := svc.DeletePoint(t.Context(), p.ID); err != nil {
						t.Fatal(err)
					}
					deleted[p.ID] = true
				}
				if len(listed) == 1500 {
					take(t, svc, backup.PointRequest{ServerID: p.ServerID})
				}
			}
			for _, id := range all {
				if listed[id] != 1 {
					t.Errorf("point %s is listed %d times", id, listed[id])
				}
			}
			left := pointIDs(t, svc, backup.PointFilter{})
			if want := 3200 - len(deleted) + 1; len(left) != want {
				t.Errorf("%d points are left, want %d", len(left), want)
			}
		})
	}
}

// A cache that forgets at once does not search for ever.
func TestShortCache(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{})
	c.seed(emulated.Seeded{Vaults: 1, ServersPerVault: 5, BackupsPerServer: 450})
	svc := c.service(t, func(cfg *cbr.Config) { cfg.ReadCache = time.Nanosecond })
	all := pointIDs(t, svc, backup.PointFilter{})
	for _, id := range []string{all[0], all[len(all)-1]} {
		if p, err := svc.Point(t.Context(), id, backup.Cached); err != nil || p.ID != id {
			t.Errorf("point %s: %+v, %v", id, p, err)
		}
	}
	if _, err := svc.Point(t.Context(), "66666666-6666-4666-8666-666666666666", backup.Cached); !errors.Is(err, backup.ErrNotFound) {
		t.Errorf("a point that does not exist: %v", err)
	}
}

// A cached read finds a point of any age.
func TestOldPoint(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{})
	c.Tick = time.Millisecond
	c.seed(emulated.Seeded{Vaults: 1, ServersPerVault: 10, BackupsPerServer: 1050})
	svc := c.service(t)
	all := pointIDs(t, svc, backup.PointFilter{})
	c.Counts.Reset()
	for _, i := range []int{0, 1500, len(all) - 1, len(all) - 1} {
		p, err := svc.Point(t.Context(), all[i], backup.Cached)
		if err != nil || p.ID != all[i] || p.LocationName != "vault-000" {
			t.Errorf("point %d of %d: %+v, %v", i, len(all), p, err)
		}
	}
	// Ten pages, and two reads of the one that is older than these.
	if got := c.Counts.Snapshot(); got.TotalRequests() != 12 {
		t.Errorf("%d requests: %v", got.TotalRequests(), got.Requests)
	}
}
