package provider

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// importBlock imports the first point of a fake service.
const importBlock = `
import {
  to = serverbackup_point.now
  id = "point-0"
}
`

// takenElsewhere is a service with one point that Terraform knows nothing of.
func takenElsewhere(t *testing.T) *fakeService {
	t.Helper()
	service := newFakeService(finished)
	p, err := service.StartPoint(t.Context(), backup.PointRequest{
		ServerID: "server-1", Name: "by-hand", Description: "before the move", Tags: map[string]string{"a": "b"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := service.Point(t.Context(), p.ID, backup.Fresh); err != nil {
		t.Fatal(err)
	}
	return service
}

func TestAccPointImportVerify(t *testing.T) {
	t.Parallel()
	newFakeTest(t, newFakeService(finished)).run(
		resource.TestStep{Config: pointWith("name = \"n\"\ndescription = \"d\"\ntags = { a = \"b\" }")},
		resource.TestStep{ResourceName: pointAddress, ImportState: true, ImportStateVerify: true},
	)
}

func TestAccPointImportPlansNothing(t *testing.T) {
	t.Parallel()
	service := takenElsewhere(t)
	inputs := "name = \"by-hand\"\ndescription = \"before the move\"\ntags = { a = \"b\" }\n"
	newFakeTest(t, service).run(
		resource.TestStep{
			Config: importBlock + pointWith(inputs),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				pointPlans(plancheck.ResourceActionNoop),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				pointHas("on_destroy", knownvalue.StringExact("delete")),
				pointHas("full", knownvalue.Null()),
				pointHas("triggers", knownvalue.Null()),
			},
		},
		resource.TestStep{
			Config:           pointWith(inputs + "triggers = { release = \"1\" }\nfull = true"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{pointPlans(plancheck.ResourceActionUpdate)}},
		},
	)
	if n := len(service.requests); n != 1 || len(service.updates) > 0 {
		t.Errorf("%d points begun, updates %v", n, service.updates)
	}
}

// A configuration that says nothing of name and description must not replace what was imported.
func TestAccPointImportWithoutInputs(t *testing.T) {
	t.Parallel()
	newFakeTest(t, takenElsewhere(t)).run(resource.TestStep{
		Config: importBlock + pointWith("tags = { a = \"b\" }"),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			pointPlans(plancheck.ResourceActionUpdate),
		}},
		ConfigStateChecks: []statecheck.StateCheck{
			pointHas("id", knownvalue.StringExact("point-0")),
			pointHas("name", knownvalue.StringExact("by-hand")),
			pointHas("description", knownvalue.Null()),
		},
	})
}

func TestAccPointImportNothing(t *testing.T) {
	t.Parallel()
	test := newFakeTest(t, newFakeService())
	test.run(resource.TestStep{
		Config: importBlock + pointConfig, PlanOnly: true,
		ExpectError: regexp.MustCompile("Cannot import non-existent remote object"),
	})
	if err := test.heard(); err != nil {
		t.Error(err)
	}
}
