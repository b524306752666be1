package cbr_test

import (
	"errors"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emulated "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
)

const gigabyte = int64(1) << 30

func options(l backup.Location) cbr.LocationOptions {
	o, _ := l.Options.(cbr.LocationOptions)
	return o
}

func TestLocationLifecycle(t *testing.T) {
	t.Parallel()
	for name, cloudOptions := range map[string]emulated.Options{"policy ignored": {IgnorePolicyOnCreate: true}, "replaced": {ReplacePolicy: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, cloudOptions)
			svc := c.service(t)
			policy := createPolicy(t, svc, "nightly")
			want := cbr.LocationOptions{
				PolicyID: policy.ID, AutoExpand: true, AutoBindTags: map[string]string{"backup": "yes"},
				ConsistentLevel: "crash_consistent", ChargingMode: "post_paid", Tags: map[string]string{"env": "prod", "team": ""},
			}
			l := createVault(t, svc, "prod vault", want)
			if !reflect.DeepEqual(l.Options, want) || l.Name != "prod vault" || *l.QuotaBytes != 1000*gigabyte || *l.ServerCount != 0 {
				t.Errorf("created: %+v, options %+v", l, l.Options)
			}
			want.PolicyID, want.AutoExpand, want.AutoBindTags = "", false, nil
			want.Tags = map[string]string{"env": "dev", "owner": "me"}
			l.Name, l.QuotaBytes, l.Options = "renamed", new(20*gigabyte), want
			updated, err := svc.UpdateLocation(t.Context(), l)
			if err != nil {
				t.Fatal(err)
			}
			other := c.service(t)
			for view, got := range map[string]backup.Location{"updated": updated, "read by another client": readLocation(t, other, l.ID)} {
				if !reflect.DeepEqual(got.Options, want) || got.Name != "renamed" || *got.QuotaBytes != 20*gigabyte {
					t.Errorf("%s: %+v, options %+v", view, got, got.Options)
				}
			}
			if err := svc.DeleteLocation(t.Context(), l.ID, false); err != nil {
				t.Fatal(err)
			}
			if _, err := svc.Location(t.Context(), l.ID); !errors.Is(err, backup.ErrNotFound) {
				t.Errorf("a deleted location: %v", err)
			}
		})
	}
}

