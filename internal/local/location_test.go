package local_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// clock is moved by tests.
type clock struct{ offset atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.offset.Load())) }
func (c *clock) advance(d time.Duration) { c.offset.Add(int64(d)) }

// locate makes a location in a directory of its own; edit changes it before.
func locate(t *testing.T, svc *local.Service, edit func(*backup.Location)) (l backup.Location, repository string) {
	t.Helper()
	repository = filepath.Join(t.TempDir(), "location")
	l = backup.Location{Name: "vault", Options: local.LocationOptions{Repository: repository, Password: "correct horse"}}
	if edit != nil {
		edit(&l)
	}
	l, err := svc.CreateLocation(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	return l, repository
}

// protectIn puts a directory under backup in a location.
func protectIn(t *testing.T, svc *local.Service, location string, sources ...string) backup.Server {
	t.Helper()
	srv, err := svc.CreateServer(t.Context(), backup.Server{
		Name: "web", Enabled: true, LocationID: location,
		Options: local.ServerOptions{Sources: sources, OneFileSystem: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return srv
}

func points(t *testing.T, svc *local.Service, f backup.PointFilter) []backup.Point {
	t.Helper()
	var list []backup.Point
	for p, err := range svc.Points(t.Context(), f) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

// restored reads the file a of a point back.
func restored(t *testing.T, svc *local.Service, point string) string {
	t.Helper()
	target := filepath.Join(t.TempDir(), "restored")
	r, err := svc.StartRestore(t.Context(), backup.RestoreRequest{PointID: point, Options: local.RestoreOptions{Target: target}})
	if err == nil {
		r, err = backup.WaitRestore(t.Context(), svc, r, 5*time.Millisecond, nil)
	}
	if err != nil || r.Status != backup.HistorySucceeded {
		t.Fatalf("restore: %+v, %v", r, err)
	}
	data, err := os.ReadFile(filepath.Join(target, "a"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestLocations: a server that moves leaves its points where they are; everything works with both.
func TestLocations(t *testing.T) {
	t.Parallel()
	cfg := local.Config{Repository: filepath.Join(t.TempDir(), "main")}
	svc := newService(t, func(c *local.Config) { c.Repository = cfg.Repository })
	dir := tree(t, map[string]string{"a": "one"})
	srv := protect(t, svc, "web", dir)
	first := take(t, svc, backup.PointRequest{ServerID: srv.ID, Name: "first"})

	vault, _ := locate(t, svc, nil)
	srv.LocationID = vault.ID
	srv, err := svc.UpdateServer(t.Context(), srv)
	if err != nil || srv.LocationID != vault.ID {
		t.Fatalf("move: %+v, %v", srv, err)
	}
	write(t, filepath.Join(dir, "a"), "two")
	second := take(t, svc, backup.PointRequest{ServerID: srv.ID, Name: "second"})
	if second.LocationID != vault.ID || second.LocationName != "vault" || second.Type != backup.TypeFull {
		t.Errorf("the point in the new location: %+v", second)
	}
	// Another process sees both, and reads both.
	other := newService(t, func(c *local.Config) { c.Repository = cfg.Repository })
	if list := points(t, other, backup.PointFilter{ServerID: srv.ID}); len(list) != 2 {
		t.Fatalf("%d points are listed, want 2", len(list))
	}
	if list := points(t, other, backup.PointFilter{LocationID: vault.ID}); len(list) != 1 || list[0].ID != second.ID {
		t.Errorf("points of the location: %+v", list)
	}
	if got := restored(t, other, first.ID) + restored(t, other, second.ID); got != "onetwo" {
		t.Errorf("restored %q", got)
	}
	for _, id := range []string{first.ID, second.ID} {
		v, err := other.VerifyPoint(t.Context(), id, nil)
		if err != nil || len(v.Damages) > 0 {
			t.Errorf("verify: %+v, %v", v, err)
		}
	}
	usage, err := other.SpaceUsage(t.Context(), backup.UsageFilter{LocationID: vault.ID})
	if err != nil || len(usage.Servers) != 1 || usage.Servers[0].Points != 1 || *usage.UsedBytes == 0 {
		t.Errorf("usage of the location: %+v, %v", usage, err)
	}

	if err := svc.DeleteLocation(t.Context(), vault.ID, true); !errors.Is(err, backup.ErrConflict) {
		t.Errorf("a location that a server uses was deleted: %v", err)
	}
	srv.LocationID = "main"
	if _, err := svc.UpdateServer(t.Context(), srv); err != nil {
		t.Fatal(err)
	}
	if err := svc.DeleteLocation(t.Context(), vault.ID, false); !errors.Is(err, backup.ErrConflict) {
		t.Errorf("a location with points was deleted: %v", err)
	}
	if err := svc.DeleteLocation(t.Context(), vault.ID, true); err != nil {
		t.Fatal(err)
	}
	if list := points(t, svc, backup.PointFilter{}); len(list) != 1 || list[0].ID != first.ID {
		t.Errorf("points after the location went: %+v", list)
	}
}

// TestLocationSecrets: what a location is asked for tells no secret, and the location still opens.
func TestLocationSecrets(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	vault, repository := locate(t, svc, func(l *backup.Location) {
		o, _ := l.Options.(local.LocationOptions)
		o.Password = "a-secret-word"
		l.Options = o
	})
	text, err := json.Marshal(vault)
	if err != nil || strings.Contains(string(text), "a-secret-word") {
		t.Errorf("the password is told: %s, %v", text, err)
	}
	vault.Name, vault.Options = "renamed", local.LocationOptions{Repository: repository}
	if vault, err = svc.UpdateLocation(t.Context(), vault); err != nil || vault.Name != "renamed" {
		t.Fatalf("rename: %+v, %v", vault, err)
	}
	vault.Options = local.LocationOptions{Repository: repository, Password: "wrong-word"}
	if _, err := svc.UpdateLocation(t.Context(), vault); !errors.Is(err, backup.ErrDenied) || strings.Contains(err.Error(), "wrong-word") {
		t.Errorf("a password that does not open the repository: %v", err)
	}
	srv := protectIn(t, svc, vault.ID, tree(t, map[string]string{"a": "one"}))
	if p := take(t, svc, backup.PointRequest{ServerID: srv.ID}); p.Status != backup.StatusAvailable {
		t.Errorf("the point: %+v", p)
	}
}

// TestLocationAlone: a location is worth something without everything else.
func TestLocationAlone(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	vault, repository := locate(t, svc, nil)
	dir := tree(t, map[string]string{"a": "one"})
	srv := protectIn(t, svc, vault.ID, dir)
	take(t, svc, backup.PointRequest{ServerID: srv.ID})
	k := newKopia(t, repository)
	target := filepath.Join(t.TempDir(), "restored")
	k.run("restore", "--snapshot-time", "latest", dir, target)
	if data, err := os.ReadFile(filepath.Join(target, "a")); err != nil || string(data) != "one" {
		t.Errorf("restored %q, %v", data, err)
	}
}

// TestLocationOfTheProvider: the main repository is a location too.
func TestLocationOfTheProvider(t *testing.T) {
	t.Parallel()
	repository := filepath.Join(t.TempDir(), "main")
	svc := newService(t, func(c *local.Config) { c.Repository = repository })
	protect(t, svc, "web", tree(t, map[string]string{"a": "one"}))
	_, err := svc.CreateLocation(t.Context(), backup.Location{Name: "again", Options: local.LocationOptions{Repository: repository}})
	if !errors.Is(err, backup.ErrConflict) || !strings.Contains(err.Error(), `"main"`) {
		t.Errorf("the main repository as another location: %v", err)
	}
	main, err := svc.Location(t.Context(), "main")
	if err != nil || *main.ServerCount != 1 {
		t.Fatalf("main: %+v, %v", main, err)
	}
	main.Name, main.Lock = "here", &backup.LocationLock{MinDays: 3}
	if main, err = svc.UpdateLocation(t.Context(), main); err != nil || main.Lock.MinDays != 3 {
		t.Fatalf("main after the change: %+v, %v", main, err)
	}
	if err := svc.DeleteLocation(t.Context(), "main", true); err != nil {
		t.Fatal(err)
	}
	if main, err = svc.Location(t.Context(), "main"); err != nil || main.Lock != nil || main.Name != "main" {
		t.Errorf("main after the deletion: %+v, %v", main, err)
	}
}

func TestBin(t *testing.T) {
	t.Parallel()
	var c clock
	svc := newService(t, func(cfg *local.Config) { cfg.Now = c.now })
	vault, _ := locate(t, svc, func(l *backup.Location) { l.SoftDelete = &backup.SoftDelete{RetentionDays: 7} })
	for _, location := range []string{"main", vault.ID} {
		main, err := svc.Location(t.Context(), location)
		if err != nil {
			t.Fatal(err)
		}
		main.SoftDelete = &backup.SoftDelete{RetentionDays: 7}
		if _, err := svc.UpdateLocation(t.Context(), main); err != nil {
			t.Fatal(err)
		}
		srv := protectIn(t, svc, location, tree(t, map[string]string{"a": location}))
		p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
		gone := take(t, svc, backup.PointRequest{ServerID: srv.ID, Name: "gone"})
		for _, id := range []string{p.ID, gone.ID} {
			if err := svc.DeletePoint(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		if list := points(t, svc, backup.PointFilter{ServerID: srv.ID}); len(list) != 0 {
			t.Errorf("deleted points are listed: %+v", list)
		}
		list := points(t, svc, backup.PointFilter{ServerID: srv.ID, IncludeDeleted: true})
		if len(list) != 2 || list[0].DeletionStatus != backup.DeletionSoftDeleted || list[0].RecoverUntil.Sub(c.now()) > 7*24*time.Hour {
			t.Fatalf("the bin: %+v", list)
		}
		if _, err := svc.VerifyPoint(t.Context(), p.ID, nil); err == nil || !strings.Contains(err.Error(), "bin") {
			t.Errorf("a point in the bin is read: %v", err)
		}
		usage, err := svc.SpaceUsage(t.Context(), backup.UsageFilter{ServerIDs: []string{srv.ID}})
		if err != nil || *usage.Servers[0].SoftDeletedBytes != 2*int64(len(location)) || usage.Servers[0].Points != 0 {
			t.Errorf("usage: %+v, %v", usage.Servers, err)
		}
		back, err := svc.RecoverPoint(t.Context(), p.ID)
		if err != nil || back.DeletionStatus != backup.DeletionPresent || restored(t, svc, p.ID) != location {
			t.Errorf("recovered: %+v, %v", back, err)
		}
		// The time in the bin counts, also when there is no bin any more.
		main.SoftDelete = nil
		if _, err := svc.UpdateLocation(t.Context(), main); err != nil {
			t.Fatal(err)
		}
		c.advance(8 * 24 * time.Hour)
		if _, err := svc.RecoverPoint(t.Context(), gone.ID); !errors.Is(err, backup.ErrNotFound) {
			t.Errorf("a point that lapsed was recovered: %v", err)
		}
		if n, err := svc.EmptyBin(t.Context()); err != nil || n != 1 {
			t.Errorf("%d points left the bin, %v", n, err)
		}
		if got := restored(t, svc, p.ID); got != location {
			t.Errorf("restored %q", got)
		}
	}
}

func TestLock(t *testing.T) {
	t.Parallel()
	var c clock
	svc := newService(t, func(cfg *local.Config) { cfg.Now = c.now })
	vault, _ := locate(t, svc, func(l *backup.Location) { l.Lock = &backup.LocationLock{MinDays: 2} })
	srv := protectIn(t, svc, vault.ID, tree(t, map[string]string{"a": "one"}))
	p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	refused := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, backup.ErrLocked) || !strings.Contains(err.Error(), "vault") {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("delete point", svc.DeletePoint(t.Context(), p.ID))
	refused("delete server", svc.DeleteServer(t.Context(), srv.ID, backup.PointsDelete))
	if err := svc.DeleteServer(t.Context(), srv.ID, backup.PointsKeep); err != nil {
		t.Fatal(err)
	}
	refused("delete location", svc.DeleteLocation(t.Context(), vault.ID, true))
	if list := points(t, svc, backup.PointFilter{}); len(list) != 1 {
		t.Fatalf("points: %+v", list)
	}
	c.advance(49 * time.Hour)
	if err := svc.DeletePoint(t.Context(), p.ID); err != nil {
		t.Error(err)
	}
}

// TestLockHoldsAll: of a server with a point that is locked, none is deleted.
func TestLockHoldsAll(t *testing.T) {
	t.Parallel()
	var c clock
	svc := newService(t, func(cfg *local.Config) { cfg.Now = c.now })
	vault, _ := locate(t, svc, func(l *backup.Location) { l.Lock = &backup.LocationLock{MinDays: 2} })
	srv := protectIn(t, svc, vault.ID, tree(t, map[string]string{"a": "one"}))
	for range 4 {
		take(t, svc, backup.PointRequest{ServerID: srv.ID, Name: c.now().String()})
		c.advance(24 * time.Hour)
	}
	if err := svc.DeleteServer(t.Context(), srv.ID, backup.PointsDelete); !errors.Is(err, backup.ErrLocked) {
		t.Errorf("delete server: %v", err)
	}
	if list := points(t, svc, backup.PointFilter{ServerID: srv.ID}); len(list) != 4 {
		t.Errorf("%d points are left, want 4", len(list))
	}
}

// TestBinWaits: a lock that was set since, and a location that is away, hold the bin back, and only there.
func TestBinWaits(t *testing.T) {
	t.Parallel()
	var c clock
	repository := filepath.Join(t.TempDir(), "main")
	open := func() *local.Service {
		return newService(t, func(cfg *local.Config) { cfg.Repository, cfg.Now = repository, c.now })
	}
	svc := open()
	bin := func(l *backup.Location) { l.SoftDelete = &backup.SoftDelete{RetentionDays: 1} }
	locked, _ := locate(t, svc, bin)
	_, at := locate(t, svc, bin)
	away := at + "-away"
	near, _ := locate(t, svc, bin)
	gone := make(map[string]string)
	for l, err := range svc.Locations(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if l.ID == "main" {
			continue
		}
		p := take(t, svc, backup.PointRequest{ServerID: protectIn(t, svc, l.ID, tree(t, map[string]string{"a": "one"})).ID})
		if err := svc.DeletePoint(t.Context(), p.ID); err != nil {
			t.Fatal(err)
		}
		gone[l.ID] = p.ID
	}
	locked.Lock = &backup.LocationLock{MinDays: 7}
	if _, err := svc.UpdateLocation(t.Context(), locked); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(at, away); err != nil {
		t.Fatal(err)
	}
	c.advance(48 * time.Hour)
	again := open()
	if n, err := again.EmptyBin(t.Context()); n != 1 || err != nil {
		t.Fatalf("%d points left the bin, %v; want that of %s, %s", n, err, near.ID, gone[near.ID])
	}
	if err := os.Rename(away, at); err != nil {
		t.Fatal(err)
	}
	if n, err := open().EmptyBin(t.Context()); n != 1 || err != nil {
		t.Errorf("with the location again %d points left the bin, %v", n, err)
	}
	c.advance(7 * 24 * time.Hour)
	if n, err := open().EmptyBin(t.Context()); n != 1 || err != nil {
		t.Errorf("without the lock %d points left the bin, %v", n, err)
	}
}

func TestQuota(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	vault, _ := locate(t, svc, func(l *backup.Location) { l.QuotaBytes = new(int64); *l.QuotaBytes = 64 << 10 })
	srv := protectIn(t, svc, vault.ID, tree(t, map[string]string{"a": randomText(t, 128<<10)}))
	// It starts below the quota and ends above.
	if p := take(t, svc, backup.PointRequest{ServerID: srv.ID}); p.Status != backup.StatusAvailable {
		t.Fatalf("the first point: %+v", p)
	}
	_, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID})
	if !errors.Is(err, backup.ErrQuota) || !strings.Contains(err.Error(), "quota_gb") {
		t.Errorf("a point above the quota: %v", err)
	}
}

// TestLocationUnreachable: points of a location that cannot be read are neither gone nor called good,
// and the server can be moved away from it.
func TestLocationUnreachable(t *testing.T) {
	t.Parallel()
	repository := filepath.Join(t.TempDir(), "main")
	svc := newService(t, func(c *local.Config) { c.Repository = repository })
	vault, at := locate(t, svc, nil)
	srv := protectIn(t, svc, vault.ID, tree(t, map[string]string{"a": "one"}))
	p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	away := at + "-away"
	if err := os.Rename(at, away); err != nil {
		t.Fatal(err)
	}
	other := newService(t, func(c *local.Config) { c.Repository = repository })
	if _, err := other.Point(t.Context(), p.ID, backup.Cached); err == nil || errors.Is(err, backup.ErrNotFound) || !strings.Contains(err.Error(), "vault") {
		t.Errorf("the point of a location that is away: %v", err)
	}
	got, err := other.Server(t.Context(), srv.ID)
	if err != nil || got.PointCount != nil {
		t.Errorf("its server: %+v, %v", got, err)
	}
	got.LocationID = "main"
	if _, err := other.UpdateServer(t.Context(), got); err != nil {
		t.Errorf("the server cannot be moved away: %v", err)
	}
	if err := os.Rename(away, at); err != nil {
		t.Fatal(err)
	}
	again := newService(t, func(c *local.Config) { c.Repository = repository })
	if _, err := again.Point(t.Context(), p.ID, backup.Cached); err != nil {
		t.Errorf("the point when the location is back: %v", err)
	}
}
