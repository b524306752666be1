package provider

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
)

// TestAccVNGCloudPolicy: the rules stay as they are spelled, over summer and winter and an import.
func TestAccVNGCloudPolicy(t *testing.T) {
	t.Parallel()
	c := newCenterTest(t)
	policy := func(body string) string {
		return "resource \"serverbackup_policy\" \"test\" {\n  name = \"test\"\n" + body + "\n}\n"
	}
	const weekly = `
  timezone  = "Europe/Berlin"
  schedules = ["FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=30", "RRULE:FREQ=MONTHLY;BYDAY=2TU;BYHOUR=2;BYMINUTE=30"]
  retention = { weekly = 4, monthly = 12 }
`
	refuses := func(body, pattern string) resource.TestStep {
		return resource.TestStep{Config: policy(body), PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)` + pattern)}
	}
	c.run(
		refuses(`schedules = ["FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=2;BYMINUTE=0"]
  retention = { weekly = 4 }`, `Schedule Not Supported.*nearest.*FREQ=WEEKLY;BYDAY=MO;BYHOUR=2;BYMINUTE=0`),
		refuses(`schedules = ["FREQ=DAILY;BYHOUR=2;BYMINUTE=0"]
  retention = { weekly = 4 }`, `Missing Retention.*retention.daily`),
		refuses(`schedules = ["FREQ=DAILY;BYHOUR=2;BYMINUTE=0"]
  retention = { daily = 4, latest = 3 }
  description = "no"
  enabled = false
  tags = { a = "b" }`, `retention.latest.*description.*enabled.*tags`),
		resource.TestStep{Config: policy(weekly), ConfigStateChecks: []statecheck.StateCheck{
			has(policyAddress, "default", knownvalue.Bool(false)),
			has(policyAddress, "vngcloud", knownvalue.Null()),
		}},
		resource.TestStep{PreConfig: func() { c.clock.Advance(days(200)) }, Config: policy(weekly), ConfigPlanChecks: nothingPlanned()},
		resource.TestStep{Config: policy(weekly), ResourceName: policyAddress, ImportState: true, ImportStateKind: resource.ImportBlockWithID},
		resource.TestStep{
			Config:           policy(weekly + "  incrementals_per_full = 3\n  default = true\n  vngcloud = { email_on = [\"ERROR\", \"SUCCESS\"], protect_server = true }"),
			ConfigPlanChecks: planned(policyAddress, plancheck.ResourceActionUpdate),
		},
		resource.TestStep{
			Config:       policy(weekly + "  incrementals_per_full = 3\n  default = true\n  vngcloud = { email_on = [\"ERROR\", \"SUCCESS\"], protect_server = true }"),
			ResourceName: policyAddress, ImportState: true, ImportStateKind: resource.ImportBlockWithID,
		},
		refuses(weekly+"  default = false", `Default Policy Needed`),
		resource.TestStep{
			// Somebody changes it in the console.
			PreConfig: func() { c.editPolicy(func(p *backup.Policy) { p.Retention.Weekly = new(int64(2)) }) },
			Config:    policy(weekly + "  incrementals_per_full = 3\n"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(policyAddress, plancheck.ResourceActionUpdate),
			}},
		},
		// The default policy cannot be deleted.
		resource.TestStep{
			PreConfig: func() {
				_, err := c.service().UpdatePolicy(t.Context(), c.policy("Default-vBackup-Policy", func(p *backup.Policy) { p.Default = new(true) }))
				if err != nil {
					t.Error(err)
				}
			},
			Config: policy(weekly + "  incrementals_per_full = 3\n"),
		},
	)
}

// policy is the one of a name, changed.
func (c *centerTest) policy(name string, change func(*backup.Policy)) backup.Policy {
	c.t.Helper()
	for p, err := range c.service().Policies(c.t.Context()) {
		if err != nil {
			c.t.Fatal(err)
		}
		if p.Name == name {
			p.IncrementalsPerFull = nil
			change(&p)
			return p
		}
	}
	c.t.Fatalf("there is no policy %s", name)
	return backup.Policy{}
}

func (c *centerTest) editPolicy(change func(*backup.Policy)) {
	c.t.Helper()
	p := c.policy("test", change)
	p.Default = nil
	if _, err := c.service().UpdatePolicy(c.t.Context(), p); err != nil {
		c.t.Error(err)
	}
}

// TestAccVNGCloudLocation: what a lock and a bin allow, and the spellings of a region.
func TestAccVNGCloudLocation(t *testing.T) {
	t.Parallel()
	c := newCenterTest(t)
	location := func(region, more string) string {
		return fmt.Sprintf("resource \"serverbackup_location\" \"test\" {\n  name = \"vault\"\n  vngcloud = { region_id = %q }\n%s\n}\n", region, more)
	}
	const locked = "  soft_delete = { retention_days = 7 }\n  lock = { min_days = 7, max_days = 90, grace_days = 3 }\n"
	id := c.center.RegionIDs()["HCM04"]
	c.run(
		resource.TestStep{
			Config:      location("HCM99", ""),
			ExpectError: regexp.MustCompile(`(?s)Region Not Found.*HCM99.*HAN02|HCM04`),
		},
		resource.TestStep{
			Config:      location("HCM04", "  lock = { min_days = 7 }"),
			ExpectError: regexp.MustCompile(`(?s)Missing Lock Limit.*lock.max_days.*Missing Grace Period`),
		},
		resource.TestStep{
			Config: location("HCM04", locked),
			Check:  c.saysNow("Lock Becomes Permanent: After 3 days"),
		},
		resource.TestStep{
			Config: location("HCM04", locked), ResourceName: locationAddress, ImportState: true, ImportStateKind: resource.ImportBlockWithID,
		},
		// Another spelling is no other region, and another region another location.
		resource.TestStep{Config: location(id, locked), ConfigPlanChecks: planned(locationAddress, plancheck.ResourceActionUpdate)},
		resource.TestStep{Config: location("hcm04", locked), ConfigPlanChecks: planned(locationAddress, plancheck.ResourceActionUpdate)},
		resource.TestStep{
			Config: location("HAN02", locked), PlanOnly: true, ExpectNonEmptyPlan: true,
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPreRefresh: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(locationAddress, plancheck.ResourceActionDestroyBeforeCreate),
			}},
		},
		resource.TestStep{
			PreConfig:   func() { c.clock.Advance(days(4)) },
			Config:      location("HCM04", "  soft_delete = { retention_days = 7 }\n"),
			ExpectError: regexp.MustCompile(`(?s)Lock Cannot Change.*permanent since`),
		},
		resource.TestStep{
			PreConfig: c.forget,
			Config:    location("HCM04", "  lock = { min_days = 7, max_days = 90, grace_days = 3 }\n  quota_gb = 100\n"),
			Check:     c.saysNow("Bin Will Be Emptied.*0 points now"),
		},
		resource.TestStep{
			Config: location("HCM04", "  default = true\n  lock = { min_days = 7, max_days = 90, grace_days = 3 }\n"),

			ExpectError: regexp.MustCompile(`(?s)Default Cannot Change`),
		},
	)
}

// TestAccVNGCloudServer: what is left out is the service's to decide, and points are not deleted by accident.
func TestAccVNGCloudServer(t *testing.T) {
	t.Parallel()
	c := newCenterTest(t)
	exclude := fmt.Sprintf("  exclude_volume_ids = [%q]\n", c.volumes[1])
	nothing := `data "serverbackup_regions" "all" {}`
	c.run(
		resource.TestStep{Config: "resource \"serverbackup_server\" \"test\" {\n  name = \"web\"\n}\n", ExpectError: regexp.MustCompile(`(?s)Missing Instance|Attribute Not Supported`)},
		resource.TestStep{
			Config: c.server(""), ConfigStateChecks: []statecheck.StateCheck{
				has(serverAddress, "policy_id", knownvalue.StringRegexp(regexp.MustCompile("^bk-pol-"))),
				has(serverAddress, "location_id", knownvalue.StringRegexp(regexp.MustCompile("^bk-des-"))),
			},
		},
		resource.TestStep{Config: c.server(""), ResourceName: serverAddress, ImportState: true, ImportStateKind: resource.ImportBlockWithID},
		resource.TestStep{Config: c.server("  exclude_volume_ids = [\"vol-0\"]\n"), ExpectError: regexp.MustCompile(`Volume Not Found`)},
		resource.TestStep{Config: c.server("  enabled = false\n" + exclude), ConfigPlanChecks: planned(serverAddress, plancheck.ResourceActionUpdate)},
		resource.TestStep{
			PreConfig: func() {
				c.center.RunPolicy(c.backupServer().ID, "daily")
				c.clock.Advance(days(1))
			},
			Config: nothing, ExpectError: regexp.MustCompile(`(?s)Unable to Delete Backup Server.*points_on_destroy`),
		},
		resource.TestStep{Config: c.server("  points_on_destroy = \"keep\"\n")},
		resource.TestStep{
			// It is paused and forgotten, with its point.
			Config: nothing,
			ConfigStateChecks: []statecheck.StateCheck{
				has("data.serverbackup_regions.all", "regions", knownvalue.ListSizeExact(2)),
			},
		},
		resource.TestStep{
			PreConfig: func() {
				if s := c.backupServer(); s.Enabled || len(c.points()) != 1 {
					t.Errorf("kept: %+v with %d points", s, len(c.points()))
				}
			},
			Config: c.server("  points_on_destroy = \"delete\"\n"), ExpectError: regexp.MustCompile(`(?s)has\s+a\s+backup\s+server\s+already.*Import`),
		},
		resource.TestStep{
			Config: c.server("  points_on_destroy = \"delete\"\n"), ResourceName: serverAddress,
			ImportState: true, ImportStatePersist: true, ImportStateIdFunc: c.serverID,
		},
		resource.TestStep{Config: c.server("  points_on_destroy = \"delete\"\n")},
	)
	if n := len(c.points()); n > 0 {
		t.Errorf("%d points are left", n)
	}
}

// TestAccVNGCloudPoint: what can go wrong with a backup makes no second one.
func TestAccVNGCloudPoint(t *testing.T) {
	t.Parallel()
	c := newCenterTest(t)
	config := func(more string) string {
		return c.server("  points_on_destroy = \"delete\"\n") + `
resource "serverbackup_point" "now" {
  server_id = serverbackup_server.test.id
` + more + `
}
`
	}
	backups := func(want int) {
		t.Helper()
		if n := c.center.Counts.Snapshot().TotalBackups(); n != want {
			t.Errorf("%d backups were started, want %d", n, want)
		}
	}
	status := func(want string) []statecheck.StateCheck {
		return []statecheck.StateCheck{has(pointAddress, "status", knownvalue.StringExact(want))}
	}
	c.run(
		resource.TestStep{Config: config("  full = false"), ExpectError: regexp.MustCompile(`Incremental Point Not Supported`)},
		resource.TestStep{
			Config:      "resource \"serverbackup_point\" \"now\" {\n  server_id = \"" + c.instance + "\"\n}\n",
			ExpectError: regexp.MustCompile(`(?s)Server Not Found.*serverbackup_server`),
		},
		resource.TestStep{
			// The answer is lost after the service has taken the request.
			PreConfig: func() {
				c.center.Faults.Inject(emulator.Fault{Kind: emulator.FaultDropAfter, Method: "POST", Path: "/backup-now/"})
			},
			Config: config(""), ConfigStateChecks: status("available"),
		},
		resource.TestStep{
			PreConfig:    func() { backups(1) },
			ResourceName: pointAddress, ImportState: true, ImportStateKind: resource.ImportBlockWithID, Config: config(""),
		},
		resource.TestStep{
			// The next point is slower than its timeout: a warning, and the service goes on.
			PreConfig: func() {
				c.forget()
				c.center.Plans.Set(c.instance, emulator.Plan{Duration: days(1)})
			},
			Config:            config("  triggers = { a = \"1\" }"),
			ConfigStateChecks: status("available"),
		},
		resource.TestStep{
			Config:            config("  triggers = { a = \"2\" }\n  timeouts = { create = \"1s\" }"),
			ConfigStateChecks: status("creating"),
			Check:             c.saysNow("WARNING: Backup Point Not Finished.*timeouts.create"),
		},
		resource.TestStep{
			PreConfig: func() {
				backups(2)
				c.clock.Advance(days(2))
			},
			Config:           config("  triggers = { a = \"2\" }\n  timeouts = { create = \"1s\" }"),
			ConfigPlanChecks: nothingPlanned(),
		},
		resource.TestStep{
			// It fails: an error, and the next apply replaces it.
			PreConfig: func() {
				c.center.Plans.Set(c.instance, emulator.Plan{Duration: 1, Fail: "The agent does not answer"})
			},
			Config:      config("  triggers = { a = \"3\" }"),
			ExpectError: regexp.MustCompile(`(?s)Unable to Create Backup Point.*The\s+agent\s+does\s+not\s+answer`),
		},
		resource.TestStep{
			PreConfig: func() {
				backups(3)
				c.center.Plans.Set(c.instance, emulator.Plan{Duration: 1})
			},
			Config: config("  triggers = { a = \"3\" }"), ConfigStateChecks: status("available"),
		},
	)
	backups(4)
	if n := len(c.points()); n > 0 {
		t.Errorf("%d points are left", n)
	}
}

// TestAccVNGCloudScope: objects of another region are neither read nor changed.
func TestAccVNGCloudScope(t *testing.T) {
	t.Parallel()
	here := newCenterTest(t)
	there := serveEmulator(t, backupcenter.New(backupcenter.Options{Region: "HAN"}))
	config := here.server("  points_on_destroy = \"delete\"\n")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: here.factories(),
		Steps: []resource.TestStep{
			{Config: here.block + config},
			{Config: centerBlock(there, "HAN") + config, ExpectError: regexp.MustCompile(`(?s)Wrong Backup Store.*HCM-3/pro-.*configured\s+for\s+.*HAN/pro-`)},
			{Config: here.block + config, ConfigPlanChecks: nothingPlanned()},
		},
	})
}
