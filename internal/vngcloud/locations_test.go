package vngcloud_test

import (
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

func vault(edit func(*backup.Location)) backup.Location {
	l := backup.Location{Name: "vault", Options: vngcloud.LocationOptions{RegionID: "HCM04"}}
	if edit != nil {
		edit(&l)
	}
	return l
}

func create(t *testing.T, svc *vngcloud.Service, l backup.Location) backup.Location {
	t.Helper()
	made, err := svc.CreateLocation(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestLocationRegion(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t)
	id := c.RegionIDs()["HAN02"]
	for _, spelling := range []string{"HAN02", "han02", id} {
		l := create(t, svc, vault(func(l *backup.Location) { l.Options = vngcloud.LocationOptions{RegionID: spelling} }))
		if o, ok := l.Options.(vngcloud.LocationOptions); !ok || o.RegionID != id || l.Region != "HAN02" || o.Product != "vServer" {
			t.Errorf("%s is made in %+v", spelling, l)
		}
		again := l
		again.Options = vngcloud.LocationOptions{RegionID: spelling}
		if problems := svc.CheckLocation(t.Context(), again, &l); len(problems) > 0 {
			t.Errorf("the same region as %s: %+v", spelling, problems)
		}
	}
	n := 0
	for r, err := range svc.Regions(t.Context()) {
		if err != nil || c.RegionIDs()[r.Name] != r.ID {
			t.Errorf("region %+v, %v", r, err)
		}
		n++
	}
	if n != 2 {
		t.Errorf("%d regions, want 2", n)
	}
}

// TestCheckLocation: what cannot be done is a problem of the plan, and what cannot be undone a warning.
func TestCheckLocation(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t)
	day := func(n int64) *int64 { return &n }
	lock := func(least, most, grace int64) *backup.LocationLock {
		return &backup.LocationLock{MinDays: least, MaxDays: day(most), GraceDays: day(grace)}
	}
	locked := create(t, svc, vault(func(l *backup.Location) { l.Name, l.Lock = "locked", lock(7, 90, 2) }))
	binned := create(t, svc, vault(func(l *backup.Location) { l.Name, l.SoftDelete = "binned", &backup.SoftDelete{RetentionDays: 7} }))
	for name, tc := range map[string]struct {
		prior   *backup.Location
		after   time.Duration
		edit    func(l *backup.Location)
		problem string
		warning string
	}{
		"good":                 {edit: func(*backup.Location) {}},
		"no name":              {edit: func(l *backup.Location) { l.Name = "" }, problem: "name"},
		"half a GB":            {edit: func(l *backup.Location) { l.QuotaBytes = day(1 << 29) }, problem: "quota_gb"},
		"no region":            {edit: func(l *backup.Location) { l.Options = vngcloud.LocationOptions{} }, problem: "vngcloud.region_id"},
		"unknown region":       {edit: func(l *backup.Location) { l.Options = vngcloud.LocationOptions{RegionID: "MARS"} }, problem: "vngcloud.region_id"},
		"no options":           {edit: func(l *backup.Location) { l.Options = nil }, problem: "vngcloud.region_id"},
		"lock without most":    {edit: func(l *backup.Location) { l.Lock = &backup.LocationLock{MinDays: 1, GraceDays: day(1)} }, problem: "lock.max_days", warning: "lock"},
		"lock without grace":   {edit: func(l *backup.Location) { l.Lock = &backup.LocationLock{MinDays: 1, MaxDays: day(1)} }, problem: "lock.grace_days"},
		"lock with long grace": {edit: func(l *backup.Location) { l.Lock = lock(1, 2, 30) }, problem: "lock.grace_days", warning: "lock"},
		"lock upside down":     {edit: func(l *backup.Location) { l.Lock = lock(3, 2, 1) }, problem: "lock.max_days", warning: "lock"},
		"lock":                 {edit: func(l *backup.Location) { l.Lock = lock(1, 2, 3) }, warning: "lock"},
		"permanent lock":       {edit: func(l *backup.Location) { l.Lock = lock(1, 2, 0) }, warning: "lock"},
		"same lock":            {prior: &locked, edit: func(*backup.Location) {}},
		"lock removed in time": {prior: &locked, edit: func(l *backup.Location) { l.Lock = nil }},
		"bin removed":          {prior: &binned, edit: func(l *backup.Location) { l.SoftDelete = nil }, warning: "soft_delete"},
		"becomes the default":  {prior: &binned, edit: func(l *backup.Location) { l.Default = new(true) }, problem: "default"},
		"is not the default":   {prior: &binned, edit: func(l *backup.Location) { l.Default = new(false) }},
	} {
		l := vault(nil)
		if tc.prior != nil {
			l = *tc.prior
		}
		tc.edit(&l)
		var problems, warnings []string
		for _, p := range svc.CheckLocation(t.Context(), l, tc.prior) {
			if p.Warning {
				warnings = append(warnings, strings.Join(p.Path, "."))
			} else {
				problems = append(problems, strings.Join(p.Path, "."))
			}
		}
		if strings.Join(problems, " ") != tc.problem || strings.Join(warnings, " ") != tc.warning {
			t.Errorf("%s: problems %q, warnings %q; want %q, %q", name, problems, warnings, tc.problem, tc.warning)
		}
	}

	// Another region or product is another location, which is for the caller to make.
	for attribute, o := range map[string]vngcloud.LocationOptions{"region_id": {RegionID: "HAN02"}, "product": {RegionID: "HCM04", Product: "vDB"}} {
		moved := binned
		moved.Options = o
		if _, err := svc.UpdateLocation(t.Context(), moved); err == nil || !strings.Contains(err.Error(), "vngcloud."+attribute) {
			t.Errorf("a location with another %s: %v", attribute, err)
		}
	}

	c.Clock.Advance(49 * time.Hour)
	late := locked
	late.Lock = nil
	problems := svc.CheckLocation(t.Context(), late, &locked)
	if len(problems) != 1 || problems[0].Warning || problems[0].Path[0] != "lock" {
		t.Errorf("a lock that is removed too late: %+v", problems)
	}
	if _, err := svc.UpdateLocation(t.Context(), late); err == nil {
		t.Error("a lock that is removed too late is removed")
	}
	late = locked
	late.Name = "renamed"
	if got, err := svc.UpdateLocation(t.Context(), late); err != nil || got.Name != "renamed" || got.Lock == nil {
		t.Errorf("a rename under a permanent lock: %+v, %v", got, err)
	}
}

// TestBinWarning: who empties a bin is told how many points are in it.
func TestBinWarning(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t)
	l := create(t, svc, vault(func(l *backup.Location) { l.SoftDelete = &backup.SoftDelete{RetentionDays: 7} }))
	id, _ := c.AddInstance("web")
	srv, err := svc.CreateServer(t.Context(), backup.Server{InstanceID: id, LocationID: l.ID, Enabled: true})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := svc.DeletePoint(t.Context(), take(t, svc, srv.ID).ID); err != nil {
			t.Fatal(err)
		}
	}
	next := l
	next.SoftDelete = nil
	problems := svc.CheckLocation(t.Context(), next, &l)
	if len(problems) != 1 || !problems[0].Warning || !strings.Contains(problems[0].Detail, "2 points") {
		t.Errorf("%+v; want a warning of 2 points", problems)
	}
}

