//go:build unix

package local_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/s3test"
)

// agentJob does what an agent does, in a process of its own.
type agentJob struct {
	// Offset is how far its clock is ahead, and Step how far it moves each time.
	Offset, Step time.Duration
	// Steps end it; 0 never does.
	Steps int
	// Source, if any, is changed before each point.
	Source string
	// Clock is a proxy of [s3test] whose clock moves too; empty is a storage on disk.
	Clock string
	// Phase is what it says the beginning and the end of: retention, maintenance or bin.
	Phase string
}

// work says "point ID" for each point that is finished, and "begin" and "end" of the phase.
func (a *agentJob) work(ctx context.Context, cfg local.Config) error {
	offset := a.Offset
	cfg.Now = func() time.Time { return time.Now().Add(offset) }
	if a.Clock == "" {
		cfg.StorageNow = cfg.Now
	}
	svc, err := local.New(cfg)
	if err != nil {
		return err
	}
	for n := 0; a.Steps == 0 || n < a.Steps; n++ {
		offset += a.Step
		if a.Clock != "" {
			if err := s3test.Ahead(ctx, a.Clock, offset); err != nil {
				return err
			}
		}
		if a.Source != "" {
			if err := fillSource(a.Source, offset); err != nil {
				return err
			}
		}
		started, err := svc.StartDue(ctx)
		if err != nil {
			return err
		}
		for _, p := range started {
			p, err := svc.Await(ctx, p.ID)
			if err != nil {
				return err
			}
			if p.Status != backup.StatusAvailable {
				return errors.New(p.Error)
			}
			fmt.Println("point", p.ID, p.CreatedAt.Format(time.RFC3339Nano))
		}
		for _, phase := range []string{"retention", "bin", "maintenance"} {
			if phase == a.Phase {
				fmt.Println("begin", offset)
			}
			if err := work(ctx, svc, phase); err != nil {
				return fmt.Errorf("%s: %w", phase, err)
			}
			if phase == a.Phase {
				fmt.Println("end", offset)
			}
		}
	}
	return svc.Close(ctx)
}

func work(ctx context.Context, svc *local.Service, phase string) error {
	switch phase {
	case "retention":
		_, err := svc.ApplyRetention(ctx)
		return err
	case "bin":
		_, err := svc.EmptyBin(ctx)
		return err
	default:
		reports, err := svc.Maintain(ctx, false)
		for _, r := range reports {
			err = errors.Join(err, r.Err)
		}
		return err
	}
}

// fillSource writes data that can be told from its name.
func fillSource(dir string, n time.Duration) error {
	if err := os.WriteFile(filepath.Join(dir, "name"), fmt.Append(nil, int64(n)), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "data"), dataOf(int64(n)), 0o600)
}

func dataOf(n int64) []byte {
	rng := rand.New(rand.NewPCG(uint64(n), 1))
	data := make([]byte, 200<<10)
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	return data
}

// TestKillAgent kills the agent at random moments of each thing that it does. After each kill every point
// that history calls succeeded and nothing deleted restores to the byte, and none is gone that retention
// should keep.
func TestKillAgent(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("other processes, or too slow, for the race detector")
	}
	for _, phase := range []string{"retention", "bin", "maintenance"} {
		t.Run(phase, func(t *testing.T) {
			t.Parallel()
			onDiskAndS3(t, func(t *testing.T, where place) {
				t.Helper()
				killAgent(t, where, phase, proof(2, 20))
			})
		})
	}
}

