package provider

import (
	"testing"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	emulatedcbr "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
)

// exampleServers are two instances for the examples.
func exampleServers() (upgraded string, variables config.Variables) {
	upgraded = uuid.NewString()
	return upgraded, config.Variables{
		"ecs_ids":     config.SetVariable(config.StringVariable(upgraded), config.StringVariable(uuid.NewString())),
		"upgraded_id": config.StringVariable(upgraded),
	}
}

// applyService applies the example of a service, looks whether its plan is empty, also half a year later, and takes it
// away again. What is to be done before that is done then; nil for nothing.
func (e *emulatorTest) applyService(service string, variables config.Variables, before func(), checks ...statecheck.StateCheck) {
	e.t.Helper()
	example := resource.TestStep{Config: serviceExample(e.t, service), ConfigVariables: variables}
	applied := example
	applied.ConfigStateChecks = checks
	applied.ConfigPlanChecks = resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	e.run(
		applied,
		acrossDaylightSaving(e.clock, example),
		// The testing library can look at no state with for_each.
		resource.TestStep{PreConfig: before, Config: serviceExample(e.t, service, "variables.tf"), ConfigVariables: variables},
	)
}

// TestAccCSBSExample applies examples/services/csbs.
func TestAccCSBSExample(t *testing.T) {
	t.Parallel()
	c := newCSBSTest(t)
	_, variables := exampleServers()
	c.applyService("csbs", variables, nil,
		has("serverbackup_restore.back", "status", knownvalue.StringExact("succeeded")),
		statecheck.ExpectKnownOutputValue("disks", knownvalue.MapSizeExact(2)),
		statecheck.ExpectKnownOutputValue("broken", knownvalue.TupleExact(nil)),
		statecheck.ExpectKnownOutputValue("used_bytes", knownvalue.NotNull()),
	)
	if left := c.policies(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestAccCBRExample applies examples/services/cbr, with the disks of a restore exchanged.
func TestAccCBRExample(t *testing.T) {
	t.Parallel()
	c := newCBRTest(t, emulatedcbr.Options{})
	upgraded, variables := exampleServers()
	var disks []emulatedcbr.Disk
	for _, name := range []string{"system", "a", "b"} {
		disks = append(disks, emulatedcbr.Disk{ID: uuid.NewString(), Name: name, SizeGB: 40})
	}
	c.cloud.AddServer(emulatedcbr.Server{ID: upgraded, Name: "web-1", Disks: disks})
	variables["volume_mapping"] = config.MapVariable(map[string]config.Variable{
		disks[0].ID: config.StringVariable(disks[0].ID),
		disks[1].ID: config.StringVariable(disks[2].ID), disks[2].ID: config.StringVariable(disks[1].ID),
	})
	c.applyService("cbr", variables, c.deleteScheduled,
		has("serverbackup_restore.back", "status", knownvalue.StringExact("succeeded")),
		statecheck.ExpectKnownOutputValue("disks", knownvalue.MapSizeExact(3)),
		statecheck.ExpectKnownOutputValue("used_bytes", knownvalue.NotNull()),
	)
	if got := c.cloud.Restores(iam.DefaultAccount().ProjectID); len(got) != 1 || got[0].ServerID != upgraded || len(got[0].Volumes) != len(disks) {
		t.Errorf("restored: %v", got)
	}
}

// deleteScheduled deletes what the policies have made by now: the server of an example leaves its vault only without points.
func (c *cbrTest) deleteScheduled() {
	c.t.Helper()
	svc := c.service()
	for p, err := range svc.Points(c.t.Context(), backup.PointFilter{}) {
		if err == nil && p.ScheduleType == backup.SchedulePolicy {
			err = svc.DeletePoint(c.t.Context(), p.ID)
		}
		if err != nil {
			c.t.Fatal(err)
		}
	}
}
