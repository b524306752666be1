package csbs_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emucsbs "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/csbs"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/csbs"
)

const (
	listItems = "GET /v1/{project}/checkpoint_items"
	showItem  = "GET /v1/{project}/checkpoint_items/{item}"
	queryTags = "POST /v1/{project}/csbs_backup/resource_instances/action"
)

// fill puts backups of ten servers into the project, a minute apart, the newest last.
func (c *cloud) fill(t *testing.T, n int) []string {
	t.Helper()
	servers, ids := uuids(10), make([]string, n)
	for i := range ids {
		var err error
		tags := map[string]string{"number": fmt.Sprint(i % 4)}
		if ids[i], err = c.AddBackup(servers[i%10], "", start.Add(time.Duration(i-n)*time.Minute), tags); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

func list(t *testing.T, svc *csbs.Service, f backup.PointFilter) []string {
	t.Helper()
	var ids []string
	for p, err := range svc.Points(t.Context(), f) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, p.ID)
	}
	return ids
}

// TestLongLists wants lists of more than a page to be whole, in order, and to take a request per page.
func TestLongLists(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		switches emucsbs.Switches
		requests map[string]int
	}{
		{"whole rows", emucsbs.Switches{}, map[string]int{listItems: 3, queryTags: 0, showItem: 0}},
		{"reduced rows", emucsbs.Switches{Reduced: true}, map[string]int{listItems: 1, queryTags: 3, showItem: 0}},
		{"links", emucsbs.Switches{NextLinks: true}, map[string]int{listItems: 3}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, func(e *emucsbs.Emulator) { e.Switches = tc.switches })
			want := c.fill(t, 2345)
			slices.Reverse(want)
			svc := c.service(t)
			if got := list(t, svc, backup.PointFilter{}); !slices.Equal(got, want) {
				t.Errorf("%d points are listed, want 2345, newest first", len(got))
			}
			for path, n := range tc.requests {
				if got := c.Counts.Snapshot().Requests[path]; got != n {
					t.Errorf("%d requests of %s, want %d", got, path, n)
				}
			}
			var tagged []string
			for i := len(want) - 1; i >= 0; i -= 4 {
				tagged = append(tagged, want[i])
			}
			slices.Reverse(tagged)
			if got := list(t, svc, backup.PointFilter{Tags: map[string]string{"number": "0"}}); !slices.Equal(got, tagged) {
				t.Errorf("%d points have the tag, want %d", len(got), len(tagged))
			}
		})
	}
}