func TestLocationQuota(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t)
	l := create(t, svc, vault(func(l *backup.Location) { l.QuotaBytes = new(int64(1 << 30)) }))
	id, _ := c.AddInstance("web")
	srv, err := svc.CreateServer(t.Context(), backup.Server{InstanceID: id, LocationID: l.ID, Enabled: true})
	if err != nil {
		t.Fatal(err)
	}
	p := take(t, svc, srv.ID)
	if p.Status != backup.StatusError || !strings.Contains(p.Error, "quota") {
		t.Errorf("a point above the quota is %s: %s", p.Status, p.Error)
	}
	usage, err := svc.SpaceUsage(t.Context(), backup.UsageFilter{LocationID: l.ID})
	if err != nil || usage.QuotaBytes == nil || *usage.QuotaBytes != 1<<30 || *usage.UsedBytes != 0 || len(usage.Servers) != 1 {
		t.Errorf("usage %+v, %v", usage, err)
	}
}

func TestLocationAmbiguous(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t)
	c.Faults.Inject(emulator.Fault{Kind: emulator.FaultDropAfter, Method: http.MethodPost, Path: "/v1/backup-destinations"})
	l := create(t, svc, vault(nil))
	n := 0
	for _, err := range svc.Locations(t.Context()) {
		if err != nil {
			t.Error(err)
		}
		n++
	}
	if n != 2 || l.Name != "vault" {
		t.Errorf("%d locations, %+v; want the default and one", n, l)
	}
	c.Faults.Inject(emulator.Fault{Kind: emulator.FaultDropBefore, Method: http.MethodPost, Path: "/v1/backup-destinations"})
	if _, err := svc.CreateLocation(t.Context(), vault(func(l *backup.Location) { l.Name = "other" })); err == nil {
		t.Error("a location that was not made is no error")
	}
	if _, err := svc.CreateLocation(t.Context(), vault(func(l *backup.Location) { l.Default = new(true) })); err == nil {
		t.Error("a second default location is no error")
	}
	var default1 string
	for l, err := range svc.Locations(t.Context()) {
		if err == nil && *l.Default {
			default1 = l.ID
		}
	}
	if err := svc.DeleteLocation(t.Context(), default1, true); !errors.Is(err, backup.ErrConflict) {
		t.Errorf("deleting the default location: %v", err)
	}
}
