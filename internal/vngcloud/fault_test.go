package vngcloud_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud"
)

const backupNow = "/backup-now/"

// protect puts an instance under backup by default policy and location.
func protect(t *testing.T, c center, svc *vngcloud.Service) backup.Server {
	t.Helper()
	id, _ := c.AddInstance("web")
	srv, err := svc.CreateServer(t.Context(), backup.Server{InstanceID: id, Enabled: true})
	if err != nil {
		t.Fatal(err)
	}
	return srv
}

// take takes a point and waits for it.
func take(t *testing.T, svc *vngcloud.Service, serverID string) backup.Point {
	t.Helper()
	p, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: serverID})
	if err == nil {
		p, err = backup.WaitPoint(t.Context(), svc, p, backup.WaitOptions{Interval: time.Millisecond})
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func listed(t *testing.T, svc *vngcloud.Service, f backup.PointFilter) (list []backup.Point) {
	t.Helper()
	for p, err := range svc.Points(t.Context(), f) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

// TestFaults is the fault matrix of a backup on demand: whatever happens there is one backup at most, and
// one that there is has its id told or is named in the error.
func TestFaults(t *testing.T) {
	t.Parallel()
	page := emulator.LoginPage(1).Body
	for _, tc := range []struct {
		name    string
		fault   emulator.Fault
		backups int
		fails   bool
	}{
		{"429 burst", emulator.Throttled(3, 2), 1, false},
		{"429 for ever", emulator.Throttled(-1, 2), 0, true},
		{"500 before", emulator.Fault{Kind: emulator.FaultStatus, Status: 500}, 0, true},
		{"503 before", emulator.Fault{Kind: emulator.FaultStatus, Status: 503}, 0, true},
		{"500 after", emulator.Fault{Kind: emulator.FaultReplace, Status: 500}, 1, false},
		{"504 after", emulator.Fault{Kind: emulator.FaultReplace, Status: 504}, 1, false},
		{"connection lost before", emulator.Fault{Kind: emulator.FaultDropBefore}, 0, true},
		{"connection lost after", emulator.Fault{Kind: emulator.FaultDropAfter}, 1, false},
		{"login page before", emulator.LoginPage(1), 0, true},
		{"login page after", emulator.Fault{Kind: emulator.FaultReplace, Status: 200, ContentType: "text/html", Body: page}, 1, false},
		{"truncated answer", emulator.Fault{Kind: emulator.FaultTruncate}, 1, false},
		{"stale token, 401", emulator.Fault{Kind: emulator.FaultStatus, Status: 401}, 1, false},
		{"stale token, 500", emulator.Fault{Kind: emulator.FaultStatus, Status: 500, Body: `[{"code":"IAM_VALIDATION_ERROR"}]`}, 1, false},
		{"busy", emulator.Fault{Kind: emulator.FaultStatus, Status: 409, Body: `{"message":"Your resource is being processed."}`}, 0, true},
		{"not allowed", emulator.Fault{Kind: emulator.FaultStatus, Status: 403, Body: `[{"code":"IAM_PERMISSION_DENIED","message":"IAM denied action"}]`}, 0, true},
	} {
		for _, appears := range []time.Duration{0, 4 * time.Second} {
			t.Run(fmt.Sprintf("%s, shown after %s", tc.name, appears), func(t *testing.T) {
				t.Parallel()
				c := newCenter(t, backupcenter.Switches{PointAppearsAfter: appears}, "")
				svc := c.client(t)
				srv := protect(t, c, svc)
				take(t, svc, srv.ID)
				c.Counts.Reset()
				fault := tc.fault
				fault.Path = backupNow
				c.Faults.Inject(fault)

				p, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID})
				got := c.Counts.Snapshot()
				t.Logf("%-24s backups %d, POSTs %d, point %q, error %v", tc.name, got.TotalBackups(), posts(got), p.ID, err)
				if got.TotalBackups() != tc.backups {
					t.Errorf("%d backups were started, want %d", got.TotalBackups(), tc.backups)
				}
				if (err != nil) != tc.fails || (err == nil) != (p.ID != "") {
					t.Errorf("point %q, error %v; want an error: %v", p.ID, err, tc.fails)
				}
				if err == nil {
					if p, err = backup.WaitPoint(t.Context(), svc, p, backup.WaitOptions{Interval: time.Millisecond}); err != nil || p.Status != backup.StatusAvailable {
						t.Errorf("the point ends as %+v, %v", p, err)
					}
				}
				if n := len(listed(t, svc, backup.PointFilter{})); n != 1+tc.backups {
					t.Errorf("%d points are listed, want %d", n, 1+tc.backups)
				}
			})
		}
	}
}

func posts(c emulator.Counted) (n int) {
	for name, count := range c.Requests {
		if strings.Contains(name, "backup-now") {
			n += count
		}
	}
	return n
}

// TestFaultsOfReads: what passes by itself passes, before and after the POST.
func TestFaultsOfReads(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"429":            emulator.Throttled(1, 1),
		"503":            {Kind: emulator.FaultStatus, Status: 503},
		"drop":           {Kind: emulator.FaultDropAfter},
		"truncated JSON": {Kind: emulator.FaultTruncate},
		"cut off":        {Kind: emulator.FaultCut},
		"login page":     emulator.LoginPage(1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for skip := range 4 {
				c := newCenter(t, backupcenter.Switches{}, "")
				svc := c.client(t)
				srv := protect(t, c, svc)
				fault.Method, fault.Skip, fault.Times = http.MethodGet, skip, 2
				c.Faults.Inject(fault)
				if p := take(t, svc, srv.ID); p.Status != backup.StatusAvailable {
					t.Errorf("the point ends as %+v", p)
				}
				if n := c.Counts.Snapshot().TotalBackups(); n != 1 {
					t.Errorf("%d backups, want 1", n)
				}
			}
		})
	}
}