// TestListWhileItIsDeleted wants the rest of a list even if the place to go on from is gone.
func TestListWhileItIsDeleted(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	want := c.fill(t, 1500)
	slices.Reverse(want)
	svc := c.service(t)
	var got []string
	for p, err := range svc.Points(t.Context(), backup.PointFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, p.ID)
		if len(got) == 999 || len(got) == 1000 {
			if err := svc.DeletePoint(t.Context(), p.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d points are listed, want 1500, each once", len(got))
	}
}

// TestFiltersSaveRequests wants filters to be pushed down only where nothing is lost by it.
func TestFiltersSaveRequests(t *testing.T) {
	t.Parallel()
	for _, field := range []string{"", "protected_at", "finished_at"} {
		c := newCloud(t, func(e *emucsbs.Emulator) { e.Switches.TimeFilter = field })
		ids := c.fill(t, 1500)
		svc := c.service(t)
		from := start.Add(-100 * time.Minute)
		for name, filter := range map[string]backup.PointFilter{
			"newest":           {From: from},
			"newest available": {From: from, Status: []backup.Status{backup.StatusAvailable}},
			"ids":              {IDs: ids[1400:1450], From: from},
		} {
			c.Counts.Reset()
			got := list(t, svc, filter)
			want := ids[1400:]
			if name == "ids" {
				want = ids[1400:1450]
			}
			slices.Sort(got)
			want = slices.Sorted(slices.Values(want))
			if !slices.Equal(got, want) {
				t.Errorf("%s by %q: %d points, want %d", name, field, len(got), len(want))
			}
			if n := c.Counts.Snapshot().Requests[listItems]; n > 2 {
				t.Errorf("%s by %q: %d lists were asked for", name, field, n)
			}
		}
	}
}

func TestElevenTags(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	tags := tenTags()
	tags["one-more"] = ""
	for _, err := range c.service(t).Points(t.Context(), backup.PointFilter{Tags: tags}) {
		if err == nil || !strings.Contains(err.Error(), "at most 10 tags") {
			t.Errorf("eleven tags: %v", err)
		}
	}
}

// TestDeleteTakesOneItem wants the other points of a run over several servers to stay.
func TestDeleteTakesOneItem(t *testing.T) {
	t.Parallel()
	for _, single := range []bool{false, true} {
		c := newCloud(t, func(e *emucsbs.Emulator) { e.Switches.SingleDeletion = single })
		svc := c.service(t)
		p := createPolicy(t, svc, "nightly")
		for range 3 {
			c.bind(t, svc, p.ID)
		}
		checkpoint := c.RunPolicy(p.ID)
		c.Clock.Advance(time.Hour)
		before := c.Items()
		if len(before) != 3 || before[0].Checkpoint != checkpoint || before[2].Checkpoint != checkpoint {
			t.Fatalf("the run has the items %+v, want three of checkpoint %s", before, checkpoint)
		}
		point, err := svc.Point(t.Context(), before[1].ID, backup.Fresh)
		if err != nil || point.ScheduleType != backup.SchedulePolicy || point.Tags["env"] != "prod" {
			t.Errorf("the point of a run by schedule is %+v (%v), want the tags of the policy", point, err)
		}
		if err := svc.DeletePoint(t.Context(), point.ID); err != nil {
			t.Fatal(err)
		}
		after := c.Items()
		if len(after) != 2 || after[0].ID != before[0].ID || after[1].ID != before[2].ID {
			t.Errorf("after one of three items was deleted there are %+v", after)
		}
	}
}

func TestDeletion(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		prepare func(c *cloud, id string)
		text    string
		gone    bool
	}{
		{"at once", func(*cloud, string) {}, "", true},
		{"slow", func(c *cloud, id string) { c.Plans.Set("delete "+id, emulator.Plan{Duration: 20 * time.Minute}) }, "", true},
		{"fails", func(c *cloud, id string) {
			c.Plans.Set("delete "+id, emulator.Plan{Duration: time.Minute, Fail: "storage is away"})
		}, "storage is away", false},
		{"fails before the first look", func(c *cloud, id string) {
			c.Plans.Set("delete "+id, emulator.Plan{Fail: "storage is away"})
		}, "storage is away", false},
		{"fails without a word", func(c *cloud, id string) {
			c.Plans.Set("delete "+id, emulator.Plan{Duration: time.Minute, Fail: "storage is away"})
		}, "status is \"available\"", false},
		{"fails without a word before the first look", func(c *cloud, id string) {
			c.Plans.Set("delete "+id, emulator.Plan{Fail: "storage is away"})
		}, "status is \"available\"", false},
		{"never begins", func(c *cloud, _ string) {
			c.Faults.Inject(emulator.Fault{Kind: emulator.FaultStatus, Method: "DELETE", Status: 200, Body: "{}"})
		}, "status is \"available\"", false},
		{"has an image", func(c *cloud, id string) { c.MakeImage(id) }, "image", false},
		{"answer is lost", func(c *cloud, _ string) {
			c.Faults.Inject(emulator.Fault{Kind: emulator.FaultDropAfter, Method: "DELETE"})
		}, "", true},
		{"request is lost", func(c *cloud, _ string) {
			c.Faults.Inject(emulator.Fault{Kind: emulator.FaultDropBefore, Method: "DELETE"})
		}, "connection", false},
	} {
		for _, shown := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, deleted points are shown: %v", tc.name, shown), func(t *testing.T) {
				t.Parallel()
				c := newCloud(t, func(e *emucsbs.Emulator) {
					e.Switches.ShowDeleted, e.Switches.DeletionFailsSilently = shown, strings.Contains(tc.name, "without a word")
				})
				id := c.fill(t, 1)[0]
				tc.prepare(c, id)
				svc := c.service(t)
				began := c.Clock.Now()
				err := svc.DeletePoint(t.Context(), id)
				if passed := c.Clock.Now().Sub(began); !tc.gone && passed > 3*time.Minute {
					t.Errorf("the error took %s", passed)
				}
				for _, word := range []string{id, "status is", "pply again"} {
					if left := strings.HasPrefix(tc.name, "fails") || tc.name == "never begins"; left && err != nil && !strings.Contains(err.Error(), word) {
						t.Errorf("the error is %q, without %q", err, word)
					}
				}
				if (err == nil) != tc.gone || (err != nil && !strings.Contains(err.Error(), tc.text)) {
					t.Errorf("DeletePoint: %v, want %q", err, tc.text)
				}
				if got := list(t, svc, backup.PointFilter{}); (len(got) == 0) != tc.gone {
					t.Errorf("%d points are left", len(got))
				}
				if n := c.Counts.Snapshot().Requests["DELETE /v1/{project}/providers/{provider}/checkpoints/{checkpoint}"]; n > 1 {
					t.Errorf("the deletion was asked for %d times", n)
				}
			})
		}
	}
}

