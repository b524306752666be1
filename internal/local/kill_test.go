//go:build unix

package local_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// TestKill kills the process that takes a point at random moments. Each time the repository must open
// and verify; in the end there is one point, and nothing that was already flushed was stored again.
func TestKill(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("other processes, or too slow, for the race detector")
	}
	onDiskAndS3(t, kill)
}

func kill(t *testing.T, where place) {
	t.Helper()
	kills := proof(5, 20)
	cfg := where.cfg
	cfg.CheckpointInterval, cfg.Compression = 300*time.Millisecond, "gzip-best-compression" // slow
	svc := newService(t, func(c *local.Config) { *c = cfg })
	dir := tree(t, nil)
	fill := func() {
		for i := range 60 {
			write(t, filepath.Join(dir, fmt.Sprint(i)), randomText(t, 1<<20))
		}
	}
	fill()
	srv := protect(t, svc, "web", dir)
	j := job{Config: cfg, Requests: []backup.PointRequest{
		{ServerID: srv.ID, Name: "nightly", Triggers: map[string]string{"release": "1"}},
	}}

	// How long it takes undisturbed, in a repository of its own.
	calm := newService(t, func(c *local.Config) { *c = cfg; c.Repository += "-calm" })
	start := time.Now()
	take(t, calm, backup.PointRequest{ServerID: protect(t, calm, "calm", dir).ID})
	whole := time.Since(start)

	killed, finished := 0, 0
	for killed < kills {
		cmd := helper(t, j)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(whole))))
		_ = cmd.Process.Kill()
		said, _ := io.ReadAll(out)
		_ = cmd.Wait()
		verifyAll(t, cfg)
		if strings.Contains(string(said), "available") {
			finished++
			fill()
			continue
		}
		killed++
	}

	k := where.kopia(t)
	flushed := contentBytes(t, k)
	var out bytes.Buffer
	cmd := helper(t, j)
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "available") {
		t.Fatalf("the last run said %q", out.String())
	}
	fresh := newService(t, func(c *local.Config) { *c = cfg })
	var points []backup.Point
	for p, err := range fresh.Points(t.Context(), backup.PointFilter{ServerID: srv.ID}) {
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, p)
	}
	if len(points) != 1+finished || points[0].Status != backup.StatusAvailable || *points[0].SizeBytes != 60<<20 {
		t.Errorf("points: %+v", points)
	}
	total := contentBytes(t, k)
	t.Logf("flushed before the last run %d, added by it %d, in the end %d", flushed, *points[0].NewBytes, total)
	// Blobs have some overhead over the contents in them.
	if added, missing := *points[0].NewBytes, total-flushed; added > missing+missing/10+1<<20 {
		t.Errorf("the last run stored %d bytes for %d that were missing", added, missing)
	}
	if list := k.run("snapshot", "list", "--all", "--incomplete", "--show-identical"); strings.Contains(list, "incomplete") || strings.Contains(list, "checkpoint") {
		t.Errorf("unfinished snapshots are left:\n%s", list)
	}
	target := filepath.Join(t.TempDir(), "restored")
	k.run("restore", dir, target)
	if out, err := exec.CommandContext(t.Context(), "diff", "-r", dir, target).CombinedOutput(); err != nil {
		t.Errorf("restored differs: %v\n%s", err, out)
	}
	figure(t, "%d kills -9 of a point (it takes %s), %d finished between them; %d points are there, all verify, the last restores byte-identical",
		killed, whole.Round(time.Millisecond), finished, verifyAll(t, cfg))
}

var totalBytes = regexp.MustCompile(`Total Packed: (\d+)`)

// contentBytes is the size of all contents that the indexes know.
func contentBytes(t *testing.T, k *kopia) int64 {
	t.Helper()
	out := k.run("content", "stats", "--raw")
	m := totalBytes.FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("kopia content stats says\n%s", out)
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
