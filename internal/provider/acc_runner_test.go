package provider

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// stockKopia is the stock command line, connected to the repository of a store as the host of its servers.
type stockKopia struct {
	t        *testing.T
	bin, dir string
}

// stockKopia connects when the repository is there. Without SERVERBACKUP_KOPIA the command line is built.
func (s accStore) stockKopia() *stockKopia {
	s.t.Helper()
	k := &stockKopia{t: s.t, bin: os.Getenv("SERVERBACKUP_KOPIA"), dir: s.t.TempDir()}
	if k.bin == "" {
		k.bin = filepath.Join(k.dir, "kopia")
		build := exec.CommandContext(s.t.Context(), "go", "build", "-C", "../../tools/kopia", "-o", k.bin, "github.com/kopia/kopia")
		if out, err := build.CombinedOutput(); err != nil {
			s.t.Fatalf("build kopia: %v\n%s", err, out)
		}
	}
	k.run("repository", "connect", "filesystem", "--path", s.dir, "--override-hostname", "testhost", "--override-username", "tester",
		"--no-check-for-updates", "--cache-directory", filepath.Join(k.dir, "cache"))
	return k
}

// run returns what the command line writes to its output.
func (k *stockKopia) run(args ...string) []byte {
	k.t.Helper()
	args = append(args, "--config-file", filepath.Join(k.dir, "repository.config"), "--log-dir", filepath.Join(k.dir, "log"))
	cmd := exec.CommandContext(k.t.Context(), k.bin, args...)
	cmd.Env = append(os.Environ(), "HOME="+k.dir, "KOPIA_CHECK_FOR_UPDATES=false", "KOPIA_PASSWORD="+accPassword)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		k.t.Fatalf("kopia %s: %v\n%s", strings.Join(args, " "), err, said.String())
	}
	return out
}

// kopiaSchedule is when Kopia's own server takes snapshots of a source.
type kopiaSchedule struct {
	Manual     bool     `json:"manual"`
	Cron       []string `json:"cron"`
	TimesOfDay []struct {
		Hour   int `json:"hour"`
		Minute int `json:"min"`
	} `json:"timeOfDay"`
}

func (k *stockKopia) schedule(source string) kopiaSchedule {
	k.t.Helper()
	var policy struct {
		Scheduling kopiaSchedule `json:"scheduling"`
	}
	if err := json.Unmarshal(k.run("policy", "show", source, "--json"), &policy); err != nil {
		k.t.Fatal(err)
	}
	return policy.Scheduling
}

// snapshots are the ids of Kopia's snapshots.
func (k *stockKopia) snapshots() []string {
	k.t.Helper()
	var list []struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(k.run("snapshot", "list", "--all", "--json", "--show-identical"), &list); err != nil {
		k.t.Fatal(err)
	}
	var ids []string
	for _, s := range list {
		ids = append(ids, s.ID)
	}
	return ids
}

// localZone is a name of the zone of this host.
func localZone() string {
	if name := time.Local.String(); name != "Local" { //nolint:gosmopolitan // Kopia runs in the zone of its host
		return name
	}
	return "UTC"
}

// runnerConfig has a server with a runner, which may be empty, its policy and its points.
func (s accStore) runnerConfig(runner, schedules string) string {
	if runner != "" {
		runner = fmt.Sprintf("runner = %q", runner)
	}
	return s.config(fmt.Sprintf(`
resource "serverbackup_policy" "test" {
  name      = "nightly"
  timezone  = %q
  schedules = [%s]
}
resource "serverbackup_server" "test" {
  name              = "web-1"
  policy_id         = serverbackup_policy.test.id
  points_on_destroy = "keep"
  local = {
    sources = [%q]
    %s
  }
}
data "serverbackup_points" "all" {
  server_id = serverbackup_server.test.id
}
data "serverbackup_points" "manual" {
  server_id     = serverbackup_server.test.id
  schedule_type = "manual"
}
data "serverbackup_points" "policy" {
  server_id     = serverbackup_server.test.id
  schedule_type = "policy"
}
`, localZone(), schedules, s.files, runner))
}

