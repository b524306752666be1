package provider

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emulatedcbr "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
)

// TestAccCBRGuards: a backup that takes longer than the apply waits, another project, and points that are in
// the way of a destroy.
func TestAccCBRGuards(t *testing.T) {
	t.Parallel()
	c := newCBRTest(t, emulatedcbr.Options{})
	f := c.fixture()
	const vault, server, point = "serverbackup_location.vault", "serverbackup_server.web", "serverbackup_point.pre"
	imports := importBlocks(map[string]string{"serverbackup_policy.nightly": f.policy, vault: f.vault, server: f.server})
	status := func(want string) []statecheck.StateCheck {
		return []statecheck.StateCheck{has(point, "status", knownvalue.StringExact(want))}
	}
	elsewhere := signedBlock("cbr", c.url, otherProject)
	c.base.Plans.Set("", emulator.Plan{Duration: 12 * time.Hour})
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: c.factories(), Steps: []resource.TestStep{
		{
			Config: c.block + imports + cbrVault("", "") + cbrServer(f, "fail") + cbrPoint, ConfigStateChecks: status("creating"),
			Check: c.saysNow("^WARNING: Backup Point Not Finished: .*within 2s .timeouts.create.*Its status is creating"),
		},
		{
			PreConfig: func() { c.clock.Advance(12 * time.Hour) },
			Config:    c.block + cbrVault("", "") + cbrServer(f, "fail") + cbrPoint, ConfigPlanChecks: nothingPlanned(), ConfigStateChecks: status("available"),
		},
		{
			Config: elsewhere + cbrVault("", "") + cbrServer(f, "fail") + cbrPoint, PlanOnly: true,
			ExpectError: regexp.MustCompile(`Wrong Backup Store`),
		},
		{
			PreConfig: func() { c.base.Plans.Set("", emulator.Plan{}) },
			Config:    c.block + cbrVault("", ""), ExpectError: regexp.MustCompile(`(?s)Unable to Delete Backup Server.*still has points.*Set it to\s+"delete"`),
		},
		{Config: c.block + cbrVault("", "") + cbrServer(f, "delete")},
		{
			Config:   c.block + cbrVault("", "") + strings.Replace(cbrServer(f, "delete"), "points_on", "exclude_volume_ids = [\""+uuid.NewString()+"\"]\n  points_on", 1),
			PlanOnly: true, ExpectError: regexp.MustCompile(`Attribute Cannot Be Changed`),
		},
	}})
	if left := c.points(); len(left) > 0 {
		t.Errorf("points are left: %v", left)
	}
}

// TestAccCBRVault changes a vault in every way that it can be changed, and in one that it cannot.
func TestAccCBRVault(t *testing.T) {
	t.Parallel()
	c := newCBRTest(t, emulatedcbr.Options{Huawei: true})
	const vault, level = "serverbackup_location.vault", `consistent_level = "app_consistent"`
	update := planned(vault, plancheck.ResourceActionUpdate)
	grown := strings.NewReplacer("500", "600", `"prod"`, `"production"`, "auto_expand = true", "auto_expand = false")
	c.run(
		resource.TestStep{Config: cbrVault("", level+`, auto_bind_tags = {}, tags = { env = "prod" }`)},
		resource.TestStep{
			Config: cbrVault("", ""), PlanOnly: true,
			ExpectError: regexp.MustCompile(`(?s)Attribute Cannot Be Changed.*consistent_level`),
		},
		resource.TestStep{Config: grown.Replace(cbrVault("", level+`, tags = { env = "test", team = "web" }`)), ConfigPlanChecks: update},
		resource.TestStep{Config: cbrVault("force_destroy = true", level+", locked = true"), ConfigPlanChecks: update, Check: c.saysNow("^WARNING: Lock Cannot Be Undone")},
		resource.TestStep{
			Config: cbrVault("force_destroy = true", level), PlanOnly: true,
			ExpectError: regexp.MustCompile("Location Cannot Be Unlocked"),
		},
		resource.TestStep{
			ResourceName: vault, ImportState: true, ImportStateVerify: true,
			ImportStateVerifyIgnore: []string{"force_destroy"},
		},
	)
}
