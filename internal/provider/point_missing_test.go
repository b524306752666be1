package provider

import (
	"regexp"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

func pointOnMissing(value string) string {
	return `
resource "serverbackup_point" "now" {
  server_id  = "server-1"
  name       = "nightly"
  on_missing = "` + value + `"
}
`
}

// The identity has to be set before the object is removed, or a CLI that keeps none (1.11) fails with
// "Missing Resource Identity After Read".
func TestAccPointMissingIsRecreated(t *testing.T) {
	t.Parallel()
	service := newFakeService(finished)
	test := newFakeTest(t, service)
	config := pointOnMissing("recreate")
	test.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() { service.vanish() },
			Config:    config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				pointPlans(plancheck.ResourceActionCreate),
				test.says(`WARNING: Backup Point Missing: The backup point "nightly" \(point-0\) of 2026-03-01T12:00:00Z was deleted outside Terraform`),
			}},
			ConfigStateChecks: []statecheck.StateCheck{pointHas("id", knownvalue.StringExact("point-1"))},
		},
	)
}

func TestAccPointMissingIsKept(t *testing.T) {
	t.Parallel()
	service := newFakeService(finished)
	test := newFakeTest(t, service)
	config := pointOnMissing("keep")
	test.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() { service.vanish() },
			Config:    config,
			Check:     test.saysNow(`WARNING: Backup Point Missing.*point-0.*stays in the state`),
			ConfigStateChecks: []statecheck.StateCheck{
				pointHas("status", knownvalue.StringExact("missing")),
				pointHas("created_at", knownvalue.StringExact("2026-03-01T12:00:00Z")),
			},
		},
		resource.TestStep{
			PreConfig: test.forget,
			Config:    config,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				PostApplyPostRefresh: []plancheck.PlanCheck{test.says()},
			},
		},
		resource.TestStep{
			PreConfig: test.forget,
			Config:    config[:len(config)-2] + "  tags = { a = \"b\" }\n  triggers = { b = \"c\" }\n}\n",
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				pointPlans(plancheck.ResourceActionUpdate), test.says(),
			}},
		},
	)
	if len(service.updates) > 0 {
		t.Error("a point that is gone was updated")
	}
}

func TestAccPointMissingIsAnError(t *testing.T) {
	t.Parallel()
	service := newFakeService(finished)
	config := pointOnMissing("error")
	newFakeTest(t, service).run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig:   func() { service.vanish() },
			Config:      config,
			ExpectError: regexp.MustCompile(`(?s)Backup Point Missing.*nightly.*on_missing = "error"`),
		},
		resource.TestStep{
			// The framework refreshes before it destroys.
			PreConfig: func() { service.edit("", func(p *backup.Point) { p.ID = "point-0" }) },
			Config:    config,
		},
	)
}

func TestAccPointSoftDeletedIsMissing(t *testing.T) {
	t.Parallel()
	service := newFakeService(finished)
	test := newFakeTest(t, service)
	test.run(
		resource.TestStep{Config: pointConfig},
		resource.TestStep{
			PreConfig: func() {
				service.edit("point-0", func(p *backup.Point) {
					p.DeletionStatus, p.RecoverUntil = backup.DeletionSoftDeleted, fakeStart.Add(7*24*time.Hour)
				})
			},
			Config: pointConfig,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				pointPlans(plancheck.ResourceActionCreate), test.says("recover it until 2026-03-08T12:00:00Z"),
			}},
		},
	)
}

// In a wrong store everything would seem gone.
func TestAccPointInWrongStore(t *testing.T) {
	t.Parallel()
	service := newFakeService(finished)
	newFakeTest(t, service).run(
		resource.TestStep{Config: pointConfig},
		resource.TestStep{
			PreConfig:   func() { service.scope = backup.Scope{Service: "cloud", ID: "region-2", Name: "Region 2"} },
			Config:      pointConfig,
			ExpectError: regexp.MustCompile(`(?s)Wrong Backup Store.*Region 1.*Region\s+2`),
		},
		resource.TestStep{
			PreConfig:        func() { service.scope = backup.Scope{Service: "cloud", ID: "region-1", Name: "Region 1"} },
			Config:           pointConfig,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
	)
}
