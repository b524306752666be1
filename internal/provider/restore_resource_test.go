package provider

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

func TestAccRestoreMinMax(t *testing.T) {
	t.Parallel()
	service := newFakeRestorer(restoring, restoring, restored)
	f := newFakeTest(t, service)
	text := knownvalue.StringExact
	f.run(
		resource.TestStep{
			Config: restoreOf("point-0", toTarget),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{plancheck.ExpectUnknownValue(restoreAddress, tfjsonpath.New("status"))},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), f.says()},
			},
			ConfigStateChecks: []statecheck.StateCheck{
				has(restoreAddress, "id", text("restore-0")),
				has(restoreAddress, "status", text("succeeded")),
				has(restoreAddress, "progress", knownvalue.Null()),
				has(restoreAddress, "started_at", text("2026-03-01T12:00:00Z")),
				has(restoreAddress, "finished_at", text("2026-03-01T12:00:00Z")),
				has(restoreAddress, "error", knownvalue.Null()),
				has(restoreAddress, "restored_id", text("/restored")),
				has(restoreAddress, "overwrite_existing_data", knownvalue.Null()),
			},
		},
		resource.TestStep{
			// Defaults that are written down, and what has no say in the restore itself.
			Config: restoreOf("point-0", `
  triggers                = { drill = "1" }
  overwrite_existing_data = true
  timeouts                = { create = "1m" }
  local = {
    target           = "/restored/../restored"
    in_place         = false
    overwrite        = "never"
    skip_owners      = false
    allow_incomplete = false
  }`),
			ConfigPlanChecks: planned(restoreAddress, plancheck.ResourceActionUpdate),
		},
		resource.TestStep{
			Config: restoreOf("point-1", `
  triggers                = { drill = "2" }
  overwrite_existing_data = true
  local = {
    in_place         = true
    volume_ids       = ["v-2", "v-1"]
    overwrite        = "always"
    skip_owners      = true
    allow_incomplete = true
  }`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(restoreAddress, plancheck.ResourceActionDestroyBeforeCreate),
				f.says("^WARNING: Data Will Be Overwritten: Because point_id and triggers and local changes.*restore restore-0 of backup point point-0"),
			}},
			Check: f.saysNow("^WARNING: Restored Data Stay: The restore restore-0 of backup point point-0.*whatever it has restored stays, in /restored.*costs money"),
		},
	)
	if diff := cmp.Diff([]backup.RestoreRequest{
		{PointID: "point-0", Options: local.RestoreOptions{Target: "/restored", Overwrite: local.OverwriteNever}},
		{PointID: "point-1", OverwriteExistingData: true, Options: local.RestoreOptions{
			InPlace: true, VolumeIDs: []string{"v-1", "v-2"}, Overwrite: local.OverwriteAlways, SkipOwners: true, AllowIncomplete: true,
		}},
	}, service.requests); diff != "" {
		t.Error(diff)
	}
}

// A restore runs again when it is asked for, and never by itself: not when its record, its point or
// the history is gone.
func TestAccRestoreOnce(t *testing.T) {
	t.Parallel()
	service := newFakeRestorer(restored)
	trigger := func(value string) string {
		return restoreOf("point-0", toTarget+"\ntriggers = { drill = "+value+" }")
	}
	step := func(config string, action plancheck.ResourceActionType) resource.TestStep {
		return resource.TestStep{Config: config, ConfigPlanChecks: planned(restoreAddress, action)}
	}
	f := newFakeTest(t, service)
	f.run(
		step(restoreOf("point-0", toTarget), plancheck.ResourceActionCreate),
		step(trigger(`"1"`), plancheck.ResourceActionUpdate),
		resource.TestStep{
			Config: trigger(`"2"`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(restoreAddress, plancheck.ResourceActionDestroyBeforeCreate),
				f.says("^WARNING: Restored Once More: Because triggers changes.*restore restore-0 of backup point point-0 made stays"),
			}},
		},
		resource.TestStep{
			PreConfig: func() {
				expectRestores(t, service, 2)
				service.restores, service.looks = nil, 0
				service.refuse = func(backup.RestoreRequest) []backup.Problem {
					return []backup.Problem{{Path: []string{"point_id"}, Summary: "Point Not Found", Detail: "It is gone."}}
				}
			},
			Config:            trigger(`"2"`),
			ConfigPlanChecks:  nothingPlanned(),
			ConfigStateChecks: []statecheck.StateCheck{has(restoreAddress, "status", knownvalue.StringExact("succeeded"))},
		},
		step(restoreOf("point-0", toTarget), plancheck.ResourceActionUpdate),
	)
	expectRestores(t, service, 2)
	if service.looks > 0 {
		t.Errorf("%d looks at a finished restore", service.looks)
	}
}

