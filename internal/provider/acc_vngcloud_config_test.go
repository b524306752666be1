package provider

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
)

// TestAccVNGCloudConfig: everything can come from the environment, what is wrong names the attribute, and a
// configuration that is not known yet plans nothing wrong.
func TestAccVNGCloudConfig(t *testing.T) {
	t.Setenv(serviceEnv, "")
	c := newCenterTest(t)
	const read = "\ndata \"serverbackup_policies\" \"all\" {}\n"
	block := func(body string) string { return "provider \"serverbackup\" {\n" + body + "\n}\n" }
	replaced := func(attribute, value string) string {
		return regexp.MustCompile(attribute+` *= .*`).ReplaceAllString(c.block, attribute+" = "+value)
	}
	for _, name := range []string{"CLIENT_ID", "CLIENT_SECRET", "REGION", "PROJECT_ID", "BACKEND_ID", "IAM_ENDPOINT", "BACKUP_ENDPOINT", "VSERVER_ENDPOINT"} {
		t.Setenv("VNGCLOUD_"+name, "")
	}
	environment := func() {
		t.Setenv(serviceEnv, "vngcloud")
		t.Setenv("VNGCLOUD_CLIENT_ID", "emulator")
		t.Setenv("VNGCLOUD_CLIENT_SECRET", "emulator")
		t.Setenv("VNGCLOUD_IAM_ENDPOINT", c.url+backupcenter.IAMPath)
		t.Setenv("VNGCLOUD_BACKUP_ENDPOINT", c.url+backupcenter.BackupPath)
		t.Setenv("VNGCLOUD_VSERVER_ENDPOINT", c.url+backupcenter.VServerPath)
	}
	fails := func(config, pattern string) resource.TestStep {
		return resource.TestStep{Config: config + read, ExpectError: regexp.MustCompile("(?s)" + pattern)}
	}
	unknown := `
resource "terraform_data" "secret" {
  input            = "emulator"
  triggers_replace = "TRIGGER"
}
` + replaced("client_secret", "terraform_data.secret.output")
	// The server is in the state while its provider is unknown.
	managed := func(trigger string) string {
		return strings.Replace(unknown, "TRIGGER", trigger, 1) + c.server("  points_on_destroy = \"delete\"\n") + `
resource "serverbackup_policy" "test" {
  name      = "nightly"
  schedules = ["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]
  retention = { daily = 3 }
}
resource "serverbackup_location" "test" {
  name     = "vault"
  vngcloud = { region_id = "HCM04" }
}
`
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: c.factories(),
		Steps: []resource.TestStep{
			fails(block("vngcloud = {}"), `vngcloud\.client_id\s+is\s+not\s+set.*VNGCLOUD_CLIENT_ID`),
			fails(block("vngcloud = {}\n  local = {}"), `Several Backup Services`),
			fails(replaced("region", `"MARS"`), `region.*HCM-3`),
			fails(replaced("backup_endpoint", `"http://example.com/vbackup-gateway"`), `vngcloud\.backup_endpoint.*https`),
			fails(replaced("client_secret", `"wrong"`), `Unable to`),
			{Config: managed("1")},
			{
				Config: managed("2"),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(policyAddress, plancheck.ResourceActionNoop),
					plancheck.ExpectResourceAction(serverAddress, plancheck.ResourceActionNoop),
					plancheck.ExpectResourceAction(locationAddress, plancheck.ResourceActionNoop),
				}},
			},
			{Config: c.block + read},
			{PreConfig: environment, Config: block("max_concurrent_requests = 2\n  read_cache = \"0s\"") + read},
		},
	})
}
