package agent

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// bench is an agent with a clock that the test moves.
type bench struct {
	*Agent
	t          *testing.T
	repository string
	log        *lockedBuffer

	mu  sync.Mutex
	now time.Time
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.String()
}

func newBench(t *testing.T, repository string) *bench {
	t.Helper()
	return benchOf(t, local.Config{Repository: repository})
}

// benchOf fills in the rest of a configuration.
func benchOf(t *testing.T, cfg local.Config) *bench {
	t.Helper()
	b := &bench{t: t, repository: cfg.Repository, log: &lockedBuffer{}, now: time.Date(2026, 1, 1, 0, 30, 0, 0, time.UTC)}
	cfg.Password, cfg.Host, cfg.User, cfg.Now, cfg.ReadCache = "correct horse", "web", "tester", b.clock, tickEvery/2
	if cfg.S3 == nil {
		cfg.StorageNow = b.clock
	}
	svc, err := local.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = svc.Close(context.WithoutCancel(t.Context())) })
	b.Agent = New(svc, slog.New(slog.NewTextHandler(b.log, nil)))
	b.Now = b.clock
	return b
}

func (b *bench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(time.Microsecond)
	return b.now
}

func (b *bench) set(at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = at
}

func (b *bench) advance(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

// tick is a minute of the agent, with what it left to the background.
func (b *bench) tick() {
	b.t.Helper()
	b.advance(tickEvery)
	b.Tick(b.t.Context())
	b.background.Wait()
}

// protect puts a directory under backup, every hour.
func (b *bench) protect(name string, retention *backup.Retention) (source string) {
	b.t.Helper()
	dir := b.t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte(name), 0o600); err != nil {
		b.t.Fatal(err)
	}
	p, err := b.svc.CreatePolicy(b.t.Context(), backup.Policy{
		Name: name, Enabled: true, Timezone: "UTC", Schedules: []string{"FREQ=HOURLY;BYMINUTE=0"}, Retention: retention,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	_, err = b.svc.CreateServer(b.t.Context(), backup.Server{
		Name: name, Enabled: true, PolicyID: p.ID, Options: local.ServerOptions{Sources: []string{dir}, OneFileSystem: true},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return dir
}

func (b *bench) points() []backup.Point {
	b.t.Helper()
	var list []backup.Point
	for p, err := range b.svc.Points(b.t.Context(), backup.PointFilter{}) {
		if err != nil {
			b.t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

// blobs shows the files of the repository with their sizes.
func (b *bench) blobs() string {
	b.t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(b.repository, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			fmt.Fprintf(&out, "%s %d %s\n", path, info.Size(), info.ModTime())
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out.String()
}

// TestTicks: what is due is done within minutes, once, and an agent with nothing to do touches nothing.
func TestTicks(t *testing.T) {
	t.Parallel()
	b := newBench(t, filepath.Join(t.TempDir(), "repository"))
	b.tick() // there is no repository yet
	b.protect("idle", &backup.Retention{Latest: new(int64(2))})
	for range 4 * 60 {
		b.tick()
	}
	if n := len(b.points()); n != 2 {
		t.Errorf("after four hours there are %d points, want the latest 2\n%s", n, b.log.text())
	}
	for _, text := range []string{"the point is available", "deleted what retention does not keep", "cycle=full"} {
		if !strings.Contains(b.log.text(), text) {
			t.Errorf("the log does not say %q:\n%s", text, b.log.text())
		}
	}
	if strings.Contains(b.log.text(), "level=ERROR") {
		t.Errorf("errors:\n%s", b.log.text())
	}

	for srv, err := range b.svc.Servers(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		srv.Enabled = false
		if _, err := b.svc.UpdateServer(t.Context(), srv); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 * 60 { // a last quick maintenance
		b.tick()
	}
	before := b.blobs()
	for range 60 {
		b.tick()
	}
	if after := b.blobs(); after != before {
		t.Errorf("an idle hour changed the repository from\n%s\nto\n%s", before, after)
	}
	t.Logf("an idle hour of %d ticks: %d blobs before, %d after, none touched", 60, strings.Count(before, "\n"), strings.Count(b.blobs(), "\n"))
}

// TestOnce does everything in one go and tells whether something failed.
func TestOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, filepath.Join(t.TempDir(), "repository"))
	b.protect("good", &backup.Retention{Latest: new(int64(1))})
	for range 2 {
		b.advance(time.Hour)
		if err := b.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(b.points()); n != 1 {
		t.Errorf("%d points, want 1", n)
	}
	dir := b.protect("bad", nil)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	b.advance(time.Hour)
	if err := b.Once(t.Context()); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("a point failed, and the error is %v", err)
	}
}

// TestStop: an agent that is stopped stops its points, and the next one takes them up.
func TestStop(t *testing.T) {
	t.Parallel()
	repository := filepath.Join(t.TempDir(), "repository")
	b := newBench(t, repository)
	dir := b.protect("slow", nil)
	huge := filepath.Join(dir, "huge")
	if err := errorsOf(os.WriteFile(huge, nil, 0o600), os.Truncate(huge, 1<<40)); err != nil {
		t.Fatal(err)
	}
	b.advance(time.Hour)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	for !strings.Contains(b.log.text(), "taking a point") {
		select {
		case err := <-done:
			t.Fatalf("the agent ended: %v\n%s", err, b.log.text())
		case <-time.After(5 * time.Millisecond):
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(huge); err != nil {
		t.Fatal(err)
	}
	next := newBench(t, repository)
	next.advance(61 * time.Minute)
	stopped := next.points()
	if len(stopped) != 1 || stopped[0].Status != backup.StatusError {
		t.Fatalf("after the stop: %+v", stopped)
	}
	if err := next.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	if points := next.points(); len(points) != 1 || points[0].ID != stopped[0].ID || points[0].Status != backup.StatusAvailable {
		t.Errorf("after the next agent: %+v", points)
	}
}

func errorsOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// TestTroubles are told of once, and when they are over.
func TestTroubles(t *testing.T) {
	t.Parallel()
	b := newBench(t, filepath.Join(t.TempDir(), "repository"))
	b.protect("web", nil)
	b.tick()
	b.patience = 100 * time.Millisecond
	b.nextMaintenance = b.clock().Add(time.Hour)
	away := b.repository + "-away"
	if err := os.Rename(b.repository, away); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		b.tick()
	}
	if n := strings.Count(b.log.text(), "failed to start due points"); n != 1 {
		t.Errorf("the trouble was told of %d times:\n%s", n, b.log.text())
	}
	if err := os.Rename(away, b.repository); err != nil {
		t.Fatal(err)
	}
	b.patience = time.Minute
	b.tick()
	if !strings.Contains(b.log.text(), "works again: start due points") {
		t.Errorf("that it is over was not told:\n%s", b.log.text())
	}
}
