package agent

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/prooftest"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/s3test"
)

const bucket = "backups"

// s3Bench is an agent whose repository is in a bucket that has the clock of the test.
type s3Bench struct {
	*bench
	server *s3test.Server
}

func newS3Bench(t *testing.T, lock *local.ObjectLock) *s3Bench {
	t.Helper()
	server := s3test.Start(t, s3test.Options{Versions: lock != nil})
	server.Bucket(t, bucket, lock != nil)
	proxy := s3test.NewProxy(t, server)
	b := &s3Bench{server: server}
	b.bench = benchOf(t, local.Config{
		Repository: "s3://" + bucket + "/agent", ObjectLock: lock,
		S3: &local.S3Options{Endpoint: proxy.Endpoint, AccessKey: server.AccessKey, SecretKey: server.SecretKey},
	})
	// Keys end and signatures lapse by the real clock, which the test therefore begins at.
	b.set(time.Now())
	proxy.Clock(b.clock)
	return b
}

// objects shows what is in the bucket.
func (b *s3Bench) objects() string {
	b.t.Helper()
	var out strings.Builder
	for o := range b.server.Client(b.t).ListObjects(b.t.Context(), bucket, minio.ListObjectsOptions{Recursive: true}) {
		if o.Err != nil {
			b.t.Fatal(o.Err)
		}
		fmt.Fprintf(&out, "%s %d %s %s\n", o.Key, o.Size, o.ETag, o.LastModified)
	}
	return out.String()
}

// TestAgentOnS3: everything that the agent does, with its repository in a bucket, without and with object lock:
// due runs, retention to the bin, the end of the bin, maintenance and the roll-up of history; and an agent with
// nothing to do writes nothing.
func TestAgentOnS3(t *testing.T) {
	t.Parallel()
	for name, lock := range map[string]*local.ObjectLock{"plain": nil, "object lock": {Mode: "GOVERNANCE", Days: 3}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			agentOnS3(t, newS3Bench(t, lock), lock)
		})
	}
}

