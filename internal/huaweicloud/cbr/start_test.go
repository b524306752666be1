package cbr_test

import (
	"context"
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

// slow makes points take an hour.
func (c *cloud) slow() {
	c.Plans.Set("", emulator.Plan{Duration: time.Hour})
}

// A killed run leaves a point that no state has. The same request takes it up, in any number of attempts,
// and another request does not.
func TestOrphanIsTakenUp(t *testing.T) {
	t.Parallel()
	request := backup.PointRequest{Name: "before", Description: "the upgrade", Triggers: map[string]string{"release": "1"}}
	for name, change := range map[string]func(*backup.PointRequest){
		"named":           func(*backup.PointRequest) {},
		"without a name":  func(r *backup.PointRequest) { r.Name = "" },
		"nothing but it":  func(r *backup.PointRequest) { *r = backup.PointRequest{ServerID: r.ServerID} },
		"a full one":      func(r *backup.PointRequest) { r.Full = new(true) },
		"several trigger": func(r *backup.PointRequest) { r.Triggers = map[string]string{"a": "1", "b": "2", "c": "3"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, emulated.Options{})
			killed := c.service(t)
			srv := c.server(t, killed, "web")
			c.slow()
			r := request
			r.ServerID = srv.ID
			change(&r)
			lost, err := killed.StartPoint(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}

			svc := c.service(t)
			found, err := svc.StartPoint(t.Context(), r)
			if err != nil || found.ID != lost.ID || found.Description != r.Description {
				t.Errorf("the same request gets point %q, description %q (%v), want the lost one, %q", found.ID, found.Description, err, lost.ID)
			}
			other := r
			other.Triggers, other.Full = map[string]string{"release": "2"}, nil
			if _, err := c.service(t).StartPoint(t.Context(), other); !errors.Is(err, backup.ErrBusy) {
				t.Errorf("another request while the server is being backed up: %v, want ErrBusy", err)
			}
			if n := c.Counts.Snapshot().TotalBackups(); n != 1 {
				t.Errorf("%d backups were started, want 1", n)
			}
		})
	}
}

// A finished point may be in some state that replaces it: it is not taken up, and no second one is taken
// without a word.
func TestFinishedOrphan(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{})
	killed := c.service(t)
	srv := c.server(t, killed, "web")
	r := backup.PointRequest{ServerID: srv.ID, Name: "before"}
	lost, err := killed.StartPoint(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	c.Clock.Advance(5 * time.Minute)

	_, err = c.service(t).StartPoint(t.Context(), r)
	if !errors.Is(err, backup.ErrConflict) || !strings.Contains(err.Error(), lost.ID) || !strings.Contains(err.Error(), "terraform import") {
		t.Errorf("the same request: %v; want an error with the import command", err)
	}
	next := c.service(t)
	for _, want := range []string{"terraform import <address of the resource> " + lost.ID, "import {"} {
		if got := warning(next.CheckPoint(t.Context(), r), "server_id"); !strings.Contains(got, want) {
			t.Errorf("the plan of the same request warns %q, without %q", got, want)
		}
	}
	other := r
	other.Triggers = map[string]string{"release": "2"}
	if got := warning(next.CheckPoint(t.Context(), other), "server_id"); got != "" {
		t.Errorf("the plan of another request warns: %s", got)
	}
	if _, err := next.Point(t.Context(), lost.ID, backup.Cached); err != nil {
		t.Fatal(err)
	}
	if got := warning(next.CheckPoint(t.Context(), r), "server_id"); got != "" {
		t.Errorf("the plan of a process whose state has the point warns: %s", got)
	}
	svc := c.service(t)
	p := take(t, svc, other)
	if again := take(t, svc, other); again.ID == p.ID || p.ID == lost.ID {
		t.Errorf("points %q, %q and %q are not three", lost.ID, p.ID, again.ID)
	}
	c.Clock.Advance(time.Hour)
	if got := warning(c.service(t).CheckPoint(t.Context(), r), "server_id"); got != "" {
		t.Errorf("an hour later the plan still warns: %s", got)
	}
	if late := take(t, c.service(t), r); late.ID == lost.ID {
		t.Error("a point of an hour ago is taken up")
	}
	if n := c.Counts.Snapshot().TotalBackups(); n != 4 {
		t.Errorf("%d backups were started, want 4", n)
	}
}

