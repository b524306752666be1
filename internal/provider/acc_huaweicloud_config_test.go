package provider

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	emulatedcbr "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
)

// TestAccHuaweicloudConfig: everything can come from the environment, OS_ before HW_; what is wrong says what to
// look at; and a configuration that is not known yet plans nothing wrong.
func TestAccHuaweicloudConfig(t *testing.T) {
	c := newCBRTest(t, emulatedcbr.Options{})
	f := c.fixture()
	const read = "\ndata \"serverbackup_policies\" \"all\" {}\n"
	block := func(body string) string { return "provider \"serverbackup\" {\n  " + body + "\n}\n" }
	replaced := func(attribute, value string) string {
		return regexp.MustCompile(`(`+attribute+` *=) .*`).ReplaceAllString(c.block, "$1 "+value)
	}
	fails := func(config, pattern string) resource.TestStep {
		return resource.TestStep{Config: config + read, ExpectError: regexp.MustCompile("(?s)" + pattern)}
	}
	managed := func(trigger string) string {
		return "resource \"terraform_data\" \"password\" {\n  input            = \"emulator\"\n  triggers_replace = \"" + trigger + "\"\n}\n" +
			replaced("password", "terraform_data.password.output") + cbrVault("", "") + cbrServer(f, "delete")
	}
	imports := importBlocks(map[string]string{"serverbackup_policy.nightly": f.policy, "serverbackup_location.vault": f.vault, "serverbackup_server.web": f.server})
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: c.factories(),
		Steps: []resource.TestStep{
			fails(block("csbs = {}"), `Invalid Backup Service Configuration`),
			fails(block("cbr = {}\n  csbs = {}"), `Several Backup Services`),
			fails(replaced("password", `"wrong"`), `The\s+identity\s+service\s+refused`),
			fails(replaced("region", `"eu-nl"`), `project`),
			{Config: c.block + imports + cbrVault("", "") + cbrServer(f, "delete")},
			{Config: managed("1")},
			{
				Config: managed("2"),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction("serverbackup_policy.nightly", plancheck.ResourceActionNoop),
					plancheck.ExpectResourceAction("serverbackup_location.vault", plancheck.ResourceActionNoop),
					plancheck.ExpectResourceAction("serverbackup_server.web", plancheck.ResourceActionNoop),
				}},
			},
			{Config: c.block + read},
			{
				PreConfig: func() {
					for name, value := range map[string]string{
						serviceEnv: "cbr", "OS_AUTH_URL": c.url + "/v3", "OS_REGION_NAME": "eu-de", "OS_DOMAIN_NAME": "emulator",
						"OS_USERNAME": "emulator", "OS_PASSWORD": "emulator", "HW_USER_NAME": "somebody", "HW_USER_PASSWORD": "else",
					} {
						t.Setenv(name, value)
					}
				},
				Config: block("max_concurrent_requests = 2\n  read_cache = \"0s\"") + read,
			},
		},
	})
}

// TestAccBackupNowTwice: an invocation is a request of its own, even right behind one that asked for the same.
func TestAccBackupNowTwice(t *testing.T) {
	t.Parallel()
	c := newCBRTest(t, emulatedcbr.Options{})
	f := c.fixture()
	for range 2 {
		// Another process knows nothing of the first one.
		a := newActionTest(t, backupName, c.service())
		_, said := a.invoke(a.configured(map[string]tftypes.Value{"server_id": textOf(f.server), "name": textOf("release")}))
		if strings.Contains(said, "ERROR") {
			t.Error(said)
		}
	}
	if got := c.points(); len(got) != 3 {
		t.Errorf("there are %d points", len(got))
	}
}
