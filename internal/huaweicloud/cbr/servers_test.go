package cbr_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	emulated "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
)

// policySpec is a policy without anything special.
func policySpec(name string) backup.Policy {
	return backup.Policy{
		Name: name, Timezone: "UTC", Enabled: true, Schedules: []string{"FREQ=DAILY;BYHOUR=1;BYMINUTE=0"},
		Retention: &backup.Retention{Latest: new(int64(7))},
	}
}

func createPolicy(t *testing.T, svc backup.Service, name string) backup.Policy {
	t.Helper()
	p, err := svc.CreatePolicy(t.Context(), policySpec(name))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func pointIDs(t *testing.T, svc backup.Service, f backup.PointFilter) []string {
	t.Helper()
	var ids []string
	for p, err := range svc.Points(t.Context(), f) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, p.ID)
	}
	return ids
}

// complaint is the detail of the first error about an attribute.
func complaint(problems []backup.Problem, attribute string) string {
	for _, p := range problems {
		if !p.Warning && strings.Join(p.Path, ".") == attribute {
			return p.Detail
		}
	}
	return ""
}

func warning(problems []backup.Problem, attribute string) string {
	for _, p := range problems {
		if p.Warning && strings.Join(p.Path, ".") == attribute {
			return p.Detail
		}
	}
	return ""
}

// A server that leaves its vault takes its points with it, so that nothing but a clear word lets it.
func TestRemovingAServerDeletesItsPoints(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{})
	svc := c.service(t)
	srv, other := c.server(t, svc, "web"), c.server(t, svc, "db")
	point := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	spared := take(t, svc, backup.PointRequest{ServerID: other.ID})

	for fate, want := range map[backup.PointsOnDestroy]error{
		backup.PointsFail: backup.ErrConflict, backup.PointsKeep: backup.ErrUnsupported, "": backup.ErrUnsupported,
	} {
		if err := svc.DeleteServer(t.Context(), srv.ID, fate); !errors.Is(err, want) || !strings.Contains(err.Error(), "points_on_destroy") {
			t.Errorf("points_on_destroy %q: %v, want %v", fate, err, want)
		}
	}
	if n := c.Counts.Snapshot().Requests["POST /v3/{project}/vaults/{id}/removeresources"]; n != 0 {
		t.Fatalf("a refused deletion sent %d requests to remove the server", n)
	}
	if err := svc.DeleteServer(t.Context(), srv.ID, backup.PointsDelete); err != nil {
		t.Fatal(err)
	}
	if _, err := svc.Point(t.Context(), point.ID, backup.Fresh); !errors.Is(err, backup.ErrNotFound) {
		t.Errorf("the point of the removed server: %v", err)
	}
	if got := pointIDs(t, svc, backup.PointFilter{}); !slices.Equal(got, []string{spared.ID}) {
		t.Errorf("points %q are left, want %q", got, spared.ID)
	}
}

func TestMovingAServerKeepsItsPoints(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{})
	svc := c.service(t)
	policy := createPolicy(t, svc, "nightly")
	srv := c.server(t, svc, "web")
	point := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	to := createVault(t, svc, "other", cbr.LocationOptions{PolicyID: policy.ID})

	moved := srv
	moved.LocationID = to.ID
	got, err := svc.UpdateServer(t.Context(), moved)
	if err != nil {
		t.Fatal(err)
	}
	if got.LocationID != to.ID || got.PolicyID != policy.ID || *got.PointCount != 1 {
		t.Errorf("moved server: %+v", got)
	}
	for name, fresh := range map[string]backup.Freshness{"fresh": backup.Fresh, "cached": backup.Cached} {
		p, err := svc.Point(t.Context(), point.ID, fresh)
		if err != nil || p.LocationID != to.ID || p.Status != backup.StatusAvailable {
			t.Errorf("%s point after the move: %+v, %v", name, p, err)
		}
	}
	if got := pointIDs(t, svc, backup.PointFilter{LocationID: srv.LocationID}); len(got) > 0 {
		t.Errorf("the old location still has points %q", got)
	}
}