// TestManyDeletions wants deletions that the service queues to end well.
func TestManyDeletions(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	ids := c.fill(t, 20)
	c.Plans.Set("", emulator.Plan{Duration: time.Minute})
	svc := c.service(t)
	errs := make(chan error)
	for _, id := range ids {
		go func() { errs <- svc.DeletePoint(t.Context(), id) }()
	}
	for range ids {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if left := c.Items(); len(left) > 0 {
		t.Errorf("%d points are left", len(left))
	}
}

// TestRefreshTakesFewRequests is the refresh of a large configuration: 50 policies, 1,000 servers and
// 1,000 points, each read by its id, on a service that takes 20 ms for each request.
func TestRefreshTakesFewRequests(t *testing.T) {
	t.Parallel()
	c := newCloud(t, func(e *emucsbs.Emulator) { e.MaxPolicies, e.MaxBackups = -1, -1 })
	svc := c.service(t)
	var policies []string
	var servers []string
	for i := range 50 {
		p := createPolicy(t, svc, fmt.Sprint("policy-", i))
		policies = append(policies, p.ID)
		ids := uuids(20)
		servers = append(servers, ids...)
		for _, err := range bindAll(t, svc, p.ID, ids) {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	points := c.fill(t, 1000)

	c.Counts.Reset()
	fresh := c.service(t, func(cfg *csbs.Config) { cfg.HTTPClient = &http.Client{Transport: slow(20 * time.Millisecond)} })
	began := time.Now()
	jobs, errs := make(chan func() error), make(chan error)
	for range 10 { // As Terraform does.
		go func() {
			for job := range jobs {
				errs <- job()
			}
		}()
	}
	go func() {
		defer close(jobs)
		for _, id := range policies {
			jobs <- func() error { _, err := fresh.Policy(t.Context(), id); return err }
		}
		for i := range 1000 {
			jobs <- func() error { _, err := fresh.Server(t.Context(), servers[i]); return err }
			jobs <- func() error { _, err := fresh.Point(t.Context(), points[i], backup.Cached); return err }
		}
	}()
	for range 50 + 2000 {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	took := time.Since(began)
	counted := c.Counts.Snapshot()
	t.Logf("2,050 reads took %s and %d requests: %v", took, counted.TotalRequests(), counted.Requests)
	if n := counted.TotalRequests(); n > 20 {
		t.Errorf("2,050 reads took %d requests, want at most 20", n)
	}
	// A machine that does other things beside this one takes longer.
	if os.Getenv("SERVERBACKUP_PROOF") != "" && took > 3*time.Second {
		t.Errorf("2,050 reads took %s", took)
	}
}

// slow takes its time for each request.
type slow time.Duration

func (d slow) RoundTrip(req *http.Request) (*http.Response, error) {
	time.Sleep(time.Duration(d))
	return http.DefaultTransport.RoundTrip(req)
}

// TestReadsAfterWrites wants no read of a client to miss what it wrote.
func TestReadsAfterWrites(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	ids := c.fill(t, 30)
	svc := c.service(t)
	for _, id := range ids { // until a listing answers
		if _, err := svc.Point(t.Context(), id, backup.Cached); err != nil {
			t.Fatal(err)
		}
	}
	for i, id := range ids {
		tags := map[string]string{"i": fmt.Sprint(i)}
		if _, err := svc.UpdatePoint(t.Context(), id, backup.PointUpdate{Tags: &tags}); err != nil {
			t.Fatal(err)
		}
		if p, err := svc.Point(t.Context(), id, backup.Cached); err != nil || p.Tags["i"] != tags["i"] {
			t.Fatalf("after its tags were changed the point has %v (%v)", p.Tags, err)
		}
	}
	// What another process made is found although a listing is kept.
	added, err := c.AddBackup(uuid.NewString(), "late", start, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := svc.Point(t.Context(), added, backup.Cached); err != nil {
		t.Errorf("a point that is newer than the listing: %v", err)
	}
}

func TestPointFacts(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	svc := c.service(t)
	srv := c.bound(t, svc)
	first := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	if first.Type != backup.TypeFull || *first.SizeBytes != 140<<30 || *first.SourceSizeBytes != 140<<30 {
		t.Errorf("the first point is %+v, want a full one of 140 GiB", first)
	}
	second := take(t, svc, backup.PointRequest{ServerID: srv.ID, Full: new(false)})
	if second.Type != backup.TypeIncremental || len(second.Volumes) != 2 || !*second.Volumes[0].Bootable || second.Volumes[0].SourceID != c.DiskIDs(srv.ID)[0] {
		t.Errorf("the second point is %+v, want an incremental one with the system disk first", second)
	}
	full := take(t, svc, backup.PointRequest{ServerID: srv.ID, Full: new(true)})
	if full.Type != backup.TypeFull || !*full.InstantRestore || !strings.HasPrefix(full.Name, "manualbk_") {
		t.Errorf("a full point is %+v, want one that restores at once", full)
	}
}
