package vngcloud_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud"
)

// removable is something that can be deleted.
type removable struct {
	id, request string
	remove      func() error
	read        func() error
}

// removables are a point and a backup server that has no points, which is paused for its deletion.
func removables(t *testing.T, c center, svc *vngcloud.Service) map[string]removable {
	t.Helper()
	ctx := t.Context()
	srv, empty := protect(t, c, svc), protect(t, c, svc)
	p := take(t, svc, srv.ID)
	return map[string]removable{
		"point": {
			id: p.ID, request: "/backup-instance-points/",
			remove: func() error { return svc.DeletePoint(ctx, p.ID) },
			read:   func() error { _, err := svc.Point(ctx, p.ID, backup.Fresh); return err },
		},
		"server": {
			id: empty.ID, request: "/backup-instances/",
			remove: func() error { return svc.DeleteServer(ctx, empty.ID, backup.PointsFail) },
			read: func() error {
				srv, err := svc.Server(ctx, empty.ID)
				if err == nil && !srv.Enabled {
					err = errors.New("it is paused")
				}
				return err
			},
		},
	}
}

func (c center) deletions() (n int) {
	for request, count := range c.Counts.Snapshot().Requests {
		if strings.HasPrefix(request, http.MethodDelete) {
			n += count
		}
	}
	return n
}

// A deletion that the service took and does not do is an error in minutes, whether it failed before the first look
// or later: it names the object, its state and what to do. The next apply can delete it.
func TestFailedDeletion(t *testing.T) {
	t.Parallel()
	const after = time.Minute
	for _, kind := range []string{"point", "server"} {
		for name, switches := range map[string]backupcenter.Switches{"no word for it": {}, "deleting for a while": {DeletingWord: "DELETING"}} {
			for when, takes := range map[string]time.Duration{"at once": 0, "after a minute": after} {
				t.Run(kind+", "+name+", "+when, func(t *testing.T) {
					t.Parallel()
					c := newCenter(t, switches, "")
					r := removables(t, c, c.client(t))[kind]
					c.Plans.Set("delete "+r.id, emulator.Plan{Duration: takes, Fail: "no"})
					c.Counts.Reset()
					began := c.Clock.Now()
					err := r.remove()
					if err == nil {
						t.Fatal("the deletion succeeds")
					}
					for _, word := range []string{r.id, "status is \"ACTIVE\"", "apply again"} {
						if !strings.Contains(err.Error(), word) {
							t.Errorf("the error is %q, without %q", err, word)
						}
					}
					if passed := c.Clock.Now().Sub(began); passed > 10*time.Minute {
						t.Errorf("the error took %s", passed)
					}
					if n := c.deletions(); n != 1 {
						t.Errorf("it was asked for %d times", n)
					}
					if err := r.read(); err != nil {
						t.Errorf("what was not deleted: %v", err)
					}
					c.Plans.Set("delete "+r.id, emulator.Plan{})
					if err := r.remove(); err != nil {
						t.Errorf("the next apply: %v", err)
					}
				})
			}
		}
	}
}

// A deletion that takes long is waited for while the service says so, and for some minutes while it does not.
func TestSlowDeletion(t *testing.T) {
	t.Parallel()
	for name, switches := range map[string]backupcenter.Switches{
		"deleting":       {DeletionTakes: time.Hour, DeletingWord: "DELETING"},
		"no word for it": {DeletionTakes: 50 * time.Second},
	} {
		for _, kind := range []string{"point", "server"} {
			t.Run(kind+", "+name, func(t *testing.T) {
				t.Parallel()
				c := newCenter(t, switches, "")
				r := removables(t, c, c.client(t))[kind]
				if err := r.remove(); err != nil {
					t.Errorf("the deletion: %v", err)
				}
				if err := r.read(); !errors.Is(err, backup.ErrNotFound) {
					t.Errorf("what was deleted: %v", err)
				}
			})
		}
	}
}

// A deletion whose answer was lost is looked at and not asked for again.
func TestLostDeletion(t *testing.T) {
	t.Parallel()
	for fault, taken := range map[emulator.FaultKind]bool{emulator.FaultDropAfter: true, emulator.FaultDropBefore: false} {
		for _, kind := range []string{"point", "server"} {
			t.Run(string(fault)+" "+kind, func(t *testing.T) {
				t.Parallel()
				c := newCenter(t, backupcenter.Switches{DeletionTakes: 5 * time.Second}, "")
				r := removables(t, c, c.client(t))[kind]
				c.Faults.Inject(emulator.Fault{Kind: fault, Method: http.MethodDelete, Path: r.request})
				c.Counts.Reset()
				if err := r.remove(); (err == nil) != taken {
					t.Errorf("the deletion: %v", err)
				}
				if n := c.deletions(); n != 1 {
					t.Errorf("it was asked for %d times", n)
				}
				if err := r.read(); errors.Is(err, backup.ErrNotFound) != taken || (err != nil && !taken) {
					t.Errorf("what was to be deleted: %v", err)
				}
			})
		}
	}
}
