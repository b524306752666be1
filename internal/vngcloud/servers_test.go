package vngcloud_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud"
)

func TestServerDefaults(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t)
	srv := protect(t, c, svc)
	for p, err := range svc.Policies(t.Context()) {
		if err != nil || !*p.Default || srv.PolicyID != p.ID {
			t.Errorf("server %+v has not the policy %+v (%v)", srv, p, err)
		}
	}
	for l, err := range svc.Locations(t.Context()) {
		if err != nil || !*l.Default || srv.LocationID != l.ID {
			t.Errorf("server %+v is not in %+v (%v)", srv, l, err)
		}
	}
	if !strings.HasPrefix(srv.Name, "web-") || !srv.Enabled || *srv.InstanceDeleted {
		t.Errorf("server %+v", srv)
	}
	c.DeleteInstance(srv.InstanceID)
	srv, err := c.client(t).Server(t.Context(), srv.ID)
	if err != nil || !*srv.InstanceDeleted {
		t.Errorf("the server of a deleted instance: %+v, %v", srv, err)
	}
	problems := c.client(t).CheckPoint(t.Context(), backup.PointRequest{ServerID: srv.ID})
	if len(problems) != 1 || problems[0].Summary != "Instance Not Found" {
		t.Errorf("a point of a deleted instance: %+v", problems)
	}
}

func TestServerExists(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t)
	srv := protect(t, c, svc)
	_, err := svc.CreateServer(t.Context(), backup.Server{InstanceID: srv.InstanceID, Enabled: true})
	if !errors.Is(err, backup.ErrConflict) || !strings.Contains(err.Error(), srv.ID) {
		t.Errorf("a second backup server: %v; want a conflict that names %s", err, srv.ID)
	}
	_, err = svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.InstanceID})
	if !errors.Is(err, backup.ErrNotFound) || !strings.Contains(err.Error(), "serverbackup_server") {
		t.Errorf("a point of an instance: %v", err)
	}
}

// TestServerAmbiguous: a creation whose answer is lost is not repeated, and not lost.
func TestServerAmbiguous(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"lost after": {Kind: emulator.FaultDropAfter},
		"500 after":  {Kind: emulator.FaultReplace, Status: 500},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCenter(t, backupcenter.Switches{}, "")
			svc := c.client(t)
			fault.Method, fault.Path = http.MethodPost, "/v1/backup-instances"
			c.Faults.Inject(fault)
			srv := protect(t, c, svc)
			if got, err := svc.Server(t.Context(), srv.ID); err != nil || got.ID == "" {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t)
	old := protect(t, c, svc)
	c.Clock.Advance(time.Hour)
	c.Faults.Inject(emulator.Fault{Kind: emulator.FaultReplace, Status: 500, Method: http.MethodPost, Path: "/v1/backup-instances"})
	_, err := svc.CreateServer(t.Context(), backup.Server{InstanceID: old.InstanceID, Enabled: true})
	if !errors.Is(err, backup.ErrConflict) {
		t.Errorf("a creation that failed in doubt, where there was one already: %v; want a conflict", err)
	}
}

func TestServerExclusionFails(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t)
	id, volumes := c.AddInstance("web")
	c.Faults.Inject(emulator.Fault{Kind: emulator.FaultStatus, Status: 500, Method: http.MethodPut, Path: "/volumes"})
	srv, err := svc.CreateServer(t.Context(), backup.Server{InstanceID: id, Enabled: true, ExcludeVolumeIDs: volumes})
	notices := svc.TakeNotices()
	if err != nil || !slices.Equal(srv.ExcludeVolumeIDs, volumes[1:]) || len(notices) != 1 || !strings.Contains(notices[0].Detail, volumes[0]) {
		t.Errorf("server %+v, notices %+v, %v; want the server, and to be told of one volume", srv, notices, err)
	}
	srv.ExcludeVolumeIDs = []string{"vol-other"}
	problems := svc.CheckServer(t.Context(), srv, &srv)
	if len(problems) != 1 || !strings.Contains(problems[0].Detail, volumes[0]) {
		t.Errorf("a volume of another instance: %+v; want a problem that lists the volumes", problems)
	}
}

