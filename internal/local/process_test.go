//go:build unix

package local_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// helperEnv makes this test binary a process of its own that takes points.
const helperEnv = "SERVERBACKUP_TEST_HELPER"

// job is what a helper process does.
type job struct {
	Config   local.Config
	Requests []backup.PointRequest
	// Die ends the process the hard way as soon as the points are there, before anybody heard of it.
	Die bool
	// Restore is a point that is restored to Target, until the process ends the hard way half way.
	Restore, Target string
	// Agent does what an agent does.
	Agent *agentJob
}

func TestMain(m *testing.M) {
	if text := os.Getenv(helperEnv); text != "" {
		if err := help(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	status := m.Run()
	_ = os.RemoveAll(kopiaDir)
	os.Exit(status)
}

// help takes the points that the job asks for, ten at a time as Terraform does, and says how each ended.
func help(text string) error {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return err
	}
	ctx := context.Background()
	if j.Agent != nil {
		return j.Agent.work(ctx, j.Config)
	}
	svc, err := local.New(j.Config)
	if err != nil {
		return err
	}
	if j.Restore != "" {
		return dieRestoring(ctx, svc, j)
	}
	var group errgroup.Group
	group.SetLimit(10)
	for _, r := range j.Requests {
		group.Go(func() error {
			p, err := svc.StartPoint(ctx, r)
			if err != nil {
				return err
			}
			for j.Die {
				for p, err := range svc.Points(ctx, backup.PointFilter{Status: []backup.Status{backup.StatusAvailable}}) {
					if err != nil {
						return err
					}
					fmt.Println(p.ID)
					return syscall.Kill(os.Getpid(), syscall.SIGKILL)
				}
				time.Sleep(time.Millisecond)
			}
			p, err = backup.WaitPoint(ctx, svc, p, backup.WaitOptions{Interval: 5 * time.Millisecond})
			fmt.Println(p.ID, p.Status, p.Error)
			return err
		})
	}
	return errors.Join(group.Wait(), svc.Close(ctx))
}

func dieRestoring(ctx context.Context, svc *local.Service, j job) error {
	r, err := svc.StartRestore(ctx, backup.RestoreRequest{PointID: j.Restore, Options: local.RestoreOptions{Target: j.Target}})
	for err == nil && (r.ReadBytes == nil || *r.ReadBytes == 0) {
		r, err = svc.Restore(ctx, r.ID)
	}
	if err != nil {
		return err
	}
	fmt.Println(r.ID)
	return syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

func helper(t *testing.T, j job) *exec.Cmd {
	t.Helper()
	text, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), helperEnv+"="+string(text))
	cmd.Stderr = os.Stderr
	return cmd
}

// TestTwoProcesses takes points from two processes on one repository at once.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("other processes, or too slow, for the race detector")
	}
	onDiskAndS3(t, twoProcesses)
}