// The policy of a server is that of its vault.
func TestPolicyOfServer(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]emulated.Options{"refuses a second": {}, "replaces": {ReplacePolicy: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, options)
			svc := c.service(t)
			one, two := createPolicy(t, svc, "one"), createPolicy(t, svc, "two")
			srv := c.server(t, svc, "web")
			if srv.PolicyID != "" {
				t.Errorf("a server of a vault without a policy has %q", srv.PolicyID)
			}
			l, err := svc.Location(t.Context(), srv.LocationID)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{one.ID, two.ID, "", one.ID} {
				o, _ := l.Options.(cbr.LocationOptions)
				o.PolicyID = want
				l.Options = o
				if l, err = svc.UpdateLocation(t.Context(), l); err != nil {
					t.Fatal(err)
				}
				got, err := svc.Server(t.Context(), srv.ID)
				if err != nil || got.PolicyID != want {
					t.Errorf("the server has policy %q (%v), its vault %q", got.PolicyID, err, want)
				}
			}
			used, err := svc.Policy(t.Context(), one.ID)
			if err != nil || !slices.Equal(used.ServerIDs, []string{srv.ID}) {
				t.Errorf("the policy lists servers %q (%v)", used.ServerIDs, err)
			}
			if err := svc.DeletePolicy(t.Context(), one.ID); !errors.Is(err, backup.ErrConflict) {
				t.Errorf("deleting a policy that a vault has: %v", err)
			}
			spec := backup.Server{InstanceID: srv.ID, LocationID: srv.LocationID, PolicyID: two.ID, Enabled: true}
			if got := complaint(svc.CheckServer(t.Context(), spec, nil), "policy_id"); !strings.Contains(got, "cbr.policy_id") {
				t.Errorf("policy_id of a server: %q", got)
			}
		})
	}
}

// A vault whose new policy is refused has its old one back.
func TestPolicyIsGivenBack(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{})
	svc := c.service(t)
	old, next := createPolicy(t, svc, "old"), createPolicy(t, svc, "next")
	l := createVault(t, svc, "vault", cbr.LocationOptions{PolicyID: old.ID})
	refused := `{"error_code":"BackupService.6127","error_msg":"No."}`
	c.Faults.Inject(fault("status", "/associatepolicy", 400, refused))
	o, _ := l.Options.(cbr.LocationOptions)
	o.PolicyID = next.ID
	l.Options = o
	if _, err := svc.UpdateLocation(t.Context(), l); err == nil || !strings.Contains(err.Error(), "6127") {
		t.Errorf("the update: %v", err)
	}
	l, err := svc.Location(t.Context(), l.ID)
	if o, _ := l.Options.(cbr.LocationOptions); err != nil || o.PolicyID != old.ID {
		t.Errorf("the vault has policy %q (%v), want the old one", o.PolicyID, err)
	}
}

func TestServerMistakes(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{KnownServers: true})
	svc := c.service(t)
	spec := c.spec(t, svc, "web")
	srv, err := svc.CreateServer(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := svc.CreateServer(t.Context(), spec); !errors.Is(err, backup.ErrConflict) || !strings.Contains(err.Error(), "Import") {
		t.Errorf("a server that is in a vault: %v", err)
	}
	unknown := spec
	unknown.InstanceID = "00000000-0000-4000-8000-000000000000"
	if _, err := svc.CreateServer(t.Context(), unknown); !errors.Is(err, backup.ErrNotFound) {
		t.Errorf("a server that does not exist: %v", err)
	}
	changed := srv
	changed.ExcludeVolumeIDs = []string{unknown.InstanceID}
	if complaint(svc.CheckServer(t.Context(), changed, &srv), "exclude_volume_ids") == "" {
		t.Error("a change of exclude_volume_ids is not refused")
	}
	paused := srv
	paused.Enabled = false
	if complaint(svc.CheckServer(t.Context(), paused, &srv), "enabled") == "" {
		t.Error("pausing a server is not refused where the cloud does not tell whether it is paused")
	}
	fresh := c.spec(t, svc, "paused")
	fresh.Enabled = false
	if _, err := svc.CreateServer(t.Context(), fresh); !errors.Is(err, backup.ErrUnsupported) {
		t.Errorf("a new paused server: %v", err)
	}
	if _, err := svc.Server(t.Context(), fresh.InstanceID); !errors.Is(err, backup.ErrNotFound) {
		t.Errorf("a server that could not be paused stays: %v", err)
	}
}

func TestPausedServer(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{Huawei: true})
	svc := c.service(t)
	spec := c.spec(t, svc, "web")
	spec.Enabled = false
	srv, err := svc.CreateServer(t.Context(), spec)
	if err != nil || srv.Enabled {
		t.Fatalf("a paused server: %+v, %v", srv, err)
	}
	srv.Enabled = true
	if srv, err = svc.UpdateServer(t.Context(), srv); err != nil || !srv.Enabled {
		t.Errorf("a server that goes on: %+v, %v", srv, err)
	}
}

func TestExcludedDisks(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{})
	svc := c.service(t)
	spec := c.spec(t, svc, "web")
	system, data := "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
	c.AddServer(emulated.Server{ID: spec.InstanceID, Name: "web", Disks: []emulated.Disk{
		{ID: system, Name: "system", SizeGB: 40}, {ID: data, Name: "data", SizeGB: 100},
	}})
	spec.ExcludeVolumeIDs = []string{data}
	srv, err := svc.CreateServer(t.Context(), spec)
	if err != nil || !slices.Equal(srv.ExcludeVolumeIDs, []string{data}) {
		t.Fatalf("server %+v, %v", srv, err)
	}
	p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	if len(p.Volumes) != 1 || p.Volumes[0].SourceID != system || *p.SourceSizeBytes != 40<<30 {
		t.Errorf("point %+v", p)
	}
}
