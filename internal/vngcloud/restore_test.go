package vngcloud_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud"
)

// bodies keeps what is sent to vServer.
type bodies struct {
	mu   sync.Mutex
	sent []map[string]any
}

func (b *bodies) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost && strings.Contains(r.URL.Path, backupcenter.VServerPath) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(raw))
		var body map[string]any
		if err := json.Unmarshal(raw, &body); err != nil {
			return nil, err
		}
		b.mu.Lock()
		b.sent = append(b.sent, body)
		b.mu.Unlock()
	}
	return http.DefaultTransport.RoundTrip(r)
}

func clone() *vngcloud.ServerRestore {
	return &vngcloud.ServerRestore{Name: "web-clone", FlavorID: "flav-1", NetworkID: "net-1", SubnetID: "sub-1", RootDiskTypeID: "vtype-1"}
}

func TestRestoreBodies(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	tap := &bodies{}
	svc := c.client(t, func(cfg *vngcloud.Config) { cfg.HTTP = &http.Client{Transport: tap} })
	p := take(t, svc, protect(t, c, svc).ID)
	for name, tc := range map[string]struct {
		options vngcloud.RestoreOptions
		prefix  string
		want    map[string]any
	}{
		"server": {vngcloud.RestoreOptions{Server: clone()}, "ins-", map[string]any{
			"backupInstancePointId": p.ID, "name": "web-clone", "rootDiskSize": 20.0, "encryptionVolume": false, "securityGroup": nil, "zoneId": nil,
		}},
		"server, more": {vngcloud.RestoreOptions{Server: func() *vngcloud.ServerRestore {
			s := clone()
			s.RootDiskSizeGB, s.SecurityGroupIDs, s.ZoneID = 50, []string{"sg-1"}, "HCM03-1B"
			return s
		}(), ExtraBody: `{"name":"other-name","isPoc":true}`}, "ins-", map[string]any{
			"rootDiskSize": 50.0, "securityGroup": []any{"sg-1"}, "zoneId": "HCM03-1B", "name": "other-name", "isPoc": true,
		}},
		"volume": {vngcloud.RestoreOptions{Volume: &vngcloud.VolumeRestore{Name: "data", VolumePointID: p.Volumes[1].ID}}, "vol-", map[string]any{
			"backupVolumePointId": p.Volumes[1].ID, "size": 40.0, "volumeTypeId": "vtype-7f2c", "name": "data",
		}},
		"volume by disk": {vngcloud.RestoreOptions{Volume: &vngcloud.VolumeRestore{Name: "data", VolumePointID: p.Volumes[0].SourceID, SizeGB: 99, VolumeTypeID: "fast"}}, "vol-", map[string]any{
			"backupVolumePointId": p.Volumes[0].ID, "size": 99.0, "volumeTypeId": "fast",
		}},
	} {
		tap.sent = nil
		r, err := svc.StartRestore(t.Context(), backup.RestoreRequest{PointID: p.ID, Options: tc.options})
		if err == nil {
			r, err = backup.WaitRestore(t.Context(), svc, r, time.Millisecond, nil)
		}
		if err != nil || r.Status != backup.HistorySucceeded || !strings.HasPrefix(r.RestoredID, tc.prefix) || r.PointID != p.ID {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		if len(tap.sent) != 1 {
			t.Fatalf("%s: %d requests", name, len(tap.sent))
		}
		for member, want := range tc.want {
			got, there := tap.sent[0][member]
			if want == nil && there || want != nil && encoded(t, got) != encoded(t, want) {
				t.Errorf("%s: %s is %v, want %v", name, member, got, want)
			}
		}
		// Another process knows nothing but the id.
		again, err := c.client(t).Restore(t.Context(), r.ID)
		if err != nil || again.Status != backup.HistorySucceeded || again.PointID != p.ID {
			t.Errorf("%s, looked at by another process: %+v, %v", name, again, err)
		}
	}
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestRestoreFaults: a restore costs money, so there is one at most, and its id is known.
func TestRestoreFaults(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault    emulator.Fault
		restores int
		fails    bool
	}{
		"429":        {emulator.Throttled(2, 1), 1, false},
		"503 before": {emulator.Fault{Kind: emulator.FaultStatus, Status: 503}, 0, true},
		"500 after":  {emulator.Fault{Kind: emulator.FaultReplace, Status: 500}, 1, false},
		"drop after": {emulator.Fault{Kind: emulator.FaultDropAfter}, 1, false},
		"truncated":  {emulator.Fault{Kind: emulator.FaultTruncate}, 1, false},
		"login page": {emulator.LoginPage(1), 0, true},
		"refused":    {emulator.Fault{Kind: emulator.FaultStatus, Status: 400, Body: `{"message":"no"}`}, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCenter(t, backupcenter.Switches{PointAppearsAfter: 3 * time.Second}, "")
			svc := c.client(t)
			p := take(t, svc, protect(t, c, svc).ID)
			tc.fault.Method, tc.fault.Path = http.MethodPost, "/servers"
			c.Faults.Inject(tc.fault)
			r, err := svc.StartRestore(t.Context(), backup.RestoreRequest{PointID: p.ID, Options: vngcloud.RestoreOptions{Server: clone()}})
			if (err != nil) != tc.fails || (err == nil) != strings.HasPrefix(r.ID, "ins-") {
				t.Errorf("restore %+v, %v; want an error: %v", r, err, tc.fails)
			}
			c.Clock.Advance(time.Minute)
			n := 0
			for e, err := range svc.History(t.Context(), backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindRestore}}) {
				if err != nil || e.Status != backup.HistorySucceeded {
					t.Errorf("history: %+v, %v", e, err)
				}
				n++
			}
			if n != tc.restores {
				t.Errorf("%d restores, want %d", n, tc.restores)
			}
		})
	}
}

