package provider

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	emulatedcbr "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// listsOf asks for everything of some kinds.
func listsOf(kinds ...string) string {
	var b strings.Builder
	for _, kind := range kinds {
		fmt.Fprintf(&b, "list \"serverbackup_%s\" \"all\" {\n  provider = serverbackup\n}\n", kind)
	}
	return b.String()
}

// adoptAll generates the configuration of what a query finds, and applies it: that imports and changes nothing,
// and leaves an empty plan.
func (c *cliTest) adoptAll(query string, want int) {
	c.t.Helper()
	c.write("found.tfquery.hcl", query)
	out := c.run("query", "-generate-config-out=generated.tf")
	c.expectOut(c.apply(), fmt.Sprintf("Resources: %d imported, 0 added, 0 changed, 0 destroyed.", want))
	c.expectNoChange()
	if n := len(strings.Fields(c.run("state", "list"))); n != want {
		c.t.Errorf("%d in the state, want %d, of:\n%s", n, want, out)
	}
}

// queryStore makes what the examples look for, and some that they do not: it returns ids by kind.
func queryStore(s accStore) map[string]string {
	s.t.Helper()
	ctx, service := s.t.Context(), s.service()
	ids := map[string]string{"policy": createPolicy(s.t, s, "nightly")}
	for _, name := range []string{"db", "web-1"} {
		files := filepath.Join(s.files, name)
		writeFile(s.t, filepath.Join(files, "a.txt"), "content of a")
		server, err := service.CreateServer(ctx, backup.Server{
			Name: name, Enabled: true, Options: local.ServerOptions{Sources: []string{files}, OneFileSystem: true, OnUnreadable: local.UnreadableFails},
		})
		if err != nil {
			s.t.Fatal(err)
		}
		ids["server"], ids["point"] = server.ID, takePoint(s.t, service, backup.PointRequest{ServerID: server.ID, Name: "by hand"})
	}
	offsite, err := service.CreateLocation(ctx, backup.Location{
		Name: "offsite", SoftDelete: &backup.SoftDelete{RetentionDays: 3}, Options: local.LocationOptions{Repository: s.dir + "-offsite"},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	ids["location"] = offsite.ID
	return ids
}

// TestAccQueryExamples: the examples find what they say, and it is taken over as it is.
func TestAccQueryExamples(t *testing.T) {
	t.Parallel()
	s := newAccStore(t)
	c := newCLITest(t, s.config(""))
	queryStore(s)
	examples, err := filepath.Glob("../../examples/list-resources/*/*.tfquery.hcl")
	if err != nil || len(examples) == 0 {
		t.Fatalf("there are no examples: %v", err)
	}
	query := ""
	for _, example := range examples {
		text, err := os.ReadFile(example)
		if err != nil {
			t.Fatal(err)
		}
		query += string(text)
	}
	// The policy, one of two servers and its point, the location and that of the repository itself.
	c.adoptAll(query, 5)
}

// TestAccQueryRefused: what is wrong with a query is said before anything is listed.
func TestAccQueryRefused(t *testing.T) {
	t.Parallel()
	s := newAccStore(t)
	c := newCLITest(t, s.config(""))
	c.write("found.tfquery.hcl", "list \"serverbackup_point\" \"all\" {\n  provider = serverbackup\n  config {\n    status = [\"ready\"]\n  }\n}\n")
	c.expectOut(c.fails("query"), "Attribute status[0] value must be one of")
}

// TestAccImportByIdentity: the examples import by identity, and the configuration that is generated has an empty
// plan. An identity of another store is refused.
func TestAccImportByIdentity(t *testing.T) {
	t.Parallel()
	s := newAccStore(t)
	c := newCLITest(t, s.config(""))
	shown := regexp.MustCompile(`id = ".*"`)
	ids := queryStore(s)
	for kind, id := range ids {
		text, err := os.ReadFile("../../examples/resources/serverbackup_" + kind + "/import-by-identity.tf")
		if err != nil {
			t.Fatal(err)
		}
		c.write(kind+".tf", shown.ReplaceAllString(string(text), fmt.Sprintf("id = %q", id)))
	}
	c.run("plan", "-generate-config-out=generated.tf")
	c.expectOut(c.apply(), fmt.Sprintf("Resources: %d imported, 0 added, 0 changed, 0 destroyed.", len(ids)))
	c.expectNoChange()

	c.write("foreign.tf", fmt.Sprintf(`
import {
  to       = serverbackup_policy.foreign
  identity = { id = %q, scope = "local/0000" }
}

resource "serverbackup_policy" "foreign" {
  name      = "nightly"
  schedules = ["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]
}
`, ids["policy"]))
	c.expectOut(c.fails("plan"), "local/0000")
}

// TestAccQueryClouds: the same with what clouds have.
func TestAccQueryClouds(t *testing.T) {
	t.Parallel()
	t.Run("cbr", func(t *testing.T) {
		t.Parallel()
		cloud := newCBRTest(t, emulatedcbr.Options{})
		cloud.fixture()
		newEmulatorCLITest(cloud.emulatorTest).adoptAll(listsOf("policy", "server", "point", "location"), 4)
	})
	t.Run("csbs", func(t *testing.T) {
		t.Parallel()
		cloud := newCSBSTest(t)
		cloud.fixture()
		newEmulatorCLITest(cloud.emulatorTest).adoptAll(listsOf("policy", "server", "point"), 3)
	})
	t.Run("vngcloud", func(t *testing.T) {
		t.Parallel()
		cloud := newCenterTest(t)
		service := cloud.service()
		server, err := service.CreateServer(t.Context(), backup.Server{InstanceID: cloud.instance, Enabled: true})
		if err != nil {
			t.Fatal(err)
		}
		takePoint(t, service, backup.PointRequest{ServerID: server.ID})
		newEmulatorCLITest(cloud.emulatorTest).adoptAll(listsOf("policy", "server", "point", "location"), 4)
	})
}