// TestDestroyRace: a point that comes up while an empty server is deleted is not deleted with it.
func TestDestroyRace(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	srv := protect(t, c, c.client(t))
	svc := c.client(t, func(cfg *vngcloud.Config) {
		cfg.HTTP = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/disabled") {
				c.RunPolicy(srv.ID, "daily")
				c.Clock.Advance(time.Minute)
			}
			return http.DefaultTransport.RoundTrip(r)
		})}
	})
	if err := svc.DeleteServer(t.Context(), srv.ID, backup.PointsFail); !errors.Is(err, backup.ErrConflict) {
		t.Errorf("DeleteServer: %v, want a conflict", err)
	}
	left, err := c.client(t).Server(t.Context(), srv.ID)
	if err != nil || !left.Enabled {
		t.Errorf("the server is left as %+v, %v; want it enabled as before", left, err)
	}
	if n := len(listed(t, c.client(t), backup.PointFilter{})); n != 1 {
		t.Errorf("%d points are left, want 1", n)
	}
}

func TestDestroyUnknownFate(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t)
	srv := protect(t, c, svc)
	if err := svc.DeleteServer(t.Context(), srv.ID, "burn"); !errors.Is(err, backup.ErrUnsupported) {
		t.Errorf("an unknown fate: %v", err)
	}
	if err := svc.DeleteServer(t.Context(), srv.ID, backup.PointsKeep); err != nil {
		t.Fatal(err)
	}
	if left, err := svc.Server(t.Context(), srv.ID); err != nil || left.Enabled {
		t.Errorf("after keep the server is %+v, %v; want it paused", left, err)
	}
}

// TestPolicyDefault: there is one default at any time.
func TestPolicyDefault(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t)
	spec := backup.Policy{
		Name: "mine", Timezone: "UTC", Enabled: true, Default: new(true),
		Schedules: []string{"FREQ=DAILY;BYHOUR=1;BYMINUTE=0"}, Retention: &backup.Retention{Daily: new(int64(1))},
	}
	p, err := svc.CreatePolicy(t.Context(), spec)
	if err != nil || !*p.Default {
		t.Fatalf("%+v, %v", p, err)
	}
	defaults := 0
	for p, err := range svc.Policies(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if *p.Default {
			defaults++
		}
	}
	if defaults != 1 {
		t.Errorf("%d default policies", defaults)
	}
	p.Default = new(false)
	if problems := svc.CheckPolicy(t.Context(), p); len(problems) != 1 || problems[0].Path[0] != "default" {
		t.Errorf("taking the default away: %+v", problems)
	}
	if _, err := svc.UpdatePolicy(t.Context(), p); err == nil {
		t.Error("the default can be taken away")
	}
	p.Default, p.Name = nil, "renamed"
	if p, err = svc.UpdatePolicy(t.Context(), p); err != nil || !*p.Default {
		t.Errorf("an update that leaves the default alone: %+v, %v", p, err)
	}
	if err := svc.DeletePolicy(t.Context(), p.ID); !errors.Is(err, backup.ErrConflict) {
		t.Errorf("deleting the default policy: %v", err)
	}
	c.Faults.Inject(emulator.Fault{Kind: emulator.FaultStatus, Status: 403, Path: "/switch-default"})
	spec.Name = "third"
	p, err = svc.CreatePolicy(t.Context(), spec)
	if notices := svc.TakeNotices(); err != nil || *p.Default || len(notices) != 1 {
		t.Errorf("a policy that may not become the default: %+v, %v, notices %+v", p, err, notices)
	}
}

