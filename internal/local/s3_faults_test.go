//go:build unix

package local_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/s3test"
)

// witness remembers what points were taken of.
type witness struct {
	mu    sync.Mutex
	trees map[string]map[string]string
}

// take takes a point of a directory that does not change meanwhile.
func (w *witness) take(t *testing.T, svc *local.Service, server, dir string) (backup.Point, error) {
	t.Helper()
	seen := describe(t, dir)
	p, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: server})
	if err != nil {
		return p, err
	}
	w.mu.Lock()
	if w.trees == nil {
		w.trees = make(map[string]map[string]string)
	}
	w.trees[p.ID] = seen
	w.mu.Unlock()
	return backup.WaitPoint(t.Context(), svc, p, backup.WaitOptions{Interval: 5 * time.Millisecond, StallTimeout: 5 * time.Minute})
}

// prove wants every point that history calls succeeded to be whole and to restore to the byte, and all
// points that are there to verify.
func (w *witness) prove(t *testing.T, where func(*local.Config), what string, args ...any) {
	t.Helper()
	svc := newService(t, where)
	succeeded := 0
	for e, err := range svc.History(t.Context(), backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindBackup}}) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Status != backup.HistorySucceeded || e.DeletionStatus != backup.DeletionPresent {
			continue
		}
		succeeded++
		v, err := svc.VerifyPoint(t.Context(), e.PointID, nil)
		if err != nil || len(v.Damages) > 0 {
			t.Errorf("point %s does not verify: %v %v", e.PointID, err, v.Damages)
		}
		target := filepath.Join(t.TempDir(), "target")
		restoreTo(t, svc, e.PointID, local.RestoreOptions{Target: target})
		same(t, describe(t, target), w.trees[e.PointID])
	}
	figure(t, "%s; %d of %d points succeeded, and each verifies and restores byte-identical", fmt.Sprintf(what, args...), succeeded, len(w.trees))
	if succeeded == 0 {
		t.Error("no point succeeded")
	}
}

// change changes some of a directory and leaves the rest.
func change(t *testing.T, dir string, round, mib int) {
	t.Helper()
	for i := range mib {
		write(t, filepath.Join(dir, fmt.Sprint("part", (round+i)%(2*mib))), randomText(t, 1<<20))
	}
	write(t, filepath.Join(dir, "round"), fmt.Sprint(round))
}

// TestS3Restart: the server is killed at random moments of a point and comes back soon, or late.
func TestS3Restart(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("too slow for the race detector")
	}
	server := newS3(t, s3test.Options{})
	where := at(server, server.Endpoint)
	svc := newService(t, where)
	dir := tree(t, nil)
	srv := protect(t, svc, "web", dir)
	var w witness
	change(t, dir, 0, 8)
	start := time.Now()
	if p, err := w.take(t, svc, srv.ID, dir); err != nil || p.Status != backup.StatusAvailable {
		t.Fatalf("undisturbed: %+v, %v", p, err)
	}
	whole := time.Since(start)
	kills := proof(3, 20)
	for round := range kills {
		change(t, dir, round+1, 8)
		done := make(chan struct{})
		go func() {
			defer close(done)
			time.Sleep(time.Duration(rand.Int64N(int64(whole))))
			server.Kill(t)
			time.Sleep(time.Duration(rand.Int64N(int64(time.Second))))
			server.Restart(t)
		}()
		p, err := w.take(t, svc, srv.ID, dir)
		<-done
		t.Logf("round %d: %s %s %v", round, p.Status, p.Error, err)
	}
	w.prove(t, where, "%d kills of the server at random moments of a point", kills)
}

