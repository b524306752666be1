package provider

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

func TestAccProviderServiceChoice(t *testing.T) {
	newAccStore(t)
	read := "\ndata \"serverbackup_policies\" \"all\" {}\n"
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{Config: `provider "serverbackup" {}` + read, ExpectError: regexp.MustCompile(`(?s)No Backup Service Configured.*local = \{\}`)},
			{Config: `provider "serverbackup" { local = {} }` + read},
			{
				PreConfig:   func() { t.Setenv(serviceEnv, "vngcluod") },
				Config:      `provider "serverbackup" {}` + read,
				ExpectError: regexp.MustCompile(`(?s)Unknown Backup Service.*vngcluod`),
			},
			{PreConfig: func() { t.Setenv(serviceEnv, "local") }, Config: `provider "serverbackup" {}` + read},
			{
				Config: `provider "serverbackup" {
  local      = {}
  read_cache = "-1s"
}` + read,
				ExpectError: regexp.MustCompile(`(?s)Invalid Duration.*must not be negative`),
			},
			// The CLI destroys with the last configuration.
			{Config: `provider "serverbackup" { local = {} }`},
		},
	})
}

// TestAccProviderUnknown: a provider that is configured from a resource plans nothing wrong before
// that resource exists, and keeps its state while the resource is replaced.
func TestAccProviderUnknown(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	config := func(trigger, more string) string {
		return fmt.Sprintf(`
resource "terraform_data" "password" {
  input            = %q
  triggers_replace = %q
}
provider "serverbackup" {
  local = {
    repository = %q
    password   = terraform_data.password.output
    host       = "testhost"
  }
}
%s
`, accPassword, trigger, store.dir, more)
	}
	managed := minPolicy + fmt.Sprintf(`
resource "serverbackup_server" "test" {
  name      = "web-1"
  policy_id = serverbackup_policy.test.id
  local     = { sources = [%q] }
}
`, store.files)
	data := "data \"serverbackup_servers\" \"all\" {\n  %s\n}\n"
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{
				Config:      config("1", fmt.Sprintf(data, "")),
				ExpectError: regexp.MustCompile(`(?s)Provider Configuration Not Known Yet.*local.password`),
			},
			{
				// The way out that the message names.
				Config: config("1", managed+fmt.Sprintf(data, "depends_on = [terraform_data.password]")),
			},
			{
				Config: config("2", managed),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(policyAddress, plancheck.ResourceActionNoop),
					plancheck.ExpectResourceAction(serverAddress, plancheck.ResourceActionNoop),
				}},
			},
		},
	})
}
