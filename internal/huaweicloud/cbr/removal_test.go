package cbr_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emulated "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
)

// removable is something that can be deleted, with its point if it has one.
type removable struct {
	id, subject, request string
	remove               func() error
	read                 func() error
}

// removables are one of each kind.
func removables(t *testing.T, c *cloud, svc *cbr.Service) map[string]removable {
	t.Helper()
	ctx := t.Context()
	srv, other := c.server(t, svc, "web"), c.server(t, svc, "db")
	p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	take(t, svc, backup.PointRequest{ServerID: other.ID})
	l := createVault(t, svc, "vault", cbr.LocationOptions{})
	return map[string]removable{
		"point": {
			id: p.ID, subject: "delete " + srv.ID, request: "DELETE /v3/{project}/backups/{id}",
			remove: func() error { return svc.DeletePoint(ctx, p.ID) },
			read:   func() error { _, err := svc.Point(ctx, p.ID, backup.Fresh); return err },
		},
		"server": {
			id: other.ID, subject: "remove_resource " + other.ID, request: "POST /v3/{project}/vaults/{id}/removeresources",
			remove: func() error { return svc.DeleteServer(ctx, other.ID, backup.PointsDelete) },
			read:   func() error { _, err := svc.Server(ctx, other.ID); return err },
		},
		"location": {
			id: l.ID, subject: "vault_delete " + l.ID, request: "DELETE /v3/{project}/vaults/{id}",
			remove: func() error { return svc.DeleteLocation(ctx, l.ID, false) },
			read:   func() error { _, err := svc.Location(ctx, l.ID); return err },
		},
	}
}

// hit makes something go wrong with the request for a removal.
func (c *cloud) hit(r removable, fault emulator.Fault) {
	fault.Method, fault.Path, _ = strings.Cut(r.request, " ")
	fault.Path = strings.TrimSuffix(fault.Path, "/{id}")
	fault.Path = fault.Path[strings.LastIndex(fault.Path, "/"):]
	c.Faults.Inject(fault)
}

// kinds of what is deleted.
var kinds = []string{"point", "server", "location"}

func (c *cloud) sent(request string) int { return c.Counts.Snapshot().Requests[request] }

// soon is how long a deletion may be looked at that is over or never began.
const soon = 2 * time.Minute

// A deletion that the service took and that failed is an error soon, however early it failed and whatever state it
// left: it names the object, its state, the reason and what to do, and nothing was asked for twice.
func TestFailedRemoval(t *testing.T) {
	t.Parallel()
	for when, takes := range map[string]time.Duration{"before the first look": 0, "after a while": 30 * time.Second} {
		for status, options := range map[string]emulated.Options{"error": {}, "available": {SurvivorsAvailable: true}} {
			for _, kind := range kinds {
				t.Run(kind+" "+when+", then "+status, func(t *testing.T) {
					t.Parallel()
					c := newCloud(t, options)
					r := removables(t, c, c.service(t))[kind]
					c.Counts.Reset()
					c.Plans.Set(r.subject, emulator.Plan{Duration: takes, Fail: "The storage is away."})
					began := c.Clock.Now()
					err := r.remove()
					if err == nil {
						t.Fatal("the deletion succeeds")
					}
					for _, want := range []string{r.id, "status is \"", "The storage is away.", "apply again"} {
						if !strings.Contains(err.Error(), want) {
							t.Errorf("the error is %q, without %q", err, want)
						}
					}
					if passed := c.Clock.Now().Sub(began); passed > takes+soon {
						t.Errorf("the error took %s", passed)
					}
					if n := c.sent(r.request); n != 1 {
						t.Errorf("it was asked for %d times", n)
					}
					if err := r.read(); err != nil {
						t.Errorf("what was not deleted: %v", err)
					}
					if kind == "location" && status == "error" {
						return // The service takes nothing more for such a vault.
					}
					c.Plans.Set(r.subject, emulator.Plan{Duration: takes})
					if err := r.remove(); err != nil {
						t.Errorf("the next apply: %v", err)
					}
					if err := r.read(); !errors.Is(err, backup.ErrNotFound) {
						t.Errorf("what was deleted in the end: %v", err)
					}
				})
			}
		}
	}
}

// A deletion that was taken and never begins is no success, and is not waited for until the timeout.
func TestRemovalThatNeverBegins(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, emulated.Options{})
			r := removables(t, c, c.service(t))[kind]
			c.hit(r, emulator.Fault{Kind: emulator.FaultStatus, Status: http.StatusOK, Body: "{}"})
			began := c.Clock.Now()
			if err := r.remove(); err == nil || !strings.Contains(err.Error(), r.id) || !strings.Contains(err.Error(), "status is \"available\"") {
				t.Errorf("the deletion: %v", err)
			}
			if passed := c.Clock.Now().Sub(began); passed > soon {
				t.Errorf("the error took %s", passed)
			}
			if err := r.read(); err != nil {
				t.Errorf("what was not deleted: %v", err)
			}
		})
	}
}

// A deletion whose answer was lost is done, and the service takes it once.
func TestLostRemoval(t *testing.T) {
	t.Parallel()
	for _, fault := range []emulator.FaultKind{emulator.FaultDropAfter, emulator.FaultDropBefore} {
		for _, kind := range kinds {
			t.Run(string(fault)+" "+kind, func(t *testing.T) {
				t.Parallel()
				c := newCloud(t, emulated.Options{})
				r := removables(t, c, c.service(t))[kind]
				c.hit(r, emulator.Fault{Kind: fault})
				c.Counts.Reset()
				if err := r.remove(); err != nil {
					t.Errorf("the deletion: %v", err)
				}
				if err := r.read(); !errors.Is(err, backup.ErrNotFound) {
					t.Errorf("what was deleted: %v", err)
				}
				if n := c.sent(r.request); n != 1 {
					t.Errorf("the service took %d requests, want 1", n)
				}
			})
		}
	}
}
