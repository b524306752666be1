package enginetest

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/content"
	"github.com/kopia/kopia/repo/content/index"
	"github.com/kopia/kopia/repo/manifest"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/prooftest"
)

// place is a repository with one server.
type place struct {
	t      *testing.T
	cfg    local.Config
	server string
}

func newPlace(t *testing.T) *place {
	t.Helper()
	source := t.TempDir()
	if err := os.WriteFile(filepath.Join(source, "file"), []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, cfg: local.Config{
		Repository: filepath.Join(t.TempDir(), "repository"), Password: "correct horse",
		Host: "testhost", User: "tester", ReadCache: time.Minute,
	}}
	p.with(func(svc *local.Service) error {
		srv, err := svc.CreateServer(t.Context(), backup.Server{
			Name: "web", Enabled: true, Options: local.ServerOptions{Sources: []string{source}},
		})
		p.server = srv.ID
		return err
	})
	return p
}

// with runs f on a service of its own.
func (p *place) with(f func(*local.Service) error) {
	p.t.Helper()
	svc, err := local.New(p.cfg)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := errors.Join(f(svc), svc.Close(p.t.Context())); err != nil {
		p.t.Fatal(err)
	}
}

// take takes n real points and returns the last.
func (p *place) take(n int) (last backup.Point) {
	p.t.Helper()
	p.with(func(svc *local.Service) error {
		for range n {
			started, err := svc.StartPoint(p.t.Context(), backup.PointRequest{ServerID: p.server, Name: "nightly"})
			if err != nil {
				return err
			}
			last, err = backup.WaitPoint(p.t.Context(), svc, started, backup.WaitOptions{Interval: time.Millisecond})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return last
}

// seed makes n points like one, an hour apart.
func (p *place) seed(like backup.Point, n int) {
	p.t.Helper()
	if err := Seed(p.t.Context(), p.options(), like.ID, n, time.Hour); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) options() Options {
	return Options{Path: p.cfg.Repository, Password: p.cfg.Password, Host: p.cfg.Host, User: p.cfg.User}
}

func (p *place) points() (list []backup.Point) {
	p.t.Helper()
	p.with(func(svc *local.Service) error {
		for point, err := range svc.Points(p.t.Context(), backup.PointFilter{}) {
			if err != nil {
				return err
			}
			list = append(list, point)
		}
		return nil
	})
	return list
}

// TestSeededPointsAreLikeTheirModel: only ids and times differ, and they can be read and deleted.
func TestSeededPointsAreLikeTheirModel(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	like := p.take(1)
	p.seed(like, 3)
	points := p.points()
	if len(points) != 4 {
		t.Fatalf("%d points, want 4", len(points))
	}
	for i, point := range points {
		if point.Status != backup.StatusAvailable || point.ServerID != p.server || point.Name != like.Name || *point.SizeBytes != *like.SizeBytes {
			t.Errorf("point %d is %+v, want one like %+v", i, point, like)
		}
		if want := like.CreatedAt.Add(time.Duration(-i) * time.Hour); !point.CreatedAt.Equal(want) {
			t.Errorf("point %d is of %v, want %v", i, point.CreatedAt, want)
		}
		if took, want := point.FinishedAt.Sub(point.CreatedAt), like.FinishedAt.Sub(like.CreatedAt); took != want {
			t.Errorf("point %d took %v, want %v", i, took, want)
		}
	}
	p.with(func(svc *local.Service) error {
		v, err := svc.VerifyPoint(t.Context(), points[1].ID, nil)
		if err == nil && len(v.Damages) > 0 {
			t.Errorf("damages of a seeded point: %v", v.Damages)
		}
		return errors.Join(err, svc.DeletePoint(t.Context(), points[1].ID))
	})
	if left := p.points(); len(left) != 3 {
		t.Errorf("%d points after one was deleted, want 3", len(left))
	}
}

// TestSeedLeavesTheLayoutOfPoints compares what lies in a repository after as many real and seeded points.
func TestSeedLeavesTheLayoutOfPoints(t *testing.T) {
	t.Parallel()
	n := prooftest.Number(40, 200)
	real, seeded := newPlace(t), newPlace(t)
	real.take(n)
	// Every hundredth is a real point, and the last: it tidies up what is before it.
	like := seeded.take(1)
	for left := n - 2; left > 0; {
		batch := min(left, 99)
		seeded.seed(like, batch)
		like = seeded.take(1)
		left -= batch + 1
	}
	if want, got := len(real.points()), len(seeded.points()); got < want || got > want+1 {
		t.Fatalf("%d points beside %d", got, want)
	}
	want, got := real.layout(), seeded.layout()
	t.Logf("real   %+v", want)
	t.Logf("seeded %+v", got)
	compare := func(what string, want, got int64) {
		if got*10 < want*9 || got*10 > want*11 {
			t.Errorf("%s: %d, of real points %d", what, got, want)
		}
	}
	// The bytes of packs are not compared: real points rewrite all records every few points, and what was
	// replaced lies there until maintenance.
	compare("index blobs", want.indexes, got.indexes)
	compare("bytes of index blobs", want.indexBytes, got.indexBytes)
	compare("packs", want.packs, got.packs)
	compare("bytes of merged records", want.mergedBytes, got.mergedBytes)
	if got.records > 16 {
		t.Errorf("the records are in %d contents, of real points in %d", got.records, want.records)
	}
}

// layout is what lies in a repository.
type layout struct {
	indexes, indexBytes, packs int64
	// records are the contents that hold records and snapshots now; most are in the largest of them.
	records, mergedBytes int64
}

func (p *place) layout() (l layout) {
	p.t.Helper()
	rep, err := p.options().open(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	err = rep.BlobReader().ListBlobs(p.t.Context(), "", func(b blob.Metadata) error {
		switch b.BlobID[0] {
		case 'x':
			l.indexes++
			l.indexBytes += b.Length
		case 'p', 'q':
			l.packs++
		}
		return nil
	})
	all := content.IterateOptions{Range: index.PrefixRange(manifest.ContentPrefix)}
	err = errors.Join(err, rep.ContentReader().IterateContents(p.t.Context(), all, func(c content.Info) error {
		l.records++
		l.mergedBytes = max(l.mergedBytes, int64(c.PackedLength))
		return nil
	}), rep.Close(p.t.Context()))
	if err != nil {
		p.t.Fatal(err)
	}
	return l
}
