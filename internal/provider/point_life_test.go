package provider

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

const (
	pointAddress = "serverbackup_point.now"
	pointConfig  = `
resource "serverbackup_point" "now" {
  server_id = "server-1"
}
`
)

var (
	running  = look{status: backup.StatusCreating, progress: 30}
	finished = look{status: backup.StatusAvailable}
	failed   = look{status: backup.StatusError, err: "disk on fire"}
)

func pointHas(attribute string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(pointAddress, tfjsonpath.New(attribute), value)
}

func pointPlans(action plancheck.ResourceActionType) plancheck.PlanCheck {
	return plancheck.ExpectResourceAction(pointAddress, action)
}

func TestAccPointSucceeds(t *testing.T) {
	t.Parallel()
	service := newFakeService(running, running, finished)
	test := newFakeTest(t, service)
	test.run(resource.TestStep{
		Config: `
resource "serverbackup_point" "now" {
  server_id   = "server-1"
  name        = "before-upgrade"
  description = "by hand"
  full        = true
  tags        = { ticket = "OPS-1" }
  triggers    = { release = "1" }
  timeouts    = { create = "1m", delete = "1m" }
}
`,
		ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue(pointAddress, tfjsonpath.New("status")),
				plancheck.ExpectKnownValue(pointAddress, tfjsonpath.New("stall_timeout"), knownvalue.StringExact("30m")),
			},
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), test.says()},
		},
		ConfigStateChecks: []statecheck.StateCheck{
			pointHas("id", knownvalue.StringExact("point-0")),
			pointHas("status", knownvalue.StringExact("available")),
			pointHas("service_status", knownvalue.StringExact("RUNNING")),
			pointHas("type", knownvalue.StringExact("full")),
			pointHas("name", knownvalue.StringExact("before-upgrade")),
			pointHas("error", knownvalue.Null()),
			pointHas("progress", knownvalue.Null()),
			pointHas("size_bytes", knownvalue.Int64Exact(1<<30)),
			pointHas("size_gb", knownvalue.Float64Exact(1)),
			pointHas("created_at", knownvalue.StringExact("2026-03-01T12:00:00Z")),
			pointHas("finished_at", knownvalue.StringExact("2026-03-01T12:01:00Z")),
			pointHas("on_destroy", knownvalue.StringExact("delete")),
			pointHas("on_missing", knownvalue.StringExact("recreate")),
		},
	})
	if full := service.requests[0].Full; full == nil || !*full || service.requests[0].Triggers["release"] != "1" {
		t.Errorf("wrong request %+v", service.requests[0])
	}
	expectIDs(t, "deleted by the destroy", service.deleted, "point-0")
}

func TestAccPointUnnamed(t *testing.T) {
	t.Parallel()
	newFakeTest(t, newFakeService(finished)).run(resource.TestStep{
		Config:            pointConfig,
		ConfigStateChecks: []statecheck.StateCheck{pointHas("name", knownvalue.Null()), pointHas("tags", knownvalue.Null())},
	})
}

// The point of a failed create is tainted; Delete gets little more than its id.
func TestAccPointFails(t *testing.T) {
	t.Parallel()
	service := newFakeService(running, failed)
	test := newFakeTest(t, service)
	test.run(
		resource.TestStep{Config: pointConfig, ExpectError: regexp.MustCompile(`(?s)Unable to Create Backup Point.*point-0.*disk on fire`)},
		resource.TestStep{
			PreConfig: func() {
				expectIDs(t, "left by the failure", service.left(), "point-0")
				service.script = []look{finished}
			},
			Config:            pointConfig,
			ConfigPlanChecks:  resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{pointPlans(plancheck.ResourceActionDestroyBeforeCreate)}},
			ConfigStateChecks: []statecheck.StateCheck{pointHas("id", knownvalue.StringExact("point-1"))},
		},
		resource.TestStep{
			PreConfig: func() {
				expectIDs(t, "deleted by the replacement", service.deleted, "point-0")
				service.script = []look{failed}
			},
			Config:      `resource "serverbackup_point" "other" { server_id = "server-1" }`,
			ExpectError: regexp.MustCompile("disk on fire"),
		},
	)
	expectIDs(t, "left after the destroy of a tainted point", service.left())
}

