package provider

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

const serverAddress = "serverbackup_server.test"

// server is a configuration with one server; more are lines of its block.
func (s accStore) server(more string) string {
	return s.config(fmt.Sprintf(`
resource "serverbackup_server" "test" {
  name  = "web-1"
  local = { sources = [%q] }
  %s
}
`, s.files, more))
}

func TestAccServerMinMax(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	text := knownvalue.StringExact
	nested := func(name string) tfjsonpath.Path { return tfjsonpath.New("local").AtMapKey(name) }
	second := filepath.Join(filepath.Dir(store.files), "second")
	writeFile(t, filepath.Join(second, "b.txt"), "content of b")
	full := store.config(minPolicy + fmt.Sprintf(`
resource "serverbackup_server" "test" {
  name              = "web-1 renamed"
  policy_id         = serverbackup_policy.test.id
  location_id       = "main"
  enabled           = false
  points_on_destroy = "keep"
  local = {
    sources         = [%q, %q]
    host            = "testhost"
    user            = "tester"
    exclude         = ["*.tmp", "cache/"]
    one_file_system = false
    on_unreadable   = "warn"
  }
  timeouts = { create = "1m", update = "1m", delete = "1m" }
}
`, store.files, second))
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{
				Config:           store.server(""),
				ConfigPlanChecks: planned(serverAddress, plancheck.ResourceActionCreate),
				ConfigStateChecks: []statecheck.StateCheck{
					has(serverAddress, "id", knownvalue.NotNull()),
					has(serverAddress, "policy_id", knownvalue.Null()),
					has(serverAddress, "location_id", text("main")),
					has(serverAddress, "instance_id", knownvalue.Null()),
					has(serverAddress, "exclude_volume_ids", knownvalue.Null()),
					has(serverAddress, "enabled", knownvalue.Bool(true)),
					has(serverAddress, "points_on_destroy", text("fail")),
					statecheck.ExpectKnownValue(serverAddress, nested("host"), text("testhost")),
					statecheck.ExpectKnownValue(serverAddress, nested("user"), text("tester")),
					statecheck.ExpectKnownValue(serverAddress, nested("exclude"), knownvalue.Null()),
					statecheck.ExpectKnownValue(serverAddress, nested("one_file_system"), knownvalue.Bool(true)),
					statecheck.ExpectKnownValue(serverAddress, nested("on_unreadable"), text("fail")),
				},
			},
			{
				// What is the default anyway is no change when it is written down.
				Config: store.config(fmt.Sprintf(`
resource "serverbackup_server" "test" {
  name              = "web-1"
  enabled           = true
  points_on_destroy = "fail"
  location_id       = "main"
  local = {
    sources         = [%q]
    host            = "testhost"
    user            = "tester"
    one_file_system = true
    on_unreadable   = "fail"
  }
}
`, store.files)),
				ConfigPlanChecks: nothingPlanned(),
			},
			{ResourceName: serverAddress, ImportState: true, ImportStateVerify: true},
			{
				Config:           full,
				ConfigPlanChecks: planned(serverAddress, plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{
					has(serverAddress, "policy_id", knownvalue.NotNull()),
					has(serverAddress, "points_on_destroy", text("keep")),
					statecheck.ExpectKnownValue(serverAddress, nested("sources"), knownvalue.SetSizeExact(2)),
					statecheck.ExpectKnownValue(serverAddress, nested("exclude"),
						knownvalue.ListExact([]knownvalue.Check{text("*.tmp"), text("cache/")})),
				},
			},
			{
				ResourceName: serverAddress, ImportState: true, ImportStateVerify: true,
				ImportStateVerifyIgnore: []string{"timeouts", "points_on_destroy"},
			},
			{
				Config:           store.server("") + minPolicy,
				ConfigPlanChecks: planned(serverAddress, plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{
					has(serverAddress, "policy_id", knownvalue.Null()),
					has(serverAddress, "enabled", knownvalue.Bool(true)),
					statecheck.ExpectKnownValue(serverAddress, nested("exclude"), knownvalue.Null()),
				},
			},
		},
	})
}

// TestAccServerEachAttribute changes, and takes out again, one attribute at a time.
func TestAccServerEachAttribute(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	server := func(nested, more string) string {
		return store.config(fmt.Sprintf(`
resource "serverbackup_server" "test" {
  name  = "web-1"
  local = {
    sources = [%q]
    %s
  }
  %s
}
`, store.files, nested, more))
	}
	steps := []resource.TestStep{{Config: server("", "")}}
	for _, c := range [][2]string{
		{`exclude = ["*.tmp"]`}, {`exclude = []`}, {`one_file_system = false`}, {`on_unreadable = "warn"`}, {},
		{``, `enabled = false`}, {``, `exclude_volume_ids = []`}, {``, `points_on_destroy = "delete"`}, {``, `timeouts = { create = "5m" }`}, {},
	} {
		steps = append(steps, resource.TestStep{
			Config: server(c[0], c[1]), ConfigPlanChecks: planned(serverAddress, plancheck.ResourceActionUpdate),
		})
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: protoV6ProviderFactories, Steps: steps})
}

