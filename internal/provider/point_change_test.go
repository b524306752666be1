package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// pointWith is the configuration of a point with more in it.
func pointWith(rest string) string {
	return "resource \"serverbackup_point\" \"now\" {\n  server_id = \"server-1\"\n" + rest + "\n}\n"
}

func TestAccPointTriggersReplace(t *testing.T) {
	t.Parallel()
	service := newFakeService(finished)
	test := newFakeTest(t, service)
	test.run(
		resource.TestStep{Config: pointWith(`triggers = { release = "1" }`)},
		resource.TestStep{
			PreConfig: test.forget,
			Config:    pointWith(`triggers = { release = "2" }`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				pointPlans(plancheck.ResourceActionDestroyBeforeCreate),
				test.says(`WARNING: Backup Point Will Be Replaced: Because triggers changes.*point-0.*deleted before.*create_before_destroy = true`),
			}},
		},
		resource.TestStep{
			PreConfig: test.forget,
			Config:    pointWith("triggers = { release = \"3\" }\nlifecycle {\ncreate_before_destroy = true\n}"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				pointPlans(plancheck.ResourceActionCreateBeforeDestroy),
			}},
		},
		resource.TestStep{
			// Neither what is no longer set nor what is set for the first time asks for another point.
			Config:           pointWith(""),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{pointPlans(plancheck.ResourceActionUpdate)}},
		},
		resource.TestStep{
			Config:           pointWith("triggers = { release = \"4\" }\nfull = false\ndescription = \"x\""),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{pointPlans(plancheck.ResourceActionUpdate)}},
		},
	)
	expectIDs(t, "deleted", service.deleted, "point-0", "point-1", "point-2")
}

func TestAccPointInputsReplace(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][2]string{
		"name":        {`name = "a"`, `name = "b"`},
		"description": {`description = "a"`, `description = "b"`},
		"full":        {`full = true`, `full = false`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newFakeTest(t, newFakeService(finished)).run(
				resource.TestStep{Config: pointWith(change[0])},
				resource.TestStep{
					Config: pointWith(change[1]),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						pointPlans(plancheck.ResourceActionDestroyBeforeCreate),
					}},
				},
			)
		})
	}
}

func TestAccPointOtherServerReplaces(t *testing.T) {
	t.Parallel()
	newFakeTest(t, newFakeService(finished)).run(
		resource.TestStep{Config: pointConfig},
		resource.TestStep{
			Config: `resource "serverbackup_point" "now" { server_id = "server-2" }`,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				pointPlans(plancheck.ResourceActionDestroyBeforeCreate),
			}},
		},
	)
}

// With on_destroy = "keep" nothing is lost, so there is nothing to warn of.
func TestAccPointKeptOnDestroy(t *testing.T) {
	t.Parallel()
	service := newFakeService(finished)
	test := newFakeTest(t, service)
	test.run(
		resource.TestStep{Config: pointWith(`triggers = { release = "1" }`)},
		resource.TestStep{
			Config: pointWith("triggers = { release = \"2\" }\non_destroy = \"keep\""), PlanOnly: true, ExpectNonEmptyPlan: true,
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{
				test.says("counts only once it is applied"),
			}},
		},
		resource.TestStep{
			Config:           pointWith("triggers = { release = \"1\" }\non_destroy = \"keep\""),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{pointPlans(plancheck.ResourceActionUpdate)}},
		},
		resource.TestStep{
			PreConfig: test.forget,
			Config:    pointWith("triggers = { release = \"2\" }\non_destroy = \"keep\""),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				pointPlans(plancheck.ResourceActionDestroyBeforeCreate), test.says(),
			}},
		},
	)
	expectIDs(t, "kept", service.left(), "point-0", "point-1")
	expectIDs(t, "deleted", service.deleted)
}

func TestAccPointInErrorIsReplaced(t *testing.T) {
	t.Parallel()
	service := newFakeService(finished)
	test := newFakeTest(t, service)
	test.run(
		resource.TestStep{Config: pointConfig},
		resource.TestStep{
			PreConfig: func() {
				service.edit("point-0", func(p *backup.Point) { p.Status, p.Error = backup.StatusError, "bit rot" })
			},
			Config: pointConfig,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				pointPlans(plancheck.ResourceActionDestroyBeforeCreate),
				test.says(`WARNING: Backup Point in Error.*point-0.*bit rot`),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				pointHas("id", knownvalue.StringExact("point-1")), pointHas("status", knownvalue.StringExact("available")),
			},
		},
	)
}

func TestAccPointUpdatedInPlace(t *testing.T) {
	t.Parallel()
	service := newFakeService(finished)
	inPlace := func(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
		return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			pointPlans(action),
			plancheck.ExpectKnownValue(pointAddress, tfjsonpath.New("status"), knownvalue.StringExact("available")),
			plancheck.ExpectKnownValue(pointAddress, tfjsonpath.New("error"), knownvalue.Null()),
		}}
	}
	newFakeTest(t, service).run(
		resource.TestStep{Config: pointWith(`tags = { a = "1" }`)},
		resource.TestStep{Config: pointWith(`tags = { a = "2", b = "3" }`), ConfigPlanChecks: inPlace(plancheck.ResourceActionUpdate)},
		resource.TestStep{
			Config:           pointWith("on_missing = \"error\"\nstall_timeout = \"1h\"\nwait = false\ntimeouts = { delete = \"5m\" }\ntags = { a = \"2\", b = \"3\" }"),
			ConfigPlanChecks: inPlace(plancheck.ResourceActionUpdate),
		},
		resource.TestStep{
			// Tags that were changed elsewhere are put right.
			PreConfig:        func() { service.edit("point-0", func(p *backup.Point) { p.Tags = map[string]string{"a": "9"} }) },
			Config:           pointWith(`tags = { a = "2" }`),
			ConfigPlanChecks: inPlace(plancheck.ResourceActionUpdate),
		},
		resource.TestStep{Config: pointWith(""), ConfigPlanChecks: inPlace(plancheck.ResourceActionUpdate)},
		resource.TestStep{Config: pointWith("tags = {}"), ConfigPlanChecks: inPlace(plancheck.ResourceActionUpdate)},
	)
	if n := len(service.updates); n != 4 {
		t.Errorf("%d updates of tags, want 4: %v", n, service.updates)
	}
}

// What somebody else calls the point must not cost a backup.
func TestAccPointRenamedElsewhere(t *testing.T) {
	t.Parallel()
	service := newFakeService(finished)
	config := pointWith("name = \"a\"\ndescription = \"b\"")
	newFakeTest(t, service).run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig:        func() { service.edit("point-0", func(p *backup.Point) { p.Name, p.Description = "c", "d" }) },
			Config:           config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
	)
}
