package cbr_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emulated "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
)

// lost are the ways in which an answer gets lost after the service took the request.
var lost = map[string]emulator.Fault{
	"connection lost": {Kind: emulator.FaultDropAfter},
	"gateway timeout": {Kind: emulator.FaultReplace, Status: 504, Body: "<html>"},
	"cut off":         {Kind: emulator.FaultTruncate},
}

// What was changed or deleted although the answer got lost is seen, and done.
func TestAmbiguousChange(t *testing.T) {
	t.Parallel()
	for name, f := range lost {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, emulated.Options{Huawei: true})
			svc := c.service(t)
			lose := func(method, path string) {
				f.Method, f.Path = method, path
				c.Faults.Inject(f)
			}
			one, two := createPolicy(t, svc, "one"), createPolicy(t, svc, "two")
			l := createVault(t, svc, "vault", cbr.LocationOptions{PolicyID: one.ID})
			lose(http.MethodPost, "/dissociatepolicy")
			lose(http.MethodPost, "/associatepolicy")
			l.Options = cbr.LocationOptions{PolicyID: two.ID}
			l, err := svc.UpdateLocation(t.Context(), l)
			if err != nil || options(l).PolicyID != two.ID {
				t.Errorf("another policy: %+v, %v", l.Options, err)
			}
			spec := c.spec(t, svc, "web")
			spec.LocationID = l.ID
			srv, err := svc.CreateServer(t.Context(), spec)
			if err != nil {
				t.Fatal(err)
			}
			p, kept := take(t, svc, backup.PointRequest{ServerID: srv.ID}), take(t, svc, backup.PointRequest{ServerID: srv.ID})
			lose(http.MethodDelete, "/backups/")
			if err := svc.DeletePoint(t.Context(), p.ID); err != nil {
				t.Errorf("deleting a point: %v", err)
			}
			if _, err := svc.Point(t.Context(), p.ID, backup.Fresh); !errors.Is(err, backup.ErrNotFound) {
				t.Errorf("the deleted point: %v", err)
			}
			if _, err := svc.Point(t.Context(), kept.ID, backup.Fresh); err != nil {
				t.Errorf("the other point: %v", err)
			}
			lose(http.MethodPost, "/removeresources")
			if err := svc.DeleteServer(t.Context(), srv.ID, backup.PointsDelete); err != nil {
				t.Errorf("deleting the server: %v", err)
			}
			lose(http.MethodDelete, "/vaults/")
			if err := svc.DeleteLocation(t.Context(), l.ID, false); err != nil {
				t.Errorf("deleting the location: %v", err)
			}
			if _, err := svc.Location(t.Context(), l.ID); !errors.Is(err, backup.ErrNotFound) {
				t.Errorf("the deleted location: %v", err)
			}
		})
	}
}

// A vault that cannot get its policy goes again, unless it is not certain that it is ours.
func TestLocationWithoutItsPolicy(t *testing.T) {
	t.Parallel()
	for name, certain := range map[string]bool{"certain": true, "found by name": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, emulated.Options{})
			svc := c.service(t)
			policy := createPolicy(t, svc, "nightly")
			if !certain {
				c.Faults.Inject(fault(emulator.FaultDropAfter, "/vaults", 0, ""))
			}
			c.Faults.Inject(fault(emulator.FaultStatus, "/associatepolicy", 400, `{"error_code":"BackupService.6127","error_msg":"No."}`))
			_, err := svc.CreateLocation(t.Context(), backup.Location{
				Name: "vault", QuotaBytes: new(10 * gigabyte), Options: cbr.LocationOptions{PolicyID: policy.ID},
			})
			if err == nil || strings.Contains(err.Error(), "import it") == certain {
				t.Errorf("the error is %v", err)
			}
			left := 0
			for _, err := range c.service(t).Locations(t.Context()) {
				if left++; err != nil {
					t.Error(err)
				}
			}
			if (left == 0) != certain {
				t.Errorf("%d locations are left", left)
			}
		})
	}
}

// A full vault says so, and what to do.
func TestFullLocation(t *testing.T) {
	t.Parallel()
	c := newCloud(t, emulated.Options{})
	svc := c.service(t)
	l, err := svc.CreateLocation(t.Context(), backup.Location{Name: "small", QuotaBytes: new(10 * gigabyte)})
	if err != nil {
		t.Fatal(err)
	}
	spec := c.spec(t, svc, "web")
	spec.LocationID = l.ID
	srv, err := svc.CreateServer(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	take(t, svc, backup.PointRequest{ServerID: srv.ID})
	if _, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID}); !errors.Is(err, backup.ErrQuota) {
		t.Errorf("a point for a full location: %v, want ErrQuota", err)
	}
	usage, err := svc.SpaceUsage(t.Context(), backup.UsageFilter{LocationID: l.ID})
	if err != nil || *usage.QuotaBytes != 10*gigabyte || *usage.UsedBytes != 70*gigabyte || usage.Servers[0].SizeBytes != 70*gigabyte || usage.Note == "" {
		t.Errorf("usage %+v, %v", usage, err)
	}
}