// What the cloud still works at is neither an error nor tainted: the next apply must not delete it.
func TestAccPointTimeoutOfCloud(t *testing.T) {
	t.Parallel()
	service := newFakeService(running)
	test := newFakeTest(t, service)
	config := `
resource "serverbackup_point" "now" {
  server_id = "server-1"
  timeouts  = { create = "300ms" }
}
`
	test.run(
		resource.TestStep{
			Config: config,
			Check:  test.saysNow(`WARNING: Backup Point Not Finished.*300ms \(timeouts.create\).*point-0.*creating at 30 %`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{
				plancheck.ExpectEmptyPlan(),
				test.says(`WARNING: Backup Point Not Finished.*still being taken.*creating at 30 %`),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				pointHas("status", knownvalue.StringExact("creating")),
				pointHas("progress", knownvalue.Int64Exact(30)),
				pointHas("finished_at", knownvalue.Null()),
			},
		},
		resource.TestStep{
			PreConfig: func() {
				test.forget()
				service.edit("point-0", func(p *backup.Point) { p.Status, p.Progress = backup.StatusAvailable, nil })
			},
			Config:            config,
			ConfigPlanChecks:  resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), test.says()}},
			ConfigStateChecks: []statecheck.StateCheck{pointHas("status", knownvalue.StringExact("available"))},
		},
	)
	if n := len(service.requests); n != 1 {
		t.Errorf("%d points were begun", n)
	}
}

func TestAccPointTimeoutOfOwn(t *testing.T) {
	t.Parallel()
	service := &fakeCanceler{fakeService: newFakeService(running)}
	test := newFakeTest(t, service)
	test.run(
		resource.TestStep{
			Config:      pointConfig,
			PreConfig:   func() { service.script = []look{{status: backup.StatusCreating, during: test.interrupt}} },
			ExpectError: regexp.MustCompile(`(?s)Unable to Create Backup Point.*interrupted.*error:\s+canceled`),
		},
		resource.TestStep{
			PreConfig: func() {
				expectIDs(t, "canceled", service.canceled, "point-0")
				service.script = []look{running}
			},
			Config: `
resource "serverbackup_point" "now" {
  server_id = "server-1"
  timeouts  = { create = "300ms" }
}
`,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{pointPlans(plancheck.ResourceActionDestroyBeforeCreate)}},
			ExpectError:      regexp.MustCompile(`(?s)Unable to Create Backup Point.*300ms\s+\(timeouts.create\).*stopped`),
		},
	)
	expectIDs(t, "canceled", service.canceled, "point-0", "point-1")
	expectIDs(t, "left", service.left())
}

func TestAccPointFinishesWhileCanceled(t *testing.T) {
	t.Parallel()
	service := &fakeCanceler{fakeService: newFakeService(running), tooLate: true}
	newFakeTest(t, service).run(resource.TestStep{
		Config: `
resource "serverbackup_point" "now" {
  server_id = "server-1"
  timeouts  = { create = "300ms" }
}
`,
		ConfigStateChecks: []statecheck.StateCheck{pointHas("status", knownvalue.StringExact("available"))},
	})
}

func TestAccPointInterruptedAtCloud(t *testing.T) {
	t.Parallel()
	service := newFakeService()
	test := newFakeTest(t, service)
	service.script = []look{running, {status: backup.StatusCreating, progress: 40, during: test.interrupt}}
	test.run(resource.TestStep{
		Config:            pointConfig,
		Check:             test.saysNow("WARNING: Backup Point Not Finished: The operation was interrupted"),
		ConfigStateChecks: []statecheck.StateCheck{pointHas("status", knownvalue.StringExact("creating"))},
	})
	expectIDs(t, "deleted by the destroy", service.deleted, "point-0")
}

// Not knowing how a point does is no reason to delete it.
func TestAccPointOutOfSight(t *testing.T) {
	t.Parallel()
	service := newFakeService(running, look{status: backup.StatusCreating, progress: 40, fails: backup.Errorf(backup.ErrDenied, "token expired")})
	test := newFakeTest(t, service)
	test.run(resource.TestStep{
		Config:            pointConfig,
		Check:             test.saysNow("WARNING: Backup Point Not Finished: The point could not be followed to its end: token expired.*point-0"),
		ConfigStateChecks: []statecheck.StateCheck{pointHas("status", knownvalue.StringExact("creating"))},
	})
}

func TestAccPointStalls(t *testing.T) {
	t.Parallel()
	for name, service := range map[string]backup.Service{
		"cloud": newFakeService(running),
		"own":   &fakeCanceler{fakeService: newFakeService(running)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newFakeTest(t, service).run(resource.TestStep{
				Config: `
resource "serverbackup_point" "now" {
  server_id     = "server-1"
  stall_timeout = "200ms"
}
`,
				ExpectError: regexp.MustCompile(`(?s)Unable to Create Backup Point.*point-0.*no progress.*200ms\s+\(stall_timeout\).*creating\s+at\s+30\s+%.*(console|stopped)`),
			})
			if own, ok := service.(*fakeCanceler); ok {
				expectIDs(t, "canceled", own.canceled, "point-0")
			}
		})
	}
}

