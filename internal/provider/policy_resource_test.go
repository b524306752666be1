package provider

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

const (
	policyAddress = "serverbackup_policy.test"

	minPolicy = `
resource "serverbackup_policy" "test" {
  name      = "nightly"
  schedules = ["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]
}
`
	maxPolicy = `
resource "serverbackup_policy" "test" {
  name        = "nightly of web"
  description = "Every night"
  schedules   = ["FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=2;BYMINUTE=30", "FREQ=HOURLY;INTERVAL=6;BYMINUTE=15"]
  timezone    = "Europe/Berlin"
  enabled     = false
  retention = {
    latest  = 3
    hourly  = 24
    daily   = 7
    weekly  = 4
    monthly = 12
    yearly  = 5
    days    = 2
  }
  incrementals_per_full = 6
  timeouts              = { create = "1m", update = "1m", delete = "1m" }
}
`
)

// planned expects one action on an address, and nothing else to differ.
func planned(address string, action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}}
}

// nothingPlanned expects a configuration that means what is there already.
func nothingPlanned() resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
}

func has(address, attribute string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), value)
}

func TestAccPolicyMinMax(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	text := knownvalue.StringExact
	number := knownvalue.Int64Exact
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{
				Config:           store.config(minPolicy),
				ConfigPlanChecks: planned(policyAddress, plancheck.ResourceActionCreate),
				ConfigStateChecks: []statecheck.StateCheck{
					has(policyAddress, "id", knownvalue.NotNull()),
					has(policyAddress, "created_at", knownvalue.StringRegexp(regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`))),
					has(policyAddress, "description", knownvalue.Null()),
					has(policyAddress, "timezone", text("UTC")),
					has(policyAddress, "enabled", knownvalue.Bool(true)),
					has(policyAddress, "retention", knownvalue.Null()),
					has(policyAddress, "incrementals_per_full", knownvalue.Null()),
					has(policyAddress, "default", knownvalue.Null()),
					has(policyAddress, "tags", knownvalue.Null()),
				},
			},
			{
				// What is the default anyway is no change when it is written down.
				Config: store.config(`
resource "serverbackup_policy" "test" {
  name      = "nightly"
  schedules = ["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]
  timezone  = "UTC"
  enabled   = true
}
`),
				ConfigPlanChecks: nothingPlanned(),
			},
			{ResourceName: policyAddress, ImportState: true, ImportStateVerify: true},
			{
				Config: store.config(maxPolicy),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(policyAddress, plancheck.ResourceActionUpdate),
					plancheck.ExpectKnownValue(policyAddress, tfjsonpath.New("id"), knownvalue.NotNull()),
				}},
				ConfigStateChecks: []statecheck.StateCheck{
					has(policyAddress, "name", text("nightly of web")),
					has(policyAddress, "description", text("Every night")),
					has(policyAddress, "schedules", knownvalue.ListExact([]knownvalue.Check{
						text("FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=2;BYMINUTE=30"), text("FREQ=HOURLY;INTERVAL=6;BYMINUTE=15"),
					})),
					has(policyAddress, "retention", knownvalue.ObjectExact(map[string]knownvalue.Check{
						"latest": number(3), "hourly": number(24), "daily": number(7), "weekly": number(4),
						"monthly": number(12), "yearly": number(5), "days": number(2),
					})),
					has(policyAddress, "incrementals_per_full", number(6)),
				},
			},
			{ResourceName: policyAddress, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"timeouts"}},
			{
				Config:           store.config(minPolicy),
				ConfigPlanChecks: planned(policyAddress, plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{
					has(policyAddress, "description", knownvalue.Null()),
					has(policyAddress, "enabled", knownvalue.Bool(true)),
					has(policyAddress, "retention", knownvalue.Null()),
					has(policyAddress, "incrementals_per_full", knownvalue.Null()),
				},
			},
		},
	})
}

// TestAccPolicyEachAttribute changes, and takes out again, one attribute at a time.
func TestAccPolicyEachAttribute(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	policy := func(more string) string {
		return store.config(fmt.Sprintf(`
resource "serverbackup_policy" "test" {
  name      = "nightly"
  schedules = ["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]
  %s
}
`, more))
	}
	steps := []resource.TestStep{{Config: policy("")}}
	for _, more := range []string{
		`description = "x"`, `description = ""`, `timezone = "Asia/Ho_Chi_Minh"`, `enabled = false`,
		`retention = { daily = 7 }`, `retention = { daily = 8, weekly = 1 }`, `retention = { days = 30 }`,
		`incrementals_per_full = 0`, `timeouts = { create = "5m" }`, `tags = {}`, ``,
	} {
		steps = append(steps, resource.TestStep{
			Config: policy(more), ConfigPlanChecks: planned(policyAddress, plancheck.ResourceActionUpdate),
		})
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: protoV6ProviderFactories, Steps: steps})
}

func TestAccPolicySchedulesSpelling(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	policy := func(name, schedules string) string {
		return store.config(fmt.Sprintf(`
resource "serverbackup_policy" "test" {
  name      = %q
  schedules = [%s]
}
`, name, schedules))
	}
	const (
		first  = `"FREQ=DAILY;BYHOUR=1,13;BYMINUTE=0", "FREQ=WEEKLY;BYDAY=SU;BYHOUR=3;BYMINUTE=0"`
		second = `"rrule:freq=weekly;byhour=3;byminute=0;byday=su", "FREQ=DAILY;INTERVAL=1;BYMINUTE=0;BYHOUR=13,1"`
	)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{Config: policy("spelling", first)},
			{Config: policy("spelling", second), ConfigPlanChecks: nothingPlanned()},
			{
				// Beside a real change, the spelling of the state still stays.
				Config: policy("other", second),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(policyAddress, plancheck.ResourceActionUpdate),
					plancheck.ExpectKnownValue(policyAddress, tfjsonpath.New("schedules").AtSliceIndex(0),
						knownvalue.StringExact("FREQ=DAILY;BYHOUR=1,13;BYMINUTE=0")),
				}},
			},
			{
				Config:           policy("other", ``),
				ConfigPlanChecks: planned(policyAddress, plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{
					has(policyAddress, "schedules", knownvalue.ListSizeExact(0)),
				},
			},
			{ResourceName: policyAddress, ImportState: true, ImportStateVerify: true},
		},
	})
}

func TestAccPolicyUnknownValues(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	config := func(hour, days string) string {
		return store.config(fmt.Sprintf(`
resource "terraform_data" "source" {
  input = { name = "nightly", rule = "FREQ=DAILY;BYHOUR=%s;BYMINUTE=0", zone = "UTC", days = %s }
}
resource "serverbackup_policy" "test" {
  name      = terraform_data.source.output.name
  schedules = [terraform_data.source.output.rule]
  timezone  = terraform_data.source.output.zone
  retention = { days = terraform_data.source.output.days, latest = 1 }
}
`, hour, days))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{
				Config: config("1", "3"),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectUnknownValue(policyAddress, tfjsonpath.New("name")),
				}},
				ConfigStateChecks: []statecheck.StateCheck{has(policyAddress, "name", knownvalue.StringExact("nightly"))},
			},
			{Config: config("2", "4"), ConfigPlanChecks: planned(policyAddress, plancheck.ResourceActionUpdate)},
		},
	})
}

func TestAccPolicyInvalid(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	policy := func(more string) string {
		return store.config("resource \"serverbackup_policy\" \"test\" {\n" + more + "\n}\n")
	}
	const valid = "name = \"x\"\nschedules = [\"FREQ=DAILY;BYHOUR=1;BYMINUTE=0\"]\n"
	var steps []resource.TestStep
	for _, c := range []struct{ config, message string }{
		{"name = \"x\"\nschedules = [\"FREQ=DAILY\"]", "(?s)Invalid Schedule.*BYHOUR"},
		{"name = \"x\"\nschedules = [\"FREQ=YEARLY\"]", "(?s)Invalid Schedule"},
		{"name = \"x\"\nschedules = [null]", "(?s)null"},
		{"name = \"\"\nschedules = []", "(?s)name string length must be at least 1"},
		{valid + `timezone = "Berlin"`, "(?s)Invalid Time Zone.*Europe/Berlin"},
		{valid + `retention = {}`, `(?s)Empty Retention.*retention = \{ daily = 7 \}`},
		{valid + `retention = { daily = 0 }`, `(?s)retention.daily value must be at least 1`},
		{valid + `incrementals_per_full = -1`, `(?s)must be at least 0`},
		// The rest is the service's to say, at plan time.
		{"name = \"x\"\nschedules = [\"FREQ=DAILY;INTERVAL=2;BYHOUR=1;BYMINUTE=0\"]", "(?s)Invalid Schedule.*INTERVAL=2"},
		{valid + `default = true`, `(?s)default = true.*does\s+not\s+support\s+default`},
		{valid + `tags = { a = "b" }`, `(?s)tags = .*does\s+not\s+support\s+tags`},
	} {
		steps = append(steps, resource.TestStep{Config: policy(c.config), PlanOnly: true, ExpectError: regexp.MustCompile(c.message)})
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: protoV6ProviderFactories, Steps: steps})
}

func TestAccPolicyDisappears(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	var id string
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{
				Config: store.config(minPolicy),
				Check:  rememberID(policyAddress, &id),
			},
			{
				PreConfig: func() {
					if err := store.service().DeletePolicy(t.Context(), id); err != nil {
						t.Fatal(err)
					}
				},
				Config:           store.config(minPolicy),
				ConfigPlanChecks: planned(policyAddress, plancheck.ResourceActionCreate),
				Check: resource.TestCheckResourceAttrWith(policyAddress, "id", func(got string) error {
					if got == id {
						return fmt.Errorf("the policy still has the id %s", id)
					}
					return nil
				}),
			},
		},
	})
}

// rememberID keeps the id of a resource for a later step.
func rememberID(address string, id *string) resource.TestCheckFunc {
	return resource.TestCheckResourceAttrWith(address, "id", func(got string) error {
		*id = got
		return nil
	})
}

func TestAccPolicyChangedElsewhere(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	var id string
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{Config: store.config(minPolicy), Check: rememberID(policyAddress, &id)},
			{
				PreConfig: func() {
					svc := store.service()
					p, err := svc.Policy(t.Context(), id)
					if err != nil {
						t.Fatal(err)
					}
					p.Schedules = []string{"FREQ=DAILY;BYHOUR=9;BYMINUTE=0"}
					if _, err := svc.UpdatePolicy(t.Context(), p); err != nil {
						t.Fatal(err)
					}
				},
				Config:           store.config(minPolicy),
				ConfigPlanChecks: planned(policyAddress, plancheck.ResourceActionUpdate),
			},
		},
	})
}

// TestAccPolicyWrongStore: another repository must not look like "everything is gone".
func TestAccPolicyWrongStore(t *testing.T) {
	t.Parallel()
	store, other := newAccStore(t), newAccStore(t)
	wrong := regexp.MustCompile(`(?s)Wrong Backup Store.*belongs\s+to.*Nothing\s+was\s+read\s+or\s+changed`)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{Config: store.config(minPolicy)},
			{Config: other.config(minPolicy), PlanOnly: true, ExpectError: wrong},
			{
				PreConfig: func() { createPolicy(t, other, "foreign") },
				Config:    other.config(minPolicy), PlanOnly: true, ExpectError: wrong,
			},
			{Config: store.config(minPolicy), ConfigPlanChecks: nothingPlanned()},
		},
	})
}

// TestAccPolicyImportUnknownID is an error, not an empty import.
func TestAccPolicyImportUnknownID(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{{
			Config:        store.config(minPolicy),
			ResourceName:  policyAddress,
			ImportState:   true,
			ImportStateId: "nosuch",
			ExpectError:   regexp.MustCompile("Cannot import non-existent remote object"),
		}},
	})
}

// TestAccPolicyImportBlock imports what somebody else made, and changes nothing.
func TestAccPolicyImportBlock(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	id := createPolicy(t, store, "nightly")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{{
			Config:           store.config(fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", policyAddress, id) + minPolicy),
			ConfigPlanChecks: planned(policyAddress, plancheck.ResourceActionNoop),
			Check:            resource.TestCheckResourceAttr(policyAddress, "id", id),
		}},
	})
}
