package csbs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/csbs"
)

// backups is how many backups were asked for.
func (c *cloud) backups() int { return c.Counts.Snapshot().TotalBackups() }

func tenTags() map[string]string {
	tags := map[string]string{}
	for i := range 10 {
		tags[fmt.Sprint("key-", i)] = "value"
	}
	return tags
}

// TestKilledRun wants the point of a run that was killed to be the answer to the same request. Another
// service on the same project stands for the next process.
func TestKilledRun(t *testing.T) {
	t.Parallel()
	request := backup.PointRequest{Name: "before-upgrade", Triggers: map[string]string{"release": "1"}}
	other := request
	other.Triggers = map[string]string{"release": "2"}
	tagged := backup.PointRequest{Tags: tenTags()}
	for _, tc := range []struct {
		name    string
		first   backup.PointRequest
		next    backup.PointRequest
		after   time.Duration
		fail    string
		heard   bool
		adopted bool
		notices int
	}{
		{name: "while it runs", first: request, next: request, adopted: true},
		{name: "after it ended", first: request, next: request, after: 30 * time.Minute, adopted: true},
		{name: "without a name", adopted: true},
		{name: "long after it ended", first: request, next: request, after: 3 * time.Hour, notices: 1},
		{name: "after it failed", first: request, next: request, after: 30 * time.Minute, fail: "no space", notices: 1},
		{name: "other triggers", first: request, next: other, after: 30 * time.Minute},
		{name: "not killed", first: request, next: request, heard: true, after: 30 * time.Minute},
		{name: "ten tags, while it runs", first: tagged, next: tagged, adopted: true},
		{name: "ten tags, after it ended", first: tagged, next: tagged, after: 30 * time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			svc := c.service(t)
			srv := c.bound(t, svc)
			c.Plans.Set(srv.ID, emulator.Plan{Duration: 10 * time.Minute, Fail: tc.fail})
			tc.first.ServerID, tc.next.ServerID = srv.ID, srv.ID
			left, err := svc.StartPoint(t.Context(), tc.first)
			if err != nil {
				t.Fatal(err)
			}
			c.Clock.Advance(tc.after)
			if tc.heard {
				if _, err := svc.Point(t.Context(), left.ID, backup.Fresh); err != nil {
					t.Fatal(err)
				}
			}
			next := c.service(t)
			p, err := next.StartPoint(t.Context(), tc.next)
			if err != nil {
				t.Fatal(err)
			}
			want := 2
			if tc.adopted {
				want = 1
			}
			if (p.ID == left.ID) != tc.adopted || c.backups() != want {
				t.Errorf("the next run has point %s after %s, and %d backups were started, want %d", p.ID, left.ID, c.backups(), want)
			}
			if got := next.TakeNotices(); len(got) != tc.notices || (len(got) > 0 && !strings.Contains(got[0].Detail, left.ID)) {
				t.Errorf("notices are %+v, want %d that name the point left behind", got, tc.notices)
			}
		})
	}
}

// TestHeardButNotTold wants the plan to name a point whose process was killed right after it took the mark off.
func TestHeardButNotTold(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	svc := c.service(t)
	srv := c.bound(t, svc)
	c.Plans.Set(srv.ID, emulator.Plan{Duration: 5 * time.Second})
	request := backup.PointRequest{ServerID: srv.ID}
	p := take(t, svc, request)
	warning := func(svc *csbs.Service) string {
		for _, p := range svc.CheckPoint(t.Context(), request) {
			if p.Warning {
				return p.Detail
			}
		}
		return ""
	}
	if got := warning(svc); got != "" {
		t.Errorf("the process that took the point warns: %s", got)
	}
	reader := c.service(t)
	if _, err := reader.Point(t.Context(), p.ID, backup.Cached); err != nil {
		t.Fatal(err)
	}
	if got := warning(reader); got != "" {
		t.Errorf("a process whose state has the point warns: %s", got)
	}
	for _, want := range []string{"import {", "terraform import <address of the resource> " + p.ID} {
		if got := warning(c.service(t)); !strings.Contains(got, want) {
			t.Errorf("another process warns %q, without %q", got, want)
		}
	}
	c.Clock.Advance(2 * time.Hour)
	if got := warning(c.service(t)); got != "" {
		t.Errorf("two hours later the plan still warns: %s", got)
	}
}

// TestKnownPointIsNoOrphan wants a point that a state has never to be the answer to another request, although its
// process was killed before it took the mark off.
func TestKnownPointIsNoOrphan(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	first := c.service(t)
	srv := c.bound(t, first)
	c.Plans.Set(srv.ID, emulator.Plan{Duration: 10 * time.Minute})
	request := backup.PointRequest{ServerID: srv.ID, Name: "same"}
	p, err := first.StartPoint(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	c.Clock.Advance(20 * time.Minute)
	next := c.service(t)
	if _, err := next.Point(t.Context(), p.ID, backup.Cached); err != nil {
		t.Fatal(err)
	}
	if second, err := next.StartPoint(t.Context(), request); err != nil || second.ID == p.ID {
		t.Errorf("a second request gets %s (%v), which the state has", second.ID, err)
	}
}

// TestMarkGoes wants nothing of the mark to be left, and nothing of it to be seen.
func TestMarkGoes(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	svc := c.service(t)
	srv := c.bound(t, svc)
	c.Plans.Set(srv.ID, emulator.Plan{Duration: time.Hour})
	p, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID, Tags: map[string]string{"env": "prod"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Items()[0].Tags) != 2 || len(p.Tags) != 1 {
		t.Errorf("the point has tags %v and shows %v, want the mark to be there and not to be shown", c.Items()[0].Tags, p.Tags)
	}
	// Ten tags need the room of the mark.
	tags := tenTags()
	if p, err = svc.UpdatePoint(t.Context(), p.ID, backup.PointUpdate{Tags: &tags}); err != nil || len(p.Tags) != 10 {
		t.Errorf("ten tags are %d (%v)", len(p.Tags), err)
	}

	other := c.bound(t, svc)
	c.Plans.Set(other.ID, emulator.Plan{Duration: time.Hour})
	if _, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: other.ID}); err != nil {
		t.Fatal(err)
	}
	if err := svc.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, it := range c.Items() {
		for key := range it.Tags {
			if strings.HasPrefix(key, "serverbackup") {
				t.Errorf("after the end of the process %s is marked: %v", it.ID, it.Tags)
			}
		}
	}
}