// TestAccServerHostReplaces also shows that leaving the host out again changes nothing.
func TestAccServerHostReplaces(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	server := func(more string) string {
		return store.config(fmt.Sprintf(`
resource "serverbackup_server" "test" {
  name  = "db"
  local = {
    sources = ["/var/lib/db"]
    %s
  }
}
`, more))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{Config: server(`host = "db-1"`), ConfigPlanChecks: planned(serverAddress, plancheck.ResourceActionCreate)},
			{Config: server(``), ConfigPlanChecks: nothingPlanned()},
			{Config: server(`host = "db-2"`), ConfigPlanChecks: planned(serverAddress, plancheck.ResourceActionDestroyBeforeCreate)},
			{Config: server("host = \"db-2\"\nuser = \"root\""), ConfigPlanChecks: planned(serverAddress, plancheck.ResourceActionDestroyBeforeCreate)},
		},
	})
}

func TestAccServerPolicy(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	var id string
	policies := `
resource "serverbackup_policy" "a" {
  name      = "a"
  schedules = []
}
resource "serverbackup_policy" "b" {
  name      = "b"
  schedules = []
}
`
	attached := func(want bool) resource.TestCheckFunc {
		return func(*terraform.State) error {
			s, err := store.service().Server(t.Context(), id)
			if err != nil {
				return err
			}
			if (s.PolicyID != "") != want {
				return fmt.Errorf("the server has the policy %q", s.PolicyID)
			}
			return nil
		}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{
				Config: store.server("policy_id = serverbackup_policy.a.id") + policies,
				Check:  resource.ComposeTestCheckFunc(rememberID(serverAddress, &id), attached(true)),
			},
			{
				Config:           store.server("policy_id = serverbackup_policy.b.id") + policies,
				ConfigPlanChecks: planned(serverAddress, plancheck.ResourceActionUpdate),
			},
			{
				Config: store.server("") + policies,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(serverAddress, plancheck.ResourceActionUpdate),
					plancheck.ExpectKnownValue(serverAddress, tfjsonpath.New("policy_id"), knownvalue.Null()),
				}},
				Check: attached(false),
			},
			{
				// Attached by somebody else: the configuration says none.
				PreConfig: func() {
					svc := store.service()
					s, err := svc.Server(t.Context(), id)
					if err != nil {
						t.Fatal(err)
					}
					s.PolicyID = createPolicy(t, store, "foreign")
					if _, err := svc.UpdateServer(t.Context(), s); err != nil {
						t.Fatal(err)
					}
				},
				Config:           store.server("") + policies,
				ConfigPlanChecks: planned(serverAddress, plancheck.ResourceActionUpdate),
				Check:            attached(false),
			},
			{
				Config: store.server("policy_id = serverbackup_policy.a.id") + policies,
			},
			{
				// Terraform deletes the policy before it takes it off the server.
				Config:      store.server(""),
				ExpectError: regexp.MustCompile(`(?s)is used by 1 server.*in two steps`),
			},
			{Config: store.server("") + policies, Check: attached(false)},
			{Config: store.server("")},
		},
	})
}

// TestAccServerPolicyGoesAtOnce: the order that the message about policies in use promises.
func TestAccServerPolicyGoesAtOnce(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	policy := `
resource "serverbackup_policy" "test" {
  name      = "a"
  schedules = []
  lifecycle {
    create_before_destroy = true
  }
}
`
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{Config: store.server("policy_id = serverbackup_policy.test.id") + policy},
			{
				Config: store.server(""),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(policyAddress, plancheck.ResourceActionDestroy),
					plancheck.ExpectResourceAction(serverAddress, plancheck.ResourceActionUpdate),
				}},
			},
		},
	})
}

func TestAccServerUnknownValues(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	config := func(name string) string {
		return store.config(fmt.Sprintf(`
resource "terraform_data" "source" {
  input = { name = %q, source = %q, host = "testhost" }
}
resource "serverbackup_server" "test" {
  name  = terraform_data.source.output.name
  local = {
    sources = [terraform_data.source.output.source]
    host    = terraform_data.source.output.host
    exclude = [terraform_data.source.output.name]
  }
}
`, name, store.files))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{
				Config: config("web-1"),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectUnknownValue(serverAddress, tfjsonpath.New("name")),
				}},
			},
			{Config: config("web-1"), ConfigPlanChecks: nothingPlanned()},
		},
	})
}