func agentOnS3(t *testing.T, b *s3Bench, lock *local.ObjectLock) {
	t.Helper()
	b.tick() // there is no repository yet
	dir := b.protect("web", &backup.Retention{Latest: new(int64(2))})
	main, err := b.svc.Location(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	main.SoftDelete = &backup.SoftDelete{RetentionDays: 1}
	if main, err = b.svc.UpdateLocation(t.Context(), main); err != nil {
		t.Fatal(err)
	}
	// A day and a half of hourly runs, each with what an agent does in the minutes after it.
	rounds := prooftest.Number(8, 36)
	for n := range rounds {
		b.advance(time.Hour)
		if n == rounds/2 {
			b.advance(30 * time.Hour) // the agent was down, and a day is over
		}
		if err := os.WriteFile(filepath.Join(dir, "a"), fmt.Append(nil, n), 0o600); err != nil {
			t.Fatal(err)
		}
		for range 5 {
			b.tick()
		}
	}
	log := b.log.text()
	for _, text := range []string{"the point is available", "deleted what retention does not keep", "emptied the bin", "cycle=full", "cycle=quick"} {
		if !strings.Contains(log, text) {
			t.Errorf("the log does not say %q:\n%s", text, log)
		}
	}
	cycles := strings.Count(log, "cycle=")

	entries := 0
	if lock == nil { // history is the same with locks, and takes long
		entries = b.rollUpCrowd(main)
	}
	if strings.Contains(b.log.text(), "failed to") {
		t.Errorf("errors:\n%s", b.log.text())
	}

	if lock != nil {
		b.locked(lock.Mode)
	}
	// What is left is whole.
	checked := 0
	for _, p := range b.points() {
		if p.Status != backup.StatusAvailable {
			continue
		}
		if v, err := b.svc.VerifyPoint(t.Context(), p.ID, nil); err != nil || len(v.Damages) > 0 {
			t.Errorf("point %s: %+v, %v", p.ID, v, err)
		}
		checked++
	}
	if checked != 2 {
		t.Errorf("%d points are available, want the latest 2", checked)
	}

	b.disable(func(backup.Policy) bool { return true })
	for range 30 { // a last quick maintenance
		b.advance(5 * time.Minute)
		b.tick()
	}
	idle := b.objects()
	for range 30 {
		b.tick()
	}
	if now := b.objects(); now != idle {
		t.Errorf("an idle agent changed the bucket from\n%s\nto\n%s", idle, now)
	}
	prooftest.Figure(t, "%d hourly rounds, %d maintenance cycles, %d entries of history rolled up and listed, %d points left and whole, 30 idle ticks wrote nothing", rounds, cycles, entries, checked)
}

// locked wants every object that holds data to be locked, those that maintenance wrote included.
func (b *s3Bench) locked(mode string) {
	b.t.Helper()
	client, found := b.server.Client(b.t), 0
	for _, key := range b.server.Objects(b.t, bucket) {
		if name := strings.TrimPrefix(key, "agent/"); name[0] != 'p' && name[0] != 'q' {
			continue
		}
		info, err := client.StatObject(b.t.Context(), bucket, key, minio.StatObjectOptions{})
		if err != nil {
			b.t.Fatal(err)
		}
		if got := info.Metadata.Get("X-Amz-Object-Lock-Mode"); got != mode {
			b.t.Errorf("%s is locked with %q", key, got)
		}
		found++
	}
	if found == 0 {
		b.t.Error("no object holds data")
	}
}

// rollUpCrowd makes so much history that the agent rolls it up, and returns how many entries there are. Runs that
// are refused, because the location is full, are history at once.
func (b *s3Bench) rollUpCrowd(main backup.Location) int {
	b.t.Helper()
	ctx := b.t.Context()
	limit := func(quota *int64) {
		b.t.Helper()
		main.QuotaBytes = quota
		if _, err := b.svc.UpdateLocation(ctx, main); err != nil {
			b.t.Fatal(err)
		}
	}
	limit(new(int64(1)))
	for n := range 40 {
		b.protect(fmt.Sprint("crowd", n), nil)
	}
	for range 8 {
		b.advance(3 * time.Hour)
		for range 3 {
			b.tick()
		}
	}
	b.disable(func(p backup.Policy) bool { return p.Name != "web" })
	limit(nil)
	before := b.entries()
	b.advance(9 * 24 * time.Hour)
	for range 6 {
		b.tick()
	}
	if !strings.Contains(b.log.text(), "rolled up old history") {
		b.t.Errorf("nothing was rolled up:\n%s", b.log.text())
	}
	after := b.entries()
	for id := range before {
		if !after[id] {
			b.t.Errorf("the entry %s of history is gone", id)
		}
	}
	return len(before)
}

// disable switches policies off.
func (b *s3Bench) disable(which func(backup.Policy) bool) {
	b.t.Helper()
	for p, err := range b.svc.Policies(b.t.Context()) {
		if err != nil {
			b.t.Fatal(err)
		}
		if !p.Enabled || !which(p) {
			continue
		}
		p.Enabled = false
		if _, err := b.svc.UpdatePolicy(b.t.Context(), p); err != nil {
			b.t.Fatal(err)
		}
	}
}

// entries are the ids of history.
func (b *s3Bench) entries() map[string]bool {
	b.t.Helper()
	ids := make(map[string]bool)
	for e, err := range b.svc.History(b.t.Context(), backup.HistoryFilter{}) {
		if err != nil {
			b.t.Fatal(err)
		}
		ids[e.ID] = true
	}
	return ids
}

// TestOnceOnS3: the command as cron calls it, with a bucket and the keys of the environment.
func TestOnceOnS3(t *testing.T) {
	server := s3test.Start(t, s3test.Options{})
	server.Bucket(t, bucket, false)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("AWS_ACCESS_KEY_ID", server.AccessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", server.SecretKey)
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("correct horse\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	once := func(host string) (int, string) {
		var said bytes.Buffer
		status := Main(t.Context(), []string{
			"--once", "--repository", "s3://" + bucket + "/once", "--s3-endpoint", server.Endpoint, "--host", host, "--user", "tester", "--password-file", password,
		}, variables(nil), &said, &said)
		if text := said.String(); strings.Contains(text, server.SecretKey) || strings.Contains(text, "horse") {
			t.Errorf("the log tells a secret:\n%s", text)
		}
		return status, said.String()
	}
	if status, text := once("web"); status != statusOK || !strings.Contains(text, "no repository yet") || len(server.Objects(t, bucket)) > 0 {
		t.Errorf("without a repository: %d %s", status, text)
	}
	// Made an hour ago, so that a run is due.
	cfg := local.Config{
		Repository: "s3://" + bucket + "/once", S3: &local.S3Options{Endpoint: server.Endpoint, AccessKey: server.AccessKey, SecretKey: server.SecretKey},
	}
	past := benchOf(t, cfg)
	past.set(time.Now().Add(-2 * time.Hour))
	past.protect("web", nil)
	if status, text := once("other"); status != statusOK || strings.Contains(text, "taking a point") {
		t.Errorf("on another host: %d %s", status, text)
	}
	if status, text := once("web"); status != statusOK || !strings.Contains(text, "the point is available") {
		t.Errorf("the first time: %d %s", status, text)
	}
	if status, text := once("web"); status != statusOK || strings.Contains(text, "taking a point") {
		t.Errorf("again: %d %s", status, text)
	}
	now := benchOf(t, cfg)
	now.set(time.Now())
	points := now.points()
	if len(points) != 1 || points[0].Status != backup.StatusAvailable || *points[0].SizeBytes != 3 {
		t.Errorf("points: %+v", points)
	}
}