func readLocation(t *testing.T, svc *cbr.Service, id string) backup.Location {
	t.Helper()
	l, err := svc.Location(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A locked vault stays locked, and keeps its automatic points.
func TestLockedLocation(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{})
	svc := c.service(t)
	policy := createPolicy(t, svc, "nightly")
	spec := backup.Location{Name: "vault", QuotaBytes: new(1000 * gigabyte), Options: cbr.LocationOptions{Locked: true, PolicyID: policy.ID}}
	if got := warning(svc.CheckLocation(t.Context(), spec, nil), "cbr.locked"); !strings.Contains(got, "stays locked") {
		t.Errorf("a new lock: %q", got)
	}
	l, err := svc.CreateLocation(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	open := l
	open.Options = cbr.LocationOptions{PolicyID: policy.ID}
	if got := complaint(svc.CheckLocation(t.Context(), open, &l), "cbr.locked"); !strings.Contains(got, "cannot unlock") {
		t.Errorf("unlocking: %q", got)
	}
	if _, err := svc.UpdateLocation(t.Context(), open); err == nil {
		t.Error("unlocking succeeds")
	}
	if got := warning(svc.CheckLocation(t.Context(), l, &l), "cbr.locked"); got != "" {
		t.Errorf("a lock that was there is warned of again: %s", got)
	}

	server := c.spec(t, svc, "web")
	server.LocationID = l.ID
	srv, err := svc.CreateServer(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	manual := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	c.Clock.Advance(24 * time.Hour)
	automatic := pointIDs(t, svc, backup.PointFilter{ScheduleType: backup.SchedulePolicy, Status: []backup.Status{backup.StatusAvailable}})
	if len(automatic) != 1 {
		t.Fatalf("automatic points: %q, want the one of last night", automatic)
	}
	if err := svc.DeletePoint(t.Context(), automatic[0]); !errors.Is(err, backup.ErrLocked) {
		t.Errorf("deleting an automatic point: %v, want ErrLocked", err)
	}
	if err := svc.DeleteServer(t.Context(), srv.ID, backup.PointsDelete); !errors.Is(err, backup.ErrLocked) {
		t.Errorf("deleting its server: %v, want ErrLocked", err)
	}
	if err := svc.DeletePoint(t.Context(), manual.ID); err != nil {
		t.Errorf("deleting a manual point: %v", err)
	}
}

func TestLocationProblems(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{})
	svc := c.service(t)
	policy := createPolicy(t, svc, "nightly")
	for attribute, change := range map[string]func(*backup.Location, *cbr.LocationOptions){
		"name":                      func(l *backup.Location, _ *cbr.LocationOptions) { l.Name = strings.Repeat("x", 65) },
		"quota_gb":                  func(l *backup.Location, _ *cbr.LocationOptions) { l.QuotaBytes = nil },
		"default":                   func(l *backup.Location, _ *cbr.LocationOptions) { l.Default = new(true) },
		"soft_delete":               func(l *backup.Location, _ *cbr.LocationOptions) { l.SoftDelete = &backup.SoftDelete{RetentionDays: 1} },
		"lock":                      func(l *backup.Location, _ *cbr.LocationOptions) { l.Lock = &backup.LocationLock{MinDays: 1} },
		"cbr.policy_id":             func(_ *backup.Location, o *cbr.LocationOptions) { o.PolicyID = "no-such-policy" },
		"cbr.replication_policy_id": func(_ *backup.Location, o *cbr.LocationOptions) { o.ReplicationPolicyID = policy.ID },
		"cbr.consistent_level":      func(_ *backup.Location, o *cbr.LocationOptions) { o.ConsistentLevel = "none" },
		"cbr.charging_mode":         func(_ *backup.Location, o *cbr.LocationOptions) { o.ChargingMode = "pre_paid" },
		"cbr.tags":                  func(_ *backup.Location, o *cbr.LocationOptions) { o.Tags = map[string]string{"a=b": ""} },
		"cbr.auto_bind_tags": func(_ *backup.Location, o *cbr.LocationOptions) {
			o.AutoBindTags = map[string]string{"a": strings.Repeat("x", 44)}
		},
	} {
		l := backup.Location{Name: "vault", QuotaBytes: new(10 * gigabyte)}
		var o cbr.LocationOptions
		if problems := svc.CheckLocation(t.Context(), withOptions(l, o), nil); len(problems) > 0 {
			t.Fatalf("a valid location: %+v", problems)
		}
		change(&l, &o)
		if complaint(svc.CheckLocation(t.Context(), withOptions(l, o), nil), attribute) == "" {
			t.Errorf("the check does not complain of %s", attribute)
		}
	}
	for _, size := range []int64{9 * gigabyte, 10*gigabyte + 1, 10485761 * gigabyte} {
		l := withOptions(backup.Location{Name: "vault", QuotaBytes: &size}, cbr.LocationOptions{})
		if complaint(svc.CheckLocation(t.Context(), l, nil), "quota_gb") == "" {
			t.Errorf("the check does not complain of %d bytes", size)
		}
	}
	prior := createVault(t, svc, "vault", cbr.LocationOptions{})
	prior.UsedBytes = new(30 * gigabyte)
	small := prior
	small.QuotaBytes = new(20 * gigabyte)
	if complaint(svc.CheckLocation(t.Context(), small, &prior), "quota_gb") == "" {
		t.Error("the check does not complain of a quota below what is used")
	}
	other := prior
	o := options(prior)
	o.ConsistentLevel = "app_consistent"
	other.Options = o
	if complaint(svc.CheckLocation(t.Context(), other, &prior), "cbr.consistent_level") == "" {
		t.Error("the check does not complain of another consistent_level")
	}
}

func withOptions(l backup.Location, o cbr.LocationOptions) backup.Location {
	l.Options = o
	return l
}

// A vault goes only when nothing would be lost, or when that was asked for.
func TestDeletingALocation(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{})
	svc := c.service(t)
	srv := c.server(t, svc, "web")
	take(t, svc, backup.PointRequest{ServerID: srv.ID})
	for _, force := range []bool{false, true} {
		if err := svc.DeleteLocation(t.Context(), srv.LocationID, force); !errors.Is(err, backup.ErrConflict) {
			t.Errorf("a location with a server, force %v: %v, want ErrConflict", force, err)
		}
	}
	if n := c.Counts.Snapshot().Requests["DELETE /v3/{project}/vaults/{id}"]; n != 0 {
		t.Fatalf("%d requests were sent to delete it", n)
	}
	if err := svc.DeleteServer(t.Context(), srv.ID, backup.PointsDelete); err != nil {
		t.Fatal(err)
	}
	c.Plans.Set("vault_delete "+srv.LocationID, emulator.Plan{Duration: time.Minute, Fail: "storage is away"})
	if err := svc.DeleteLocation(t.Context(), srv.LocationID, false); err == nil || !strings.Contains(err.Error(), "did not delete") {
		t.Errorf("a deletion that fails: %v", err)
	}
}

// What was created although the answer got lost is found, and nothing is created twice.
func TestAmbiguousCreate(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]emulator.Fault{
		"connection lost": {Kind: emulator.FaultDropAfter},
		"gateway timeout": {Kind: emulator.FaultReplace, Status: 504, Body: "<html>"},
		"cut off":         {Kind: emulator.FaultTruncate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, emulated.Options{})
			svc := c.service(t)
			lose := func(path string) {
				f.Method, f.Path = http.MethodPost, path
				c.Faults.Inject(f)
			}
			other := createPolicy(t, svc, "nightly")
			lose("/policies")
			policy := createPolicy(t, svc, "nightly")
			createVault(t, svc, "vault", cbr.LocationOptions{})
			lose("/vaults")
			l := createVault(t, svc, "vault", cbr.LocationOptions{PolicyID: policy.ID})
			spec := c.spec(t, svc, "web")
			spec.LocationID = l.ID
			lose("/addresources")
			srv, err := svc.CreateServer(t.Context(), spec)
			if err != nil {
				t.Fatal(err)
			}
			to := createVault(t, svc, "other", cbr.LocationOptions{})
			lose("/migrateresources")
			moved := srv
			moved.LocationID = to.ID
			if moved, err = svc.UpdateServer(t.Context(), moved); err != nil || moved.LocationID != to.ID {
				t.Errorf("a move whose answer got lost: %+v, %v", moved, err)
			}
			got := map[string]int{}
			for p, err := range svc.Policies(t.Context()) {
				got["policies"]++
				if err != nil || p.ID != policy.ID && p.ID != other.ID {
					t.Errorf("there is another policy, %+v", p)
				}
			}
			for _, err := range svc.Locations(t.Context()) {
				if got["locations"]++; err != nil {
					t.Error(err)
				}
			}
			if want := map[string]int{"policies": 2, "locations": 4}; !maps.Equal(got, want) {
				t.Errorf("there are %v, want %v", got, want)
			}
		})
	}
}

func TestNoVaultTags(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{NoVaultTags: true})
	svc := c.service(t)
	l := createVault(t, svc, "vault", cbr.LocationOptions{})
	l.Options = cbr.LocationOptions{Tags: map[string]string{"a": "b"}}
	if _, err := svc.UpdateLocation(t.Context(), l); !errors.Is(err, backup.ErrUnsupported) || !strings.Contains(err.Error(), "cbr.tags") {
		t.Errorf("tags where there are none: %v", err)
	}
}