// TestPolicyAmbiguous: a policy whose creation is not answered is found, and made once.
func TestPolicyAmbiguous(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t)
	c.Faults.Inject(emulator.Fault{Kind: emulator.FaultDropAfter, Method: http.MethodPost, Path: "/v1/backup-policies"})
	p, err := svc.CreatePolicy(t.Context(), backup.Policy{
		Name: "mine", Timezone: "UTC", Enabled: true,
		Schedules: []string{"FREQ=DAILY;BYHOUR=1;BYMINUTE=0"}, Retention: &backup.Retention{Daily: new(int64(1))},
	})
	if err != nil || p.Name != "mine" {
		t.Fatalf("%+v, %v", p, err)
	}
	n := 0
	for _, err := range svc.Policies(t.Context()) {
		if err != nil {
			t.Error(err)
		}
		n++
	}
	if n != 2 {
		t.Errorf("%d policies, want the default and one", n)
	}
}

// TestCheckPolicy: what this service cannot do is a problem with the name of the attribute.
func TestCheckPolicy(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t)
	n := func(v int64) *int64 { return &v }
	for want, spoil := range map[string]func(p *backup.Policy){
		"":                      func(*backup.Policy) {},
		"description":           func(p *backup.Policy) { p.Description = "about" },
		"enabled":               func(p *backup.Policy) { p.Enabled = false },
		"tags":                  func(p *backup.Policy) { p.Tags = map[string]string{"a": "b"} },
		"retention.latest":      func(p *backup.Policy) { p.Retention.Latest = n(1) },
		"retention.yearly":      func(p *backup.Policy) { p.Retention.Yearly = n(1) },
		"retention.days":        func(p *backup.Policy) { p.Retention.Days = n(1) },
		"retention.weekly":      func(p *backup.Policy) { p.Retention.Weekly = n(1) },
		"retention.daily":       func(p *backup.Policy) { p.Retention.Daily = n(30001) },
		"incrementals_per_full": func(p *backup.Policy) { p.IncrementalsPerFull = n(30001) },
		"schedules":             func(p *backup.Policy) { p.Schedules = []string{"FREQ=DAILY;BYHOUR=23;BYMINUTE=0"} },
		"vngcloud":              func(p *backup.Policy) { p.Options = "mine" },
		"vngcloud.email_on":     func(p *backup.Policy) { p.Options = vngcloud.PolicyOptions{EmailOn: []string{"ALWAYS"}} },
		"vngcloud.incrementals_per_full": func(p *backup.Policy) {
			p.IncrementalsPerFull, p.Options = n(1), vngcloud.PolicyOptions{IncrementalsPerFull: &vngcloud.Incrementals{}}
		},
		"vngcloud.incrementals_per_full.weekly": func(p *backup.Policy) {
			p.Options = vngcloud.PolicyOptions{IncrementalsPerFull: &vngcloud.Incrementals{Weekly: n(1)}}
		},
		"vngcloud.incrementals_per_full.daily": func(p *backup.Policy) {
			p.Options = vngcloud.PolicyOptions{IncrementalsPerFull: &vngcloud.Incrementals{Daily: n(-1)}}
		},
	} {
		p := backup.Policy{
			Name: "p", Timezone: "UTC", Enabled: true, Schedules: []string{"FREQ=DAILY;BYHOUR=1;BYMINUTE=0"}, Retention: &backup.Retention{Daily: n(7)},
		}
		spoil(&p)
		var got []string
		for _, problem := range svc.CheckPolicy(t.Context(), p) {
			if problem.Detail == "" || problem.Summary == "" {
				t.Errorf("%s: a problem without text: %+v", want, problem)
			}
			got = append(got, strings.Join(problem.Path, "."))
		}
		if text := strings.Join(got, " "); text != strings.TrimSpace(want) {
			t.Errorf("problems at %q, want %q", text, want)
		}
		if _, err := svc.CreatePolicy(t.Context(), p); (err == nil) != (want == "") {
			t.Errorf("%s: CreatePolicy: %v", want, err)
		}
	}
}