func TestAccRestoreFails(t *testing.T) {
	t.Parallel()
	service := newFakeRestorer(restoring, broken)
	newFakeTest(t, service).run(
		resource.TestStep{
			Config:      restoreOf("point-0", toTarget),
			ExpectError: regexp.MustCompile(`(?s)Unable to Restore Backup Point.*restore-0.*A\s+pack\s+is\s+damaged`),
		},
		resource.TestStep{
			RefreshState: true, ExpectNonEmptyPlan: true,
			Check: resource.ComposeTestCheckFunc(
				resource.TestCheckResourceAttr(restoreAddress, "status", "failed"),
				resource.TestCheckResourceAttr(restoreAddress, "error", "a pack is damaged"),
			),
		},
		resource.TestStep{
			PreConfig:        func() { service.steps = []restoreLook{restored} },
			Config:           restoreOf("point-0", toTarget),
			ConfigPlanChecks: planned(restoreAddress, plancheck.ResourceActionDestroyBeforeCreate),
		},
	)
}

// What a cloud still works at is not tainted: the next apply must not begin another restore beside it.
func TestAccRestoreGivenUpAtCloud(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		look func(*fakeTest) restoreLook
		more string
		want string
	}{
		"timeout": {
			look: func(*fakeTest) restoreLook { return restoring },
			more: `timeouts = { create = "200ms" }`,
			want: `The restore was not finished within 200ms \(timeouts.create\).*goes on`,
		},
		"interrupt": {
			look: func(f *fakeTest) restoreLook {
				return restoreLook{status: backup.HistoryRunning, progress: 30, during: f.interrupt}
			},
			want: "The operation was interrupted",
		},
		"out of sight": {
			look: func(*fakeTest) restoreLook {
				return restoreLook{status: backup.HistoryRunning, progress: 30, fails: backup.Errorf(backup.ErrDenied, "token expired")}
			},
			want: "The restore could not be followed to its end: token expired",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := newFakeRestorer()
			f := newFakeTest(t, service)
			service.steps = []restoreLook{restoring, c.look(f)}
			config := restoreOf("point-0", toTarget+"\n"+c.more)
			status := func(want string) []statecheck.StateCheck {
				return []statecheck.StateCheck{has(restoreAddress, "status", knownvalue.StringExact(want))}
			}
			f.run(
				resource.TestStep{
					Config:            config,
					ConfigPlanChecks:  planned(restoreAddress, plancheck.ResourceActionCreate),
					ConfigStateChecks: status("running"),
					Check: resource.ComposeTestCheckFunc(f.saysNow("^WARNING: Restore Not Finished: "+c.want), func(*terraform.State) error {
						service.steps = []restoreLook{restoring}
						return nil
					}),
				},
				resource.TestStep{
					PreConfig: func() {
						f.forget()
						service.steps = []restoreLook{broken}
					},
					Config:            config,
					ConfigPlanChecks:  resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), f.says("^WARNING: Restore Failed: .*pack is damaged")}},
					ConfigStateChecks: status("failed"),
				},
			)
			expectRestores(t, service, 1)
		})
	}
}