// TestSameRequestTwiceAtOnce wants two requests of one process to be two points.
func TestSameRequestTwiceAtOnce(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	svc := c.service(t)
	srv := c.bound(t, svc)
	ids := make([]string, 3)
	var group sync.WaitGroup
	for i := range ids {
		group.Go(func() {
			p, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID, Name: "same"})
			if err != nil {
				t.Error(err)
			}
			ids[i] = p.ID
		})
	}
	group.Wait()
	if ids[0] == ids[1] || ids[1] == ids[2] || ids[0] == ids[2] || c.backups() != 3 {
		t.Errorf("three requests at once are points %q; %d backups were started", ids, c.backups())
	}
}

// TestLostAnswers wants a request whose answer is lost never to be sent twice, and its point to be found.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	const path = "/resources/"
	for _, tc := range []struct {
		name  string
		fault emulator.Fault
		found bool
	}{
		{"dropped after", emulator.Fault{Kind: emulator.FaultDropAfter, Path: path}, true},
		{"dropped before", emulator.Fault{Kind: emulator.FaultDropBefore, Path: path}, false},
		{"cut in two", emulator.Fault{Kind: emulator.FaultTruncate, Path: path}, true},
		{"replaced by 504", emulator.Fault{Kind: emulator.FaultReplace, Status: 504, Path: path}, true},
		{"replaced by an internal error", emulator.Fault{Kind: emulator.FaultReplace, Status: 500, Path: path, Body: `{"error_code":"CSBS.9999","error_msg":"internal"}`}, true},
		{"503", emulator.Fault{Kind: emulator.FaultStatus, Status: 503, Path: path}, false},
	} {
		for name, request := range map[string]backup.PointRequest{"marked": {Name: "p"}, "with ten tags": {Name: "p", Tags: tenTags()}} {
			t.Run(tc.name+", "+name, func(t *testing.T) {
				t.Parallel()
				c := newCloud(t)
				svc := c.service(t)
				srv := c.bound(t, svc)
				c.Plans.Set(srv.ID, emulator.Plan{Duration: 10 * time.Minute})
				c.Faults.Inject(tc.fault)
				request.ServerID = srv.ID
				p, err := svc.StartPoint(t.Context(), request)
				if tc.found != (err == nil) {
					t.Fatalf("StartPoint: %v", err)
				}
				if !tc.found {
					if !errors.Is(err, huaweicloud.ErrUncertain) || c.backups() != 0 {
						t.Errorf("the error is %v after %d backups", err, c.backups())
					}
					if p, err = svc.StartPoint(t.Context(), request); err != nil {
						t.Fatal(err)
					}
				}
				if items := c.Items(); c.backups() != 1 || len(items) != 1 || items[0].ID != p.ID {
					t.Errorf("%d backups were started for one point; they are %+v", c.backups(), items)
				}
			})
		}
	}
}

// TestGivenUpWhileStarting wants the point to be known that was asked for when the user gave up.
func TestGivenUpWhileStarting(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	svc := c.service(t)
	srv := c.bound(t, svc)
	c.Plans.Set(srv.ID, emulator.Plan{Duration: 10 * time.Minute})
	request := backup.PointRequest{ServerID: srv.ID}
	ctx, cancel := context.WithCancel(t.Context())
	// The request hangs on its way until the user gives up, and is taken then.
	c.Faults.Inject(emulator.Fault{Kind: emulator.FaultHang, Path: "/resources/"})
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := svc.StartPoint(ctx, request); !errors.Is(err, context.Canceled) {
		t.Errorf("StartPoint that was given up: %v", err)
	}
	if p, err := c.service(t).StartPoint(t.Context(), request); err != nil || p.ID == "" || c.backups() != 1 {
		t.Errorf("the next run: %v after %d backups", err, c.backups())
	}
}

func TestBusyServer(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	svc := c.service(t)
	srv := c.bound(t, svc)
	c.Plans.Set(srv.ID, emulator.Plan{Duration: 10 * time.Minute})
	if _, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID}); err != nil {
		t.Fatal(err)
	}
	_, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID, Name: "other"})
	if !errors.Is(err, backup.ErrBusy) || errors.Is(err, huaweicloud.ErrUncertain) || c.backups() != 1 {
		t.Errorf("a second backup while one runs: %v after %d backups, want busy", err, c.backups())
	}
}