func TestRestoreFails(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t)
	p := take(t, svc, protect(t, c, svc).ID)
	c.Plans.Set(p.ID, emulator.Plan{Duration: time.Second, Fail: "no capacity"})
	r, err := svc.StartRestore(t.Context(), backup.RestoreRequest{PointID: p.ID, Options: vngcloud.RestoreOptions{Server: clone()}})
	if err == nil {
		r, err = backup.WaitRestore(t.Context(), svc, r, time.Millisecond, nil)
	}
	if err != nil || r.Status != backup.HistoryFailed || r.Error == "" {
		t.Errorf("a restore that fails: %+v, %v", r, err)
	}
	if _, err := svc.Restore(t.Context(), "vol-00000000-0000-4000-8000-000000000000"); !errors.Is(err, backup.ErrNotFound) {
		t.Errorf("an unknown volume: %v", err)
	}
}

func TestCheckRestore(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{VolumePointsProjected: true}, "")
	svc := c.client(t)
	p := take(t, svc, protect(t, c, svc).ID)
	server := func(edit func(s *vngcloud.ServerRestore)) vngcloud.RestoreOptions {
		s := clone()
		edit(s)
		return vngcloud.RestoreOptions{Server: s}
	}
	volume := func(v vngcloud.VolumeRestore) vngcloud.RestoreOptions { return vngcloud.RestoreOptions{Volume: &v} }
	for want, options := range map[string]any{
		"":                                  vngcloud.RestoreOptions{Server: clone()},
		" ":                                 volume(vngcloud.VolumeRestore{Name: "data", VolumePointID: p.Volumes[1].ID}),
		"vngcloud":                          nil,
		"vngcloud ":                         vngcloud.RestoreOptions{},
		"vngcloud.volume":                   vngcloud.RestoreOptions{Server: clone(), Volume: &vngcloud.VolumeRestore{Name: "data", VolumePointID: p.Volumes[1].ID}},
		"vngcloud.extra_body":               vngcloud.RestoreOptions{Server: clone(), ExtraBody: "[]"},
		"vngcloud.extra_body ":              vngcloud.RestoreOptions{Server: clone(), ExtraBody: "null"},
		"vngcloud.server.name":              server(func(s *vngcloud.ServerRestore) { s.Name = "web" }),
		"vngcloud.server.flavor_id":         server(func(s *vngcloud.ServerRestore) { s.FlavorID = "" }),
		"vngcloud.server.root_disk_size_gb": server(func(s *vngcloud.ServerRestore) { s.RootDiskSizeGB = 19 }),
		"vngcloud.volume.volume_point_id":   volume(vngcloud.VolumeRestore{Name: "data"}),
		"vngcloud.volume.volume_point_id ":  volume(vngcloud.VolumeRestore{Name: "data", VolumePointID: "bk-vol-pt-other"}),
		"vngcloud.volume.size_gb":           volume(vngcloud.VolumeRestore{Name: "data", VolumePointID: p.Volumes[1].ID, SizeGB: 39}),
	} {
		var got []string
		for _, problem := range svc.CheckRestore(t.Context(), backup.RestoreRequest{PointID: p.ID, Options: options}) {
			if path := strings.Join(problem.Path, "."); len(got) == 0 || got[0] != path {
				got = append(got, path)
			}
		}
		if text := strings.Join(got, " "); text != strings.TrimSpace(want) {
			t.Errorf("problems at %q, want %q", text, want)
		}
	}
	given := server(func(s *vngcloud.ServerRestore) { s.FlavorID = "" })
	given.ExtraBody = `{"flavorId":"flav-2"}`
	if problems := svc.CheckRestore(t.Context(), backup.RestoreRequest{PointID: p.ID, Options: given}); len(problems) > 0 {
		t.Errorf("a flavor in extra_body: %+v", problems)
	}
}
