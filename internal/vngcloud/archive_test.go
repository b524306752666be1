package vngcloud_test

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud"
)

// slowWriter moves the clock while it is written to.
type slowWriter struct {
	bytes.Buffer
	clock *emulator.Clock
	pace  time.Duration
}

func (w *slowWriter) Write(p []byte) (int, error) {
	w.clock.Advance(w.pace)
	return w.Buffer.Write(p)
}

// TestArchive: whatever happens on the way, the parts come out joined, in order and whole.
func TestArchive(t *testing.T) {
	t.Parallel()
	const storage = "/storage/"
	for name, tc := range map[string]struct {
		switches backupcenter.Switches
		faults   []emulator.Fault
		pace     time.Duration
	}{
		"well":                      {},
		"cut off in the middle":     {faults: []emulator.Fault{{Kind: emulator.FaultCut, Path: storage, Skip: 1}}},
		"cut off several times":     {faults: []emulator.Fault{{Kind: emulator.FaultCut, Path: storage, Times: 4}}},
		"cut off without ranges":    {switches: backupcenter.Switches{NoRanges: true}, faults: []emulator.Fault{{Kind: emulator.FaultCut, Path: storage, Skip: 1}}},
		"refused at first":          {faults: []emulator.Fault{{Kind: emulator.FaultStatus, Status: 503, Path: storage, Times: 3}}},
		"connection lost":           {faults: []emulator.Fault{{Kind: emulator.FaultDropBefore, Path: storage, Skip: 2, Times: 2}}},
		"links end between parts":   {pace: 50 * time.Minute},
		"links cannot be had twice": {faults: []emulator.Fault{{Kind: emulator.FaultStatus, Status: 503, Path: "pre-signed-url", Skip: 1, Times: 2}}, pace: 2 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCenter(t, tc.switches, "")
			svc := c.client(t)
			p := take(t, svc, protect(t, c, svc).ID)
			for _, f := range tc.faults {
				c.Faults.Inject(f)
			}
			for i, parts := range []int{1, 3} {
				out := &slowWriter{clock: c.Clock, pace: tc.pace}
				var last int64
				err := svc.Archive(t.Context(), backup.ArchiveRequest{PointID: p.ID, VolumeID: p.Volumes[i].ID}, out, func(done, _ int64) { last = done })
				if err != nil {
					t.Fatal(err)
				}
				if want := backupcenter.Content(p.Volumes[i].ID, parts); !bytes.Equal(out.Bytes(), want) || last != int64(len(want)) {
					t.Errorf("volume %d: %d bytes, progress %d; want %d, and the same", i, out.Len(), last, len(want))
				}
			}
		})
	}
}

func TestArchiveFails(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t)
	p := take(t, svc, protect(t, c, svc).ID)
	request := backup.ArchiveRequest{PointID: p.ID, VolumeID: p.Volumes[1].SourceID}
	c.Faults.Inject(emulator.Fault{Kind: emulator.FaultStatus, Status: 403, Path: "/storage/", Times: -1})
	err := svc.Archive(t.Context(), request, &bytes.Buffer{}, nil)
	if err == nil || !strings.Contains(err.Error(), "part 1 of 3") || strings.Contains(err.Error(), "http") {
		t.Errorf("a storage that refuses: %v", err)
	}
	c.Faults.Clear()

	err = svc.Archive(t.Context(), backup.ArchiveRequest{PointID: p.ID}, &bytes.Buffer{}, nil)
	if err == nil || !strings.Contains(err.Error(), p.Volumes[0].ID) || !strings.Contains(err.Error(), p.Volumes[1].ID) {
		t.Errorf("an archive of two volumes: %v; want an error that lists them", err)
	}
	// What is read for the second half must be what the first half was of.
	changed := c.client(t, func(cfg *vngcloud.Config) {
		cfg.HTTP = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			resp, err := http.DefaultTransport.RoundTrip(r)
			if err == nil && r.Header.Get("Range") != "" {
				resp.Header.Set("ETag", `"other"`)
			}
			return resp, err
		})}
	})
	c.Faults.Inject(emulator.Fault{Kind: emulator.FaultCut, Path: "/storage/"})
	if err := changed.Archive(t.Context(), request, &bytes.Buffer{}, nil); err == nil || !strings.Contains(err.Error(), "changed") {
		t.Errorf("data that changes while it is read: %v", err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestLinks(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t)
	srv := protect(t, c, svc)
	p := take(t, svc, srv.ID)
	all, err := svc.Links(t.Context(), p.ID, "")
	if err != nil || len(all) != 2 || len(all[0].URLs) != 1 || len(all[1].URLs) != 3 {
		t.Fatalf("links of %d volumes, %v", len(all), err)
	}
	one, err := svc.Links(t.Context(), p.ID, p.Volumes[1].ID)
	if err != nil || len(one) != 1 || one[0].VolumeID != p.Volumes[1].ID {
		t.Errorf("links of one volume: %d, %v", len(one), err)
	}
	_, err = svc.Links(t.Context(), p.ID, "no-such-volume")
	if !errors.Is(err, backup.ErrNotFound) {
		t.Errorf("links of an unknown volume: %v", err)
	}
	_, err = svc.Links(t.Context(), "no-such-point", "")
	if !errors.Is(err, backup.ErrNotFound) {
		t.Errorf("links of an unknown point: %v", err)
	}
	c.Plans.Set(srv.InstanceID, emulator.Plan{Duration: time.Hour})
	running, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := svc.Links(t.Context(), running.ID, ""); !errors.Is(err, backup.ErrBusy) {
		t.Errorf("links of a point that is being taken: %v, want ErrBusy", err)
	}
}
