package provider

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

// exampleVariable finds the variables of an example: the CLI refuses values for others.
var exampleVariable = regexp.MustCompile(`(?m)^variable "(\w+)"`)

// TestAccExamples applies every example of a resource or data source; then its plan is empty.
func TestAccExamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../examples/*/serverbackup_*/*.tf")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no examples: %v", err)
	}
	for _, file := range files {
		kind := filepath.Base(filepath.Dir(filepath.Dir(file)))
		// Actions need a newer CLI, so that TestAccActionExamples applies what is around them; imports need the id
		// of something that exists. The embedded service has no regions and no links, and a bucket needs a server:
		// TestAccRegions, TestAccPointDownloadExample and TestAccLocationBucket apply those.
		if kind == "actions" || kind == "ephemeral-resources" || filepath.Base(file) == "import-by-identity.tf" ||
			strings.Contains(file, "serverbackup_regions") || filepath.Base(file) == "resource_bucket.tf" {
			continue
		}
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			t.Parallel()
			applyExample(t, file)
		})
	}
}

func applyExample(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	applyExampleText(t, text)
}

func applyExampleText(t *testing.T, text []byte) {
	t.Helper()
	store := newAccStore(t)
	scratch := t.TempDir()
	values := config.Variables{
		"sources": config.SetVariable(config.StringVariable(store.files)),
		"archive": config.StringVariable(filepath.Join(scratch, "web-1.tar.zst")),
		"target":  config.StringVariable(filepath.Join(scratch, "drill")),
		"offsite": config.StringVariable(filepath.Join(scratch, "offsite")),

		"offsite_password": config.StringVariable("a password of its own"),
	}
	used := config.Variables{}
	for _, m := range exampleVariable.FindAllStringSubmatch(string(text), -1) {
		if v, ok := values[m[1]]; ok {
			used[m[1]] = v
		}
	}
	var steps []resource.TestStep
	fixture := ""
	if _, ok := used["sources"]; !ok {
		// The example looks at what another configuration made.
		fixture = exampleFixture(store)
		steps = append(steps, resource.TestStep{Config: store.config(fixture)})
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: append(steps, resource.TestStep{
			Config: store.config(fixture + string(text)), ConfigVariables: used,
		}),
	})
}

// exampleFixture has the policy, the server and the point that examples look at.
func exampleFixture(store accStore) string {
	return fmt.Sprintf(`
resource "serverbackup_policy" "fixture" {
  name      = "nightly"
  schedules = ["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]
}

resource "serverbackup_server" "fixture" {
  name              = "web-1"
  policy_id         = serverbackup_policy.fixture.id
  points_on_destroy = "delete"
  local             = { sources = [%q] }
}

resource "serverbackup_point" "fixture" {
  server_id = serverbackup_server.fixture.id
}
`, store.files)
}