// A point in error is no answer to a request.
func TestFailedOrphan(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{})
	killed := c.service(t)
	srv := c.server(t, killed, "web")
	c.Plans.Set(srv.ID, emulator.Plan{Fail: "no"})
	r := backup.PointRequest{ServerID: srv.ID}
	lost := take(t, killed, r)
	c.Plans.Set(srv.ID, emulator.Plan{})
	if p := take(t, c.service(t), r); p.ID == lost.ID || p.Status != backup.StatusAvailable {
		t.Errorf("point %+v after a failed one", p)
	}
}

// Whatever happens to the answer of the request for a point, there is one backup, and its point is found.
func TestAmbiguousStart(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]emulator.Fault{
		"connection lost after":  fault(emulator.FaultDropAfter, "/checkpoints", 0, ""),
		"gateway timeout after":  fault(emulator.FaultReplace, "/checkpoints", 504, "<html>timeout</html>"),
		"bad gateway after":      fault(emulator.FaultReplace, "/checkpoints", 502, ""),
		"answer cut off":         fault(emulator.FaultTruncate, "/checkpoints", 0, ""),
		"throttled":              {Kind: emulator.FaultStatus, Method: http.MethodPost, Path: "/checkpoints", Status: 429, Times: 3, RetryAfter: 1},
		"token refused":          {Kind: emulator.FaultStatus, Method: http.MethodPost, Path: "/checkpoints", Status: 401, Body: `{"error_code":"APIGW.0301","error_msg":"expired"}`},
		"then reads fail, too":   {Kind: emulator.FaultStatus, Method: http.MethodGet, Path: "/backups", Status: 503, Times: 3, Skip: 1},
		"then reads are cut off": {Kind: emulator.FaultTruncate, Method: http.MethodGet, Path: "/backups", Times: 2, Skip: 1},
	} {
		for late, delay := range map[string]time.Duration{"shows at once": 0, "shows late": 20 * time.Second} {
			t.Run(name+", "+late, func(t *testing.T) {
				t.Parallel()
				c := newCloud(t, emulated.Options{LateBackups: delay})
				svc := c.service(t)
				srv := c.server(t, svc, "web")
				c.Counts.Reset()
				c.Faults.Inject(f)
				p, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID, Name: "before"})
				if err != nil {
					t.Fatal(err)
				}
				if p = finish(t, svc, p); p.Status != backup.StatusAvailable {
					t.Errorf("point %+v", p)
				}
				if n := c.Counts.Snapshot().TotalBackups(); n != 1 {
					t.Errorf("%d backups were started, want 1", n)
				}
			})
		}
	}
}

// A request that was not taken is an error, and no backup; the next attempt takes one.
func TestLostStart(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{})
	svc := c.service(t)
	srv := c.server(t, svc, "web")
	c.Faults.Inject(fault(emulator.FaultDropBefore, "/checkpoints", 0, ""))
	r := backup.PointRequest{ServerID: srv.ID}
	if _, err := svc.StartPoint(t.Context(), r); err == nil || !strings.Contains(err.Error(), "next apply takes it up") {
		t.Errorf("a request that was lost: %v", err)
	}
	if p := take(t, svc, r); p.Status != backup.StatusAvailable {
		t.Errorf("point %+v", p)
	}
	if n := c.Counts.Snapshot().TotalBackups(); n != 1 {
		t.Errorf("%d backups were started, want 1", n)
	}
}