// TestS3Faults: a service that is busy, slow, and closes connections where it hurts.
func TestS3Faults(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("too slow for the race detector")
	}
	server := newS3(t, s3test.Options{})
	busy := s3test.Fault{Kind: s3test.Refuse, Status: http.StatusServiceUnavailable, Code: "SlowDown", Every: 3}
	slow := s3test.Fault{Kind: s3test.Slow, Delay: 30 * time.Millisecond, Every: 2}
	cut := s3test.Fault{Kind: s3test.Cut, Method: http.MethodGet, Every: 3}
	before := s3test.Fault{Kind: s3test.DropBefore, Every: 4}
	after := s3test.Fault{Kind: s3test.DropAfter, Method: http.MethodPut, Every: 3}
	// The proof has no end of faults.
	for name, faults := range map[string][]s3test.Fault{
		"503":                {busy},
		"slow":               {slow},
		"cut answers":        {cut},
		"dropped requests":   {before},
		"lost answers":       {after},
		"everything at once": {after, cut, before, busy, slow},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy := s3test.NewProxy(t, server)
			where := at(server, proxy.Endpoint)
			svc := newService(t, where)
			dir := tree(t, nil)
			srv := protect(t, svc, "web", dir)
			var w witness
			for _, f := range faults {
				f.Times = proof(8, 0)
				proxy.Inject(f)
			}
			for round := range proof(2, 10) {
				change(t, dir, round, 4)
				p, err := w.take(t, svc, srv.ID, dir)
				if err != nil || p.Status != backup.StatusAvailable {
					t.Errorf("round %d: %s %s %v", round, p.Status, p.Error, err)
				}
			}
			// Reading suffers too.
			w.prove(t, where, "%s", name)
			hits := 0
			for _, f := range faults {
				if proxy.Hits(f.Kind) == 0 {
					t.Errorf("fault %d hit nothing", f.Kind)
				}
				hits += proxy.Hits(f.Kind)
			}
			figure(t, "%d of %d requests were hit", hits, proxy.Requests(""))
		})
	}
}

// TestS3TwoWriters: two hosts take points on one bucket that has its moods, and see each other's.
func TestS3TwoWriters(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("too slow for the race detector")
	}
	server := newS3(t, s3test.Options{})
	proxy := s3test.NewProxy(t, server)
	where := at(server, proxy.Endpoint)
	var (
		w     witness
		group errgroup.Group
	)
	rounds := proof(3, 15)
	for _, host := range []string{"web-1", "web-2"} {
		svc := newService(t, func(c *local.Config) { where(c); c.Host = host })
		dir := tree(t, nil)
		srv := protect(t, svc, host, dir)
		group.Go(func() error {
			for round := range rounds {
				change(t, dir, round, 2)
				if p, err := w.take(t, svc, srv.ID, dir); err != nil || p.Status != backup.StatusAvailable {
					return fmt.Errorf("%s, round %d: %s %s %w", host, round, p.Status, p.Error, err)
				}
			}
			return nil
		})
	}
	proxy.Inject(s3test.Fault{Kind: s3test.Refuse, Status: http.StatusServiceUnavailable, Code: "SlowDown", Every: 7})
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	proxy.Clear()
	count := 0
	third := newService(t, func(c *local.Config) { where(c); c.Host = "desk" })
	for p, err := range third.Points(t.Context(), backup.PointFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(p.ServerName, "web-") || p.Status != backup.StatusAvailable {
			t.Errorf("a third host sees %+v", p)
		}
		count++
	}
	if count != 2*rounds {
		t.Errorf("a third host sees %d points, want %d", count, 2*rounds)
	}
	w.prove(t, where, "two hosts at once, %d points each", rounds)
}

// TestPointsWhileTheClockJumps: points that were taken while the clock was wrong are whole, and none takes the place
// of another.
func TestPointsWhileTheClockJumps(t *testing.T) {
	t.Parallel()
	server := newS3(t, s3test.Options{})
	repository := filepath.Join(t.TempDir(), "repository")
	for name, where := range map[string]func(*local.Config){
		"disk": func(c *local.Config) { c.Repository = repository },
		"S3":   at(server, server.Endpoint),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var (
				c clock
				w witness
			)
			at := func(cfg *local.Config) { where(cfg); cfg.Now = c.now }
			svc := newService(t, at)
			dir := tree(t, nil)
			srv := protect(t, svc, "web", dir)
			for round, jump := range []time.Duration{0, -time.Hour, -48 * time.Hour, 96 * time.Hour, -400 * 24 * time.Hour, 0} {
				c.advance(jump)
				change(t, dir, round, 1)
				if p, err := w.take(t, svc, srv.ID, dir); err != nil || p.Status != backup.StatusAvailable {
					t.Errorf("after a jump of %s: %+v, %v", jump, p, err)
				}
			}
			w.prove(t, where, "the clock jumped 5 times, up to 400 days back")
		})
	}
}