func twoProcesses(t *testing.T, where place) {
	t.Helper()
	rounds, points := proof(2, 5), proof(4, 50)
	cfg := where.cfg
	svc := newService(t, func(c *local.Config) { *c = cfg })
	jobs := make([]job, 2)
	var dirs []string
	for i := range jobs {
		jobs[i].Config = cfg
		for n := range points {
			dir := tree(t, map[string]string{"same": "in all", "own": fmt.Sprint(i, n)})
			dirs = append(dirs, dir)
			srv := protect(t, svc, fmt.Sprintf("web-%d-%d", i, n), dir)
			jobs[i].Requests = append(jobs[i].Requests, backup.PointRequest{ServerID: srv.ID})
		}
	}
	for round := range rounds {
		var group errgroup.Group
		for _, j := range jobs {
			group.Go(helper(t, j).Run)
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		listed := 0
		fresh := newService(t, func(c *local.Config) { *c = cfg })
		for p, err := range fresh.Points(t.Context(), backup.PointFilter{Status: []backup.Status{backup.StatusAvailable}}) {
			if err != nil {
				t.Fatal(err)
			}
			if p.SizeBytes != nil && *p.SizeBytes > 6 {
				listed++
			}
		}
		if want := (round + 1) * 2 * points; listed != want {
			t.Errorf("round %d: %d points are listed, want %d", round, listed, want)
		}
		for _, dir := range dirs {
			write(t, filepath.Join(dir, "own"), fmt.Sprint("round ", round, dir))
		}
	}
	verified := verifyAll(t, cfg)
	figure(t, "%d points of two processes at once, all listed, %d verified", 2*rounds*points, verified)
}

// TestKilledAtTheEnd: a point whose process was killed before anybody heard that it was finished is the
// answer to the same request, under a new id; a point that was heard of is not.
func TestKilledAtTheEnd(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("other processes, for the race detector")
	}
	cfg := local.Config{
		Repository: filepath.Join(t.TempDir(), "repository"), Password: "correct horse", Host: "testhost", User: "tester",
	}
	svc := newService(t, func(c *local.Config) { *c = cfg })
	srv := protect(t, svc, "web", tree(t, map[string]string{"a": "one"}))
	request := backup.PointRequest{ServerID: srv.ID, Name: "nightly"}
	out, err := helper(t, job{Config: cfg, Requests: []backup.PointRequest{request}, Die: true}).Output()
	if err == nil {
		t.Fatal("the process was not killed")
	}
	withheld := strings.TrimSpace(string(out))

	other := request
	other.Name = "another request"
	if p := take(t, svc, other); p.ID == withheld {
		t.Error("another request got the point")
	}
	p, err := svc.StartPoint(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if p.Status != backup.StatusAvailable || p.ID == withheld || *p.SizeBytes != 3 {
		t.Errorf("the same request got %+v", p)
	}
	if _, err := svc.Point(t.Context(), withheld, backup.Fresh); !errors.Is(err, backup.ErrNotFound) {
		t.Errorf("the old id: %v", err)
	}
	if err := svc.DeletePoint(t.Context(), withheld); err != nil {
		t.Error(err)
	}
	verifyAll(t, cfg)
	if again := take(t, svc, request); again.ID == p.ID {
		t.Error("a request was answered with a point that was heard of")
	}
}

// TestOrphanIsTakenUpOnce, also by a process that looked at the repository before another took it up.
func TestOrphanIsTakenUpOnce(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("other processes, for the race detector")
	}
	cfg := local.Config{
		Repository: filepath.Join(t.TempDir(), "repository"), Password: "correct horse", Host: "testhost", User: "tester",
		ReadCache: time.Hour,
	}
	svc := newService(t, func(c *local.Config) { *c = cfg })
	srv := protect(t, svc, "web", tree(t, map[string]string{"a": "one"}))
	request := backup.PointRequest{ServerID: srv.ID, Name: "nightly"}
	if err := helper(t, job{Config: cfg, Requests: []backup.PointRequest{request}, Die: true}).Run(); err == nil {
		t.Fatal("the process was not killed")
	}
	first, second := newService(t, func(c *local.Config) { *c = cfg }), newService(t, func(c *local.Config) { *c = cfg })
	for _, svc := range []*local.Service{first, second} {
		for _, err := range svc.Points(t.Context(), backup.PointFilter{}) {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if a, b := take(t, first, request), take(t, second, request); a.ID == b.ID {
		t.Error("two processes took up one point")
	}
	verifyAll(t, cfg)
}

// verifyAll reads every byte of every point back, on a connection of its own, and returns how many there are.
func verifyAll(t *testing.T, cfg local.Config) (verified int) {
	t.Helper()
	svc, err := local.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer svc.Close(t.Context()) //nolint:errcheck // only read
	repo := open(t, cfg)
	defer repo.Close(t.Context()) //nolint:errcheck // only read
	for p, err := range svc.Points(t.Context(), backup.PointFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		v, err := repo.Verify(t.Context(), p.ID, nil)
		if err != nil || len(v.Damages) > 0 {
			t.Errorf("point %s (%s) does not verify: %v %v", p.ID, p.Status, err, v.Damages)
		}
		if p.Status == backup.StatusAvailable && v.Bytes != *p.SizeBytes {
			t.Errorf("point %s of %d bytes reads back as %d", p.ID, *p.SizeBytes, v.Bytes)
		}
		verified++
	}
	return verified
}