// TestKilled: a provider that is killed right after the POST leaves a point without an owner. The next run
// must not take another one without a word.
func TestKilled(t *testing.T) {
	t.Parallel()
	for name, switches := range map[string]backupcenter.Switches{"likeliest": {}, "type not told": {SnapshotNameOnly: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCenter(t, switches, "")
			srv := protect(t, c, c.client(t))
			c.Plans.Set(srv.InstanceID, emulator.Plan{Duration: time.Hour})
			orphan, err := c.client(t).StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID})
			if err != nil {
				t.Fatal(err)
			}

			next := c.client(t)
			_, err = next.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID})
			if !errors.Is(err, backup.ErrConflict) || errors.Is(err, backup.ErrBusy) || !strings.Contains(err.Error(), orphan.ID) || !strings.Contains(err.Error(), "terraform import <address of the resource> "+orphan.ID) {
				t.Errorf("while the orphan runs: %v; want a conflict that names it and says import", err)
			}
			if n := c.Counts.Snapshot().TotalBackups(); n != 1 {
				t.Errorf("%d backups were started, want 1", n)
			}
		})
	}
}

// TestOrphanWarning: a manual point that has just been finished and that nobody here knows is named, with what takes
// it up.
func TestOrphanWarning(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	first := c.client(t)
	srv := protect(t, c, first)
	// Points of large disks take longer than any look back at their start.
	c.Plans.Set(srv.InstanceID, emulator.Plan{Duration: 3 * time.Hour})
	orphan, err := first.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID})
	if err != nil {
		t.Fatal(err)
	}
	c.Clock.Advance(3 * time.Hour)
	warning := func(svc *vngcloud.Service) string {
		for _, p := range svc.CheckPoint(t.Context(), backup.PointRequest{ServerID: srv.ID}) {
			if p.Warning {
				return p.Detail
			}
		}
		return ""
	}
	if got := warning(first); got != "" {
		t.Errorf("the process that took the point warns: %s", got)
	}
	reader := c.client(t)
	if _, err := reader.Point(t.Context(), orphan.ID, backup.Cached); err != nil {
		t.Fatal(err)
	}
	if got := warning(reader); got != "" {
		t.Errorf("a process that has the point in its state warns: %s", got)
	}
	got := warning(c.client(t))
	for _, words := range []string{"import {", "id = \"" + orphan.ID + "\"", "terraform import <address of the resource> " + orphan.ID} {
		if !strings.Contains(got, words) {
			t.Errorf("the warning of another process is %q, without %q", got, words)
		}
	}
	c.Clock.Advance(time.Hour)
	if got := warning(c.client(t)); got != "" {
		t.Errorf("an hour later it still warns: %s", got)
	}
}

// TestBusy: a run of the policy, or of this process, is worth waiting for.
func TestBusy(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t)
	srv := protect(t, c, svc)
	c.RunPolicy(srv.ID, "daily")
	if _, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID}); !errors.Is(err, backup.ErrBusy) {
		t.Errorf("while the policy runs: %v, want ErrBusy", err)
	}
	c.Clock.Advance(time.Minute)
	if _, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID}); !errors.Is(err, backup.ErrBusy) {
		t.Errorf("while a point of this process runs: %v, want ErrBusy", err)
	}
	if n := c.Counts.Snapshot().TotalBackups(); n != 1 {
		t.Errorf("%d backups were asked for, want 1", n)
	}
}

// interrupt is Ctrl-C in the middle of a request: it is sent, and nobody hears the answer.
type interrupt struct {
	path   string
	cancel context.CancelFunc
}

func (i interrupt) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || !strings.Contains(r.URL.Path, i.path) {
		return resp, err
	}
	_ = resp.Body.Close()
	i.cancel()
	return nil, context.Canceled
}

// TestInterrupted: Ctrl-C at each step of a backup leaves no backup that nobody knows of.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/auth/token", "/v1/backup-instances", "/v1/backup-policies", "/backup-instance-points", backupNow} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			c := newCenter(t, backupcenter.Switches{PointAppearsAfter: 3 * time.Second}, "")
			srv := protect(t, c, c.client(t))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			svc := c.client(t, func(cfg *vngcloud.Config) { cfg.HTTP = &http.Client{Transport: interrupt{path, cancel}} })
			p, err := svc.StartPoint(ctx, backup.PointRequest{ServerID: srv.ID})
			backups := c.Counts.Snapshot().TotalBackups()
			t.Logf("%-28s backups %d, point %q, error %v", path, backups, p.ID, err)
			if backups > 1 || (backups == 1) != (p.ID != "") {
				t.Errorf("%d backups were started, and the point is %q (%v)", backups, p.ID, err)
			}
			if backups == 0 && !errors.Is(err, context.Canceled) {
				t.Errorf("it ends with %v, want a canceled context", err)
			}
		})
	}
}

// TestAmbiguousOfUnknownType: a point that the policy may have taken is not taken for our own.
func TestAmbiguousOfUnknownType(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{SnapshotNameOnly: true}, "")
	svc := c.client(t)
	srv := protect(t, c, svc)
	c.Faults.Inject(emulator.Fault{Kind: emulator.FaultDropAfter, Path: backupNow})
	_, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID})
	points := listed(t, svc, backup.PointFilter{})
	if len(points) != 1 || err == nil || !strings.Contains(err.Error(), points[0].ID) {
		t.Errorf("%d points, error %v; want one point that the error names", len(points), err)
	}
}