func TestAccRestoreGivenUpHere(t *testing.T) {
	t.Parallel()
	config := restoreOf("point-0", toTarget+"\ntimeouts = { create = \"200ms\" }")
	t.Run("stopped", func(t *testing.T) {
		t.Parallel()
		service := &fakeOwnRestorer{fakeRestorer: newFakeRestorer(restoring)}
		newFakeTest(t, service).run(
			resource.TestStep{
				Config: config,
				ExpectError: regexp.MustCompile(
					`(?s)Unable to Restore Backup Point.*200ms\s+\(timeouts.create\).*stopped.*failed:\s+canceled.*stays\s+in\s+/restored`),
			},
			resource.TestStep{
				PreConfig:        func() { service.steps = []restoreLook{restored} },
				Config:           config,
				ConfigPlanChecks: planned(restoreAddress, plancheck.ResourceActionDestroyBeforeCreate),
			},
		)
		expectIDs(t, "canceled", service.canceled, "restore-0")
	})
	t.Run("too late", func(t *testing.T) {
		t.Parallel()
		service := &fakeOwnRestorer{fakeRestorer: newFakeRestorer(restoring), tooLate: true}
		newFakeTest(t, service).run(resource.TestStep{
			Config:            config,
			ConfigStateChecks: []statecheck.StateCheck{has(restoreAddress, "status", knownvalue.StringExact("succeeded"))},
		})
	})
}

// Nobody knows how a restore ended whose record is gone: it is neither removed nor run again.
func TestAccRestoreForgotten(t *testing.T) {
	t.Parallel()
	service := newFakeRestorer(restoring)
	f := newFakeTest(t, service)
	config := restoreOf("point-0", toTarget+"\ntimeouts = { create = \"100ms\" }")
	f.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() { service.restores = nil },
			Config:    config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectEmptyPlan(),
				f.says("^WARNING: Restore Not Found: "),
			}},
			ConfigStateChecks: []statecheck.StateCheck{has(restoreAddress, "status", knownvalue.StringExact("running"))},
		},
		resource.TestStep{
			PreConfig: func() { service.scope.ID = "region-2" },
			Config:    config, PlanOnly: true,
			ExpectError: regexp.MustCompile("Wrong Backup Store"),
		},
		resource.TestStep{PreConfig: func() { service.scope.ID = "region-1" }, Config: config},
	)
	expectRestores(t, service, 1)
}

func TestAccRestoreRefused(t *testing.T) {
	t.Parallel()
	service := newFakeRestorer(restored)
	service.refuse = func(r backup.RestoreRequest) []backup.Problem {
		var problems []backup.Problem
		add := func(path ...string) {
			problems = append(problems, backup.Problem{Path: path, Summary: "No " + path[len(path)-1], Detail: "It is missing."})
		}
		if r.PointID == "" {
			add("point_id")
		}
		if o, ok := r.Options.(local.RestoreOptions); !ok {
			add("local")
		} else if o.Target == "" {
			add("local", "target")
		}
		return problems
	}
	step := func(config, want string) resource.TestStep {
		return resource.TestStep{Config: config, PlanOnly: true, ExpectError: regexp.MustCompile("(?s)" + want)}
	}
	newFakeTest(t, service).run(
		step(restoreOf("point-0", ""), "No local"),
		step(restoreOf("point-0", "local = {}"), "No target"),
		step(restoreOf("point-0", `local = { target = "/x", overwrite = "sometimes" }`), `Invalid Attribute Value Match.*if_newer`),
		// What is not known yet is not complained of.
		resource.TestStep{
			Config: fmt.Sprintf(`
resource "terraform_data" "x" {
  input = %q
}
resource "serverbackup_restore" "test" {
  point_id = terraform_data.x.id
  local    = { target = terraform_data.x.output }
}
`, "/restored"),
		},
	)
	expectRestores(t, service, 1)

	other := newFakeRestorer()
	other.scope.Service = "cloud"
	newFakeTest(t, other).run(step(restoreOf("point-0", toTarget), `Attribute of Another Backup Service.*configured for\s+cloud`))
	newFakeTest(t, newFakeService()).run(step(restoreOf("point-0", toTarget), `Unable to Restore Backup Point.*configured\s+backup\s+service`))
}
