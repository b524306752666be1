package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	emulatedcbr "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
)

// TestAccFromCSBSToCBR: objects of csbs leave the state and stay where they are, and those that the console made
// of them on cbr are imported. Nothing is deleted and nothing is made.
func TestAccFromCSBSToCBR(t *testing.T) {
	t.Parallel()
	from := newCSBSTest(t)
	old := from.fixture()
	to := newCBRTest(t, emulatedcbr.Options{})
	made := to.fixture()

	const policy, server, vault = "serverbackup_policy.daily", "serverbackup_server.web", "serverbackup_location.vault"
	before := importBlocks(map[string]string{policy: old.policy, server: old.server}) + csbsServer(old, "keep")
	var removed strings.Builder
	for _, address := range []string{policy, server} {
		fmt.Fprintf(&removed, "removed {\n  from = %s\n  lifecycle {\n    destroy = false\n  }\n}\n", address)
	}
	after := strings.ReplaceAll(cbrVault("", "")+cbrServer(made, "fail"), `"web"`, `"frontend"`)
	const nightly, frontend = "serverbackup_policy.nightly", "serverbackup_server.frontend"
	none := func(addresses ...string) (checks []plancheck.PlanCheck) {
		for _, address := range addresses {
			checks = append(checks, plancheck.ExpectResourceAction(address, plancheck.ResourceActionNoop))
		}
		return checks
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: from.factories(), Steps: []resource.TestStep{
		{Config: from.block + before},
		{
			Config: from.block + removed.String(),
			Check: func(*terraform.State) error {
				if p := from.policies(); len(p) != 1 || len(p[0].ServerIDs) != 1 || len(from.cloud.Items()) != 1 {
					return fmt.Errorf("left on csbs: %v and %v", p, from.cloud.Items())
				}
				return nil
			},
		},
		{
			Config:           to.block + importBlocks(map[string]string{nightly: made.policy, vault: made.vault, frontend: made.server}) + after,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: none(vault, frontend)},
		},
		{Config: to.block + after, ConfigPlanChecks: nothingPlanned()},
		{Config: to.block + strings.Replace(after, `"fail"`, `"delete"`, 1)},
	}})
}