func TestAccPointVanishesWhileTaken(t *testing.T) {
	t.Parallel()
	service := newFakeService()
	test := newFakeTest(t, service)
	service.script = []look{{status: backup.StatusCreating, during: func() { service.vanish() }}, running}
	test.run(resource.TestStep{Config: pointConfig, ExpectError: regexp.MustCompile("vanished while it was being taken")})
}

// A create whose answer was lost leaves no state; asked again, the service adopts what it has begun.
func TestAccPointLostCreate(t *testing.T) {
	t.Parallel()
	service := newFakeService(finished)
	service.lose = true
	newFakeTest(t, service).run(
		resource.TestStep{Config: pointConfig, ExpectError: regexp.MustCompile("connection lost")},
		resource.TestStep{
			Config:            pointConfig,
			ConfigPlanChecks:  resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{pointPlans(plancheck.ResourceActionCreate)}},
			ConfigStateChecks: []statecheck.StateCheck{pointHas("id", knownvalue.StringExact("point-0"))},
		},
	)
}

func TestAccPointBusyServer(t *testing.T) {
	t.Parallel()
	service := newFakeService(finished)
	service.startErrs = []error{backup.Errorf(backup.ErrBusy, "another backup runs")}
	newFakeTest(t, service).run(resource.TestStep{Config: pointConfig})
}

func TestAccPointBusyForTooLong(t *testing.T) {
	t.Parallel()
	service := newFakeService(finished)
	service.startErrs = []error{backup.Errorf(backup.ErrBusy, "another backup runs")}
	newFakeTest(t, service).run(resource.TestStep{
		Config: `
resource "serverbackup_point" "now" {
  server_id = "server-1"
  timeouts  = { create = "300ms" }
}
`,
		ExpectError: regexp.MustCompile(`(?s)another backup runs.*timeouts`),
	})
	expectIDs(t, "left", service.left())
}

func TestAccPointServerNotFound(t *testing.T) {
	t.Parallel()
	service := newFakeService()
	service.startErrs = []error{backup.Errorf(backup.ErrNotFound, "There is no server server-1.")}
	newFakeTest(t, service).run(resource.TestStep{
		Config:      pointConfig,
		ExpectError: regexp.MustCompile(`(?s)There is no server.*serverbackup_server`),
	})
}

func TestAccPointNoWait(t *testing.T) {
	t.Parallel()
	config := `
resource "serverbackup_point" "now" {
  server_id = "server-1"
  wait      = false
}
`
	t.Run("cloud", func(t *testing.T) {
		t.Parallel()
		newFakeTest(t, newFakeService(running)).run(resource.TestStep{
			Config:            config,
			ConfigStateChecks: []statecheck.StateCheck{pointHas("status", knownvalue.StringExact("creating")), pointHas("progress", knownvalue.Null())},
		})
	})
	t.Run("own", func(t *testing.T) {
		t.Parallel()
		newFakeTest(t, &fakeCanceler{fakeService: newFakeService(running)}).run(resource.TestStep{
			Config: config, PlanOnly: true,
			ExpectError: regexp.MustCompile("wait must be true"),
		})
	})
}

func TestAccPointChecked(t *testing.T) {
	t.Parallel()
	service := newFakeService(finished)
	service.problems = func(r backup.PointRequest) []backup.Problem {
		if len(r.Tags) == 0 {
			return nil
		}
		return []backup.Problem{{Path: []string{"tags"}, Summary: "Tags Not Supported", Detail: "Points of this service have no tags."}}
	}
	tagged := `
resource "serverbackup_point" "now" {
  server_id = "server-1"
  tags      = { a = "b" }
}
`
	newFakeTest(t, service).run(
		resource.TestStep{Config: tagged, PlanOnly: true, ExpectError: regexp.MustCompile("Tags Not Supported")},
		resource.TestStep{Config: pointConfig},
		resource.TestStep{Config: tagged, PlanOnly: true, ExpectError: regexp.MustCompile("Tags Not Supported")},
		resource.TestStep{
			// A point that does not change is not checked again: its server may be gone.
			PreConfig: func() {
				service.problems = func(backup.PointRequest) []backup.Problem {
					return []backup.Problem{{Path: []string{"server_id"}, Summary: "Server Not Found", Detail: "It is gone."}}
				}
			},
			Config: pointConfig,
		},
	)
}