// TestAccRunner: a change of the runner is one of the policy that Kopia sees, in place, and what Kopia took of
// the source are points, whoever is the runner.
func TestAccRunner(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	const (
		daily   = `"FREQ=DAILY;BYHOUR=1;BYMINUTE=30"`
		weekly  = `"FREQ=WEEKLY;BYDAY=SU;BYHOUR=4;BYMINUTE=0"`
		monthly = `"FREQ=MONTHLY;BYDAY=1SU;BYHOUR=1;BYMINUTE=0"`
	)
	var k *stockKopia
	runner := func(want string) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(serverAddress, tfjsonpath.New("local").AtMapKey("runner"), knownvalue.StringExact(want))
	}
	// sees checks the policy that Kopia has of the source.
	sees := func(what string, good func(kopiaSchedule) bool) resource.TestCheckFunc {
		return func(*terraform.State) error {
			if k == nil {
				k = store.stockKopia()
			}
			if got := k.schedule(store.files); !good(got) {
				return fmt.Errorf("kopia policy show has the schedule %+v, want %s", got, what)
			}
			return nil
		}
	}
	manual := sees("a manual one", func(s kopiaSchedule) bool { return s.Manual && len(s.Cron) == 0 && len(s.TimesOfDay) == 0 })
	count := func(name string, n int) statecheck.StateCheck {
		return has("data.serverbackup_points."+name, "total_count", knownvalue.Int64Exact(int64(n)))
	}
	counts := func(manual, policy int) []statecheck.StateCheck {
		return []statecheck.StateCheck{count("all", manual+policy), count("manual", manual), count("policy", policy)}
	}
	updated := planned(serverAddress, plancheck.ResourceActionUpdate)
	foreign := knownvalue.StringRegexp(regexp.MustCompile("^kopia-[0-9a-f]{32}$"))
	one := func(name string) statecheck.StateCheck {
		return has("data.serverbackup_points."+name, "points", knownvalue.ListExact([]knownvalue.Check{knownvalue.ObjectPartial(map[string]knownvalue.Check{
			"id": foreign, "schedule_type": knownvalue.StringExact(name), "status": knownvalue.StringExact("available"),
			"server_name": knownvalue.StringExact("web-1"), "size_bytes": knownvalue.Int64Exact(int64(len("content of a"))),
		})}))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{
				Config:            store.runnerConfig("", daily),
				ConfigPlanChecks:  planned(serverAddress, plancheck.ResourceActionCreate),
				ConfigStateChecks: append(counts(0, 0), runner("agent")),
				Check:             manual,
			},
			{
				Config:            store.runnerConfig("kopia", daily),
				ConfigPlanChecks:  updated,
				ConfigStateChecks: []statecheck.StateCheck{runner("kopia")},
				Check: sees("1:30 every day", func(s kopiaSchedule) bool {
					return !s.Manual && len(s.Cron) == 0 && len(s.TimesOfDay) == 1 && s.TimesOfDay[0].Hour == 1 && s.TimesOfDay[0].Minute == 30
				}),
			},
			{ResourceName: serverAddress, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"points_on_destroy"}},
			{
				// The policy of the server changes, and the server does not.
				Config:           store.runnerConfig("kopia", daily+", "+weekly),
				ConfigPlanChecks: planned("serverbackup_policy.test", plancheck.ResourceActionUpdate),
				Check: sees("4:00 on Sundays too", func(s kopiaSchedule) bool {
					return !s.Manual && len(s.TimesOfDay) == 1 && slices.Equal(s.Cron, []string{"0 4 * * 0"})
				}),
			},
			{
				// Terraform looks when Kopia has run, twice, and somebody has kept one of them.
				PreConfig: func() {
					k.run("snapshot", "create", store.files)
					k.run("snapshot", "create", store.files)
					k.run("snapshot", "pin", k.snapshots()[0], "--add", "before the audit")
				},
				Config:            store.runnerConfig("kopia", daily+", "+weekly),
				ConfigPlanChecks:  nothingPlanned(),
				ConfigStateChecks: append(counts(1, 1), one("manual"), one("policy")),
			},
			{
				Config:            store.runnerConfig("none", daily),
				ConfigPlanChecks:  updated,
				ConfigStateChecks: append(counts(1, 1), runner("none")),
				Check:             manual,
			},
			{
				Config:            store.runnerConfig("kopia", daily),
				ConfigPlanChecks:  updated,
				ConfigStateChecks: append(counts(1, 1), runner("kopia")),
				Check:             sees("1:30 every day", func(s kopiaSchedule) bool { return !s.Manual && len(s.TimesOfDay) == 1 }),
			},
			{
				// The default is agent, also where the line is taken out.
				Config:            store.runnerConfig("", daily),
				ConfigPlanChecks:  updated,
				ConfigStateChecks: append(counts(1, 1), runner("agent")),
				Check:             manual,
			},
			{
				Config:      store.runnerConfig("cron", daily),
				PlanOnly:    true,
				ExpectError: regexp.MustCompile(`local\.runner value must be one of`),
			},
			{
				Config:           store.runnerConfig("", monthly),
				ConfigPlanChecks: planned("serverbackup_policy.test", plancheck.ResourceActionUpdate),
				Check:            manual,
			},
			{
				Config:      store.runnerConfig("kopia", monthly),
				PlanOnly:    true,
				ExpectError: regexp.MustCompile(`it\s+cannot\s+count\s+weekdays\s+in\s+a\s+month`),
			},
		},
	})
	if n := len(k.snapshots()); n != 2 {
		t.Errorf("after everything Kopia has %d snapshots, want 2", n)
	}
	left := k.schedule(store.files)
	if !left.Manual {
		t.Errorf("after everything Kopia has the schedule %+v", left)
	}
}