func killAgent(t *testing.T, where place, phase string, kills int) {
	t.Helper()
	cfg := where.cfg
	retention := &backup.Retention{Latest: pointer[int64](2)}
	svc := newService(t, func(c *local.Config) { *c = cfg })
	dir := t.TempDir()
	srv, _ := follow(t, svc, protect(t, svc, "web", dir), backup.Policy{Schedules: hourly, Retention: retention})
	l, err := svc.Location(t.Context(), srv.LocationID)
	if err != nil {
		t.Fatal(err)
	}
	if phase == "bin" {
		l.SoftDelete = &backup.SoftDelete{RetentionDays: 1}
	}
	if _, err := svc.UpdateLocation(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	var (
		offset time.Duration
		all    []backup.RetentionPoint
		took   = 50 * time.Millisecond
		in     int
		checks int
	)
	for range kills {
		cmd := helper(t, job{Config: cfg, Agent: &agentJob{Offset: offset, Step: 26 * time.Hour, Source: dir, Clock: where.clock(), Phase: phase}})
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// The first few steps give it something to do.
		lines := bufio.NewScanner(out)
		working := false
		var began time.Time
		note := func(line string) {
			fields := strings.Fields(line)
			switch {
			case fields[0] == "point":
				at, err := time.Parse(time.RFC3339Nano, fields[2])
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, backup.RetentionPoint{ID: fields[1], CreatedAt: at, ScheduleType: backup.SchedulePolicy})
				return
			case fields[0] == "begin":
				began = time.Now()
			case !began.IsZero():
				took = (took + time.Since(began)) / 2
			}
			working = fields[0] == "begin"
			if offset, err = time.ParseDuration(fields[1]); err != nil {
				t.Fatal(err)
			}
		}
		for n := 4 + rand.IntN(4); n > 0 && lines.Scan(); {
			note(lines.Text())
			if working {
				n--
			}
		}
		time.Sleep(time.Duration(rand.Int64N(int64(took))))
		_ = cmd.Process.Kill()
		for lines.Scan() {
			note(lines.Text())
		}
		_ = cmd.Wait()
		if working {
			in++
		}
		checks += checkKilled(t, where.ahead(offset), retention, &all)
		if t.Failed() {
			return
		}
		// Longer than the lock of a killed maintenance lasts.
		offset += time.Hour
	}
	figure(t, "%d kills -9, %d of them while it worked (it takes %s); %d points restored byte-identical, of %d that were taken none that retention keeps is gone",
		kills, in, took.Round(time.Millisecond), checks, len(all))
}

// checkKilled looks at everything that is left, and returns how many points it restored.
func checkKilled(t *testing.T, where func(*local.Config), retention *backup.Retention, all *[]backup.RetentionPoint) int {
	t.Helper()
	var now func() time.Time
	svc := newService(t, func(c *local.Config) {
		where(c)
		now = c.Now
	})
	checked := 0
	there := make(map[string]bool)
	for _, e := range history(t, svc, backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindBackup}, Status: []backup.HistoryStatus{backup.HistorySucceeded}}) {
		if e.DeletionStatus == backup.DeletionDeleted || e.DeletionStatus == backup.DeletionSoftDeleted {
			continue
		}
		there[e.PointID] = true
		if v, err := svc.VerifyPoint(t.Context(), e.PointID, nil); err != nil || len(v.Damages) > 0 {
			t.Errorf("point %s: %+v, %v", e.PointID, v, err)
			continue
		}
		target := filepath.Join(t.TempDir(), "restored")
		r, err := svc.StartRestore(t.Context(), backup.RestoreRequest{PointID: e.PointID, Options: local.RestoreOptions{Target: target}})
		if err != nil {
			t.Fatal(err)
		}
		if r, err = backup.WaitRestore(t.Context(), svc, r, 5*time.Millisecond, nil); err != nil || r.Status != backup.HistorySucceeded {
			t.Errorf("restore of %s: %+v, %v", e.PointID, r, err)
			continue
		}
		name, errName := os.ReadFile(filepath.Join(target, "name"))
		data, errData := os.ReadFile(filepath.Join(target, "data"))
		var n int64
		if _, err := fmt.Sscan(string(name), &n); errors.Join(errName, errData, err) != nil || !bytes.Equal(data, dataOf(n)) {
			t.Errorf("point %s does not restore to the byte: %v", e.PointID, errors.Join(errName, errData, err))
		}
		checked++
	}
	// A point that was finished just before the kill was not told of.
	known := make(map[string]bool)
	for _, p := range *all {
		known[p.ID] = true
	}
	for _, p := range points(t, svc, backup.PointFilter{Status: []backup.Status{backup.StatusAvailable}}) {
		if !known[p.ID] {
			*all = append(*all, backup.RetentionPoint{ID: p.ID, CreatedAt: p.CreatedAt, ScheduleType: p.ScheduleType})
		}
	}
	for _, id := range retention.Keep(*all, time.UTC, now()) {
		if !there[id] {
			t.Errorf("the point %s is gone, and retention keeps it", id)
		}
	}
	return checked
}