// A point that shows too late for one attempt is the answer to the next one.
func TestPointThatShowsVeryLate(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{LateBackups: 10 * time.Minute})
	c.slow()
	svc := c.service(t)
	srv := c.server(t, svc, "web")
	r := backup.PointRequest{ServerID: srv.ID}
	if _, err := svc.StartPoint(t.Context(), r); !errors.Is(err, backup.ErrBusy) {
		t.Fatalf("a point that does not show: %v, want ErrBusy", err)
	}
	c.Clock.Advance(10 * time.Minute)
	if p, err := svc.StartPoint(t.Context(), r); err != nil || p.Status != backup.StatusCreating {
		t.Errorf("the next attempt: %+v, %v", p, err)
	}
	if n := c.Counts.Snapshot().TotalBackups(); n != 1 {
		t.Errorf("%d backups were started, want 1", n)
	}
}

// Ctrl-C while the request is under way: the point is found all the same.
func TestInterruptedStart(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	svc := c.service(t, func(cfg *cbr.Config) {
		cfg.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			answer, err := http.DefaultTransport.RoundTrip(r)
			if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/checkpoints") {
				cancel()
				_ = answer.Body.Close()
				return nil, context.Canceled
			}
			return answer, err
		})}
	})
	srv := c.server(t, svc, "web")
	c.slow()
	p, err := svc.StartPoint(ctx, backup.PointRequest{ServerID: srv.ID})
	if err != nil || p.Status != backup.StatusCreating {
		t.Errorf("an interrupted start: %+v, %v", p, err)
	}
	if n := c.Counts.Snapshot().TotalBackups(); n != 1 {
		t.Errorf("%d backups were started, want 1", n)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// One full point of a server a day.
func TestOneFullPointADay(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]emulated.Options{
		"told": {}, "told by Huawei": {Huawei: true}, "not told": {Incremental: emulated.IncrementalNowhere},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, options)
			svc := c.service(t)
			srv := c.server(t, svc, "web")
			full := backup.PointRequest{ServerID: srv.ID, Full: new(true)}
			if got := complaint(svc.CheckPoint(t.Context(), full), "full"); got != "" {
				t.Errorf("the first point: %s", got)
			}
			first := take(t, svc, full)
			got := complaint(svc.CheckPoint(t.Context(), full), "full")
			if told := options.Incremental == emulated.IncrementalInBackup; (got != "") != told || told && !strings.Contains(got, first.ID) {
				t.Errorf("a second full point: %q", got)
			}
			again := full
			again.Name = "again"
			if _, err := svc.StartPoint(t.Context(), again); err == nil || !strings.Contains(err.Error(), "one day") {
				t.Errorf("a second full point is taken: %v", err)
			}
			c.Clock.Advance(24 * time.Hour)
			if got := complaint(svc.CheckPoint(t.Context(), full), "full"); got != "" {
				t.Errorf("after a day: %s", got)
			}
			take(t, svc, again)
		})
	}
}

func TestBusyServer(t *testing.T) {
	t.Parallel()
	for _, skipped := range []emulated.Skipped{emulated.SkippedNothing, emulated.SkippedReason, emulated.SkippedListed} {
		t.Run("skipped "+string(skipped), func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, emulated.Options{Skipped: skipped})
			svc := c.service(t)
			srv := c.server(t, svc, "web")
			c.slow()
			p, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID, Name: "second"}); !errors.Is(err, backup.ErrBusy) {
				t.Errorf("a second point meanwhile: %v, want ErrBusy", err)
			}
			if err := svc.DeletePoint(t.Context(), p.ID); !errors.Is(err, backup.ErrBusy) {
				t.Errorf("deleting a point that is being taken: %v, want ErrBusy", err)
			}
			if err := svc.DeleteServer(t.Context(), srv.ID, backup.PointsDelete); !errors.Is(err, backup.ErrBusy) {
				t.Errorf("deleting its server: %v, want ErrBusy", err)
			}
		})
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{})
	svc := c.service(t)
	srv := c.server(t, svc, "web")
	c.slow()
	p, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID})
	if err != nil {
		t.Fatal(err)
	}
	c.Clock.Advance(30 * time.Minute)
	for name, fresh := range map[string]backup.Freshness{"fresh": backup.Fresh, "cached": backup.Cached} {
		if p, err = svc.Point(t.Context(), p.ID, fresh); err != nil || p.Progress == nil || *p.Progress != 50 {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}
