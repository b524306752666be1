package provider

import (
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// newBin is a service that keeps deleted points for a day.
func newBin() *fakeRecoverer {
	f := &fakeRecoverer{fakeLocator: newFakeLocator("cloud")}
	f.script = []look{finished}
	f.recoverUntil = fakeStart.Add(24 * time.Hour)
	return f
}

const binHint = `The service can still recover it until 2026-03-02T12:00:00Z: invoke the action serverbackup_recover_point with point_id = "point-0"`

// TestAccPointDestroyedToBin: the warning says until when, and how.
func TestAccPointDestroyedToBin(t *testing.T) {
	t.Parallel()
	service := newBin()
	f := newFakeTest(t, service)
	f.run(
		resource.TestStep{Config: pointConfig},
		resource.TestStep{
			PreConfig: f.forget, Config: none,
			Check: f.saysNow(`^WARNING: Backup Point in the Bin: The backup point .*point-0.* is deleted, and kept in the bin of its location\. ` + binHint),
		},
	)
	if p, err := service.Point(t.Context(), "point-0", backup.Cached); err != nil || p.DeletionStatus != backup.DeletionSoftDeleted {
		t.Errorf("the point is %+v, %v", p, err)
	}
}

// TestAccPointDestroyedForGood: nothing is said where there is no bin, or the service does not say until
// when.
func TestAccPointDestroyedForGood(t *testing.T) {
	t.Parallel()
	service := newBin()
	service.recoverUntil = time.Time{}
	f := newFakeTest(t, service)
	f.run(
		resource.TestStep{Config: pointConfig},
		resource.TestStep{PreConfig: f.forget, Config: none, Check: f.saysNow()},
	)
	expectIDs(t, "deleted", service.deleted, "point-0")
}

// TestAccPointRecovered: with on_missing = "keep" a point that comes out of the bin is itself again.
func TestAccPointRecovered(t *testing.T) {
	t.Parallel()
	service := newBin()
	f := newFakeTest(t, service)
	config := pointOnMissing("keep")
	f.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				if err := service.DeletePoint(t.Context(), "point-0"); err != nil {
					t.Error(err)
				}
			},
			Config:            config,
			Check:             f.saysNow(`^WARNING: Backup Point Missing: .*was deleted outside Terraform\. ` + binHint + `.*stays in the state`),
			ConfigStateChecks: []statecheck.StateCheck{pointHas("status", knownvalue.StringExact("missing"))},
		},
		resource.TestStep{
			PreConfig: func() {
				f.forget()
				if _, err := service.RecoverPoint(t.Context(), "point-0"); err != nil {
					t.Error(err)
				}
			},
			Config:            config,
			ConfigPlanChecks:  nothingPlanned(),
			Check:             f.saysNow(),
			ConfigStateChecks: []statecheck.StateCheck{pointHas("status", knownvalue.StringExact("available"))},
		},
	)
}

// TestAccPointBinnedIsRecreated: by default a point in the bin is a deleted one.
func TestAccPointBinnedIsRecreated(t *testing.T) {
	t.Parallel()
	service := newBin()
	f := newFakeTest(t, service)
	f.run(
		resource.TestStep{Config: pointConfig},
		resource.TestStep{
			PreConfig: func() {
				f.forget()
				if err := service.DeletePoint(t.Context(), "point-0"); err != nil {
					t.Error(err)
				}
			},
			Config: pointConfig,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				pointPlans(plancheck.ResourceActionCreate), f.says(`^WARNING: Backup Point Missing: .*` + binHint + `.*then import it.*takes another one`),
			}},
			ConfigStateChecks: []statecheck.StateCheck{pointHas("id", knownvalue.StringExact("point-1"))},
		},
	)
}

// TestAccBinInDataSources: points in the bin are listed only if that is asked for.
func TestAccBinInDataSources(t *testing.T) {
	t.Parallel()
	const (
		all     = "data.serverbackup_points.all"
		present = "data.serverbackup_points.present"
		byID    = "data.serverbackup_point.id"
	)
	element := tfjsonpath.New("points").AtSliceIndex(0)
	text := knownvalue.StringExact
	newFakeTest(t, newFakeRecoverer()).run(resource.TestStep{
		Config: `
data "serverbackup_points" "present" {}
data "serverbackup_points" "all" {
  include_deleted = true
  server_name     = "web"
}
data "serverbackup_point" "id" {
  id = "binned"
}
`,
		ConfigStateChecks: []statecheck.StateCheck{
			has(present, "points", knownvalue.ListSizeExact(1)),
			has(all, "points", knownvalue.ListSizeExact(1)),
			statecheck.ExpectKnownValue(all, element.AtMapKey("deletion_status"), text("soft_deleted")),
			statecheck.ExpectKnownValue(all, element.AtMapKey("recover_until"), text("2026-03-02T12:00:00Z")),
			statecheck.ExpectKnownValue(byID, tfjsonpath.New("point").AtMapKey("recover_until"), text("2026-03-02T12:00:00Z")),
		},
	})
}
