package local

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/prooftest"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/s3test"
)

// TestRollUp: very many entries stay usable, and none is lost.
func TestRollUp(t *testing.T) {
	t.Parallel()
	t.Run("disk", func(t *testing.T) {
		t.Parallel()
		rollUp(t, Config{Repository: filepath.Join(t.TempDir(), "repository")})
	})
	t.Run("S3", func(t *testing.T) {
		t.Parallel()
		server := s3test.Start(t, s3test.Options{})
		server.Bucket(t, "backups", false)
		rollUp(t, Config{
			Repository: "s3://backups/prefix", S3: &S3Options{Endpoint: server.Endpoint, AccessKey: server.AccessKey, SecretKey: server.SecretKey},
		})
	})
}

func rollUp(t *testing.T, cfg Config) {
	t.Helper()
	entries := prooftest.Number(2000, 100000)
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	cfg.Password, cfg.Host, cfg.User, cfg.ReadCache, cfg.Now = "correct horse", "testhost", "tester", time.Hour, func() time.Time { return now }
	open := func() *Service {
		t.Helper()
		svc, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := svc.Close(context.WithoutCancel(t.Context())); err != nil {
				t.Error(err)
			}
		})
		return svc
	}
	svc := open()
	states := []runState{runComplete, runFailed, runSkipped, runCanceled}
	ids := make(map[string]runRecord, entries)
	err := svc.change(t.Context(), "fill", func(ctx context.Context, t *tx) error {
		for i := range entries {
			r := runRecord{
				ID: uuid.NewString(), ServerID: fmt.Sprint("server", i%7), ServerName: "web", Key: "key", State: states[i%len(states)],
				ScheduleType: backup.SchedulePolicy, LocationID: mainLocation, Owner: owner{ID: "o", Machine: "m", Lock: "l"},
				StartedAt: now.AddDate(-1, 0, 0).Add(time.Duration(i) * time.Minute), Type: backup.TypeIncremental,
				Volumes: []volumeRecord{{ID: "v", Source: "/etc", SizeBytes: int64(i), Complete: true}},
			}
			r.FinishedAt = r.StartedAt.Add(time.Second)
			r.DueAt = r.StartedAt
			r.DeletedAt = r.FinishedAt.Add(day)
			ids[r.ID] = r
			if err := put(ctx, t, t.index.runs, r.ID, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	measure := func(what string) map[string]backup.HistoryEntry {
		t.Helper()
		svc := open()
		start := time.Now()
		if err := svc.view(t.Context(), backup.Fresh, func(*index) error { return nil }); err != nil {
			t.Fatal(err)
		}
		loaded := time.Since(start)
		start = time.Now()
		found := make(map[string]backup.HistoryEntry)
		for e, err := range svc.History(t.Context(), backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindBackup}}) {
			if err != nil {
				t.Fatal(err)
			}
			if _, twice := found[e.ID]; twice {
				t.Errorf("%s is there twice", e.ID)
			}
			found[e.ID] = e
		}
		listed := time.Since(start)
		start = time.Now()
		for _, err := range svc.History(t.Context(), backup.HistoryFilter{From: now.AddDate(0, 0, -1)}) {
			if err != nil {
				t.Fatal(err)
			}
		}
		prooftest.Figure(t, "%s: open and load %s, list all %d entries %s, list the last day %s", what, loaded.Round(time.Millisecond), len(found), listed.Round(time.Millisecond), time.Since(start).Round(time.Millisecond))
		return found
	}
	before := measure("a record each")
	n, err := svc.RollUpHistory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// The last run of each server keeps its record.
	if want := entries - 7; n != want {
		t.Errorf("%d entries were rolled up, want %d", n, want)
	}
	if n, err = svc.RollUpHistory(t.Context()); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
	// The engine reads what was replaced until it has tidied up, which it does every few writes.
	for range 20 {
		if err := svc.change(t.Context(), "another write", func(ctx context.Context, t *tx) error {
			return put(ctx, t, t.index.policies, "p", policyRecord{ID: "p"})
		}); err != nil {
			t.Fatal(err)
		}
	}
	after := measure("rolled up")
	if len(after) != entries || len(before) != entries {
		t.Fatalf("%d entries became %d of %d", len(before), len(after), entries)
	}
	for id, e := range after {
		if b := before[id]; b.Status != e.Status || !b.StartedAt.Equal(e.StartedAt) || b.ServerID != e.ServerID || b.DeletionStatus != e.DeletionStatus {
			t.Fatalf("the entry\n%+v became\n%+v", b, e)
		}
	}
	prooftest.Figure(t, "none of %d entries is lost or changed", entries)
	if records := len(svc.index.runs.rows) + len(svc.index.chunks.rows); records > 20 {
		t.Errorf("there still are %d records", records)
	}
}

// TestRollUpFillsUp: later entries join the last record instead of making another, and what a wrong clock
// brought back is not there twice.
func TestRollUpFillsUp(t *testing.T) {
	t.Parallel()
	var runs []runRecord
	for i := range 10 {
		runs = append(runs, runRecord{ID: fmt.Sprint(i), StartedAt: time.Unix(int64(i), 0), DeletedAt: time.Unix(100, 0)})
	}
	first, err := newChunk(runs)
	if err != nil {
		t.Fatal(err)
	}
	second, err := newChunk(runs[5:])
	if err != nil {
		t.Fatal(err)
	}
	ix := newIndex()
	ix.chunks.rows["1"] = row[chunkRecord]{"v1", first}
	ix.chunks.rows["2"] = row[chunkRecord]{"v2", second}
	ix.runs.rows["3"] = row[runRecord]{"v3", runs[3]}
	var found []string
	if err := ix.rolledUp(backup.HistoryFilter{}, func(r runRecord) { found = append(found, r.ID) }); err != nil {
		t.Fatal(err)
	}
	if len(found) != 9 {
		t.Errorf("found %v", found)
	}
	first.Runs = first.Runs[:len(first.Runs)/2]
	ix.chunks.rows["1"] = row[chunkRecord]{"v1", first}
	if err := ix.rolledUp(backup.HistoryFilter{}, func(runRecord) {}); err == nil {
		t.Error("a damaged record is no error")
	}
}