func TestAccServerInvalid(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	server := func(more string) string {
		return store.config("resource \"serverbackup_server\" \"test\" {\n" + more + "\n}\n")
	}
	here := fmt.Sprintf("local = { sources = [%q] }\n", store.files)
	missing := filepath.Join(store.files, "missing")
	var steps []resource.TestStep
	for _, c := range []struct{ config, message string }{
		{here, `(?s)Missing Name`},
		{`name = "x"`, `(?s)local = \{ sources`},
		{`name = "x"` + "\nlocal = { sources = [] }", `(?s)sources set must contain at least 1`},
		{`name = "x"` + "\n" + fmt.Sprintf("local = { sources = [%q] }\n", missing), `(?s)Source Not Readable.*missing`},
		{`name = "x"` + "\nlocal = { sources = [\"relative\"] }", `(?s)Invalid Source`},
		{`name = "x"` + "\n" + here + `instance_id = "i"`, `(?s)does not support\s+instance_id`},
		{`name = "x"` + "\n" + here + `exclude_volume_ids = ["v"]`, `(?s)does not support\s+exclude_volume_ids`},
		{`name = "x"` + "\n" + here + `points_on_destroy = "maybe"`, `(?s)must be one of.*"fail".*"keep".*"delete"`},
		{`name = "x"` + "\n" + here + `policy_id = "nosuch"`, `(?s)Policy Not Found`},
		{`name = "x"` + "\n" + fmt.Sprintf("local = { sources = [%q], on_unreadable = \"x\" }\n", store.files), `(?s)must be one of.*"fail".*"warn"`},
	} {
		steps = append(steps, resource.TestStep{Config: server(c.config), PlanOnly: true, ExpectError: regexp.MustCompile(c.message)})
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: protoV6ProviderFactories, Steps: steps})
}

func TestAccServerSameSource(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{Config: store.server("")},
			{
				Config: store.server("") + fmt.Sprintf(`
resource "serverbackup_server" "other" {
  name  = "web-2"
  local = { sources = [%q] }
}
`, store.files),
				ExpectError: regexp.MustCompile(`(?s)already\s+belongs\s+to\s+the\s+server\s+"web-1"`),
			},
		},
	})
}

func TestAccServerPointsOnDestroy(t *testing.T) {
	t.Parallel()
	for fate, left := range map[string]int{"keep": 1, "delete": 0} {
		t.Run(fate, func(t *testing.T) {
			t.Parallel()
			store := newAccStore(t)
			var id string
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: protoV6ProviderFactories,
				CheckDestroy: func(*terraform.State) error {
					if got := countPoints(t, store, id); got != left {
						return fmt.Errorf("%d points are left, want %d", got, left)
					}
					return nil
				},
				Steps: []resource.TestStep{
					{Config: store.server(""), Check: rememberID(serverAddress, &id)},
					{
						PreConfig:   func() { createPoint(t, store, id) },
						Config:      store.config(""),
						ExpectError: regexp.MustCompile(`(?s)still\s+has\s+1\s+point.*points_on_destroy.*"keep".*"delete".*Apply\s+that\s+first`),
					},
					{
						Config:           store.server(fmt.Sprintf("points_on_destroy = %q", fate)),
						ConfigPlanChecks: planned(serverAddress, plancheck.ResourceActionUpdate),
					},
					{Config: store.config("")},
				},
			})
		})
	}
}

func TestAccServerDisappears(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	var id string
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{Config: store.server(""), Check: rememberID(serverAddress, &id)},
			{
				PreConfig: func() {
					if err := store.service().DeleteServer(t.Context(), id, "keep"); err != nil {
						t.Fatal(err)
					}
				},
				Config:           store.server(""),
				ConfigPlanChecks: planned(serverAddress, plancheck.ResourceActionCreate),
			},
		},
	})
}

func TestAccServerWrongStore(t *testing.T) {
	t.Parallel()
	store, other := newAccStore(t), newAccStore(t)
	wrong := regexp.MustCompile(`(?s)Wrong Backup Store.*belongs\s+to`)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{Config: store.server("")},
			{Config: other.server(""), PlanOnly: true, ExpectError: wrong},
			{Config: other.config(""), ExpectError: wrong},
			{Config: store.server(""), ConfigPlanChecks: nothingPlanned()},
		},
	})
}

// TestAccServerPlanWritesNothing: neither a plan nor a data source makes the repository.
func TestAccServerPlanWritesNothing(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{{
			Config: store.server("") + "data \"serverbackup_servers\" \"all\" {}\n", PlanOnly: true, ExpectNonEmptyPlan: true,
		}},
	})
	if _, err := os.Stat(store.dir); !os.IsNotExist(err) {
		t.Errorf("the plan left something at %s: %v", store.dir, err)
	}
}
