package provider

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emulatedcbr "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
)

// takenPoint finds the id of a point in what an action says when it is there, which the CLI prints with the
// address of the action.
var takenPoint = regexp.MustCompile(`: point (\S+) of server "[^"]+", taken at [^,\s]+(?:, [^,:]+)?: available\n`)

// invoke runs one action by itself.
func (c *cliTest) invoke(address string, args ...string) string {
	c.t.Helper()
	return c.apply(append([]string{"-invoke=action." + address}, args...)...)
}

// taken is the id of the one point that an apply took.
func (c *cliTest) taken(out string) string {
	c.t.Helper()
	found := takenPoint.FindAllStringSubmatch(out, -1)
	if len(found) != 1 {
		c.t.Fatalf("%d points were taken:\n%s", len(found), out)
	}
	return found[0][1]
}

// expectOut wants a text in what the CLI printed, where it breaks lines at spaces.
func (c *cliTest) expectOut(out, want string) {
	c.t.Helper()
	if !strings.Contains(inOneLine(out), want) {
		c.t.Errorf("want %q in:\n%s", want, out)
	}
}

// inOneLine takes out line breaks and the frames of diagnostics.
func inOneLine(out string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(out, "│", " ")), " ")
}

// actionsServer is a server with a bin for its points, whose points stay when it goes.
func actionsServer(s accStore) string {
	return fmt.Sprintf(`
resource "serverbackup_location" "bin" {
  name        = "bin"
  soft_delete = { retention_days = 7 }
  local       = { repository = %q }
}

resource "serverbackup_server" "web" {
  name              = "web"
  location_id       = serverbackup_location.bin.id
  points_on_destroy = "keep"
  local             = { sources = [%q] }
}

action "serverbackup_backup_now" "now" {
  config {
    server_id = serverbackup_server.web.id
    name      = "now"
  }
}
`, s.dir+"-bin", s.files)
}

// expectPoint wants one point in a store, and returns it.
func expectPoint(t *testing.T, s accStore, id string, want backup.DeletionStatus) {
	t.Helper()
	p, err := s.service().Point(t.Context(), id, backup.Fresh)
	if err != nil || p.DeletionStatus != want {
		t.Errorf("point %s is %q, want %q: %v", id, p.DeletionStatus, want, err)
	}
}

// TestAccActionsByHand takes a point and does with it all that actions do, one after the other.
func TestAccActionsByHand(t *testing.T) {
	t.Parallel()
	s := newAccStore(t)
	c := newCLITest(t, s.config(""))
	target := filepath.Join(t.TempDir(), "drill")
	c.write("main.tf", actionsServer(s)+fmt.Sprintf(`
variable "point_id" {
  type    = string
  default = null
}

action "serverbackup_verify_point" "it" {
  config {
    point_id = var.point_id
  }
}

action "serverbackup_restore_point" "it" {
  config {
    point_id = var.point_id
    local    = { target = %q }
  }
}

action "serverbackup_delete_points" "it" {
  config {
    ids = [var.point_id]
  }
}

action "serverbackup_recover_point" "it" {
  config {
    point_id = var.point_id
  }
}
`, target))
	c.apply()
	id := c.taken(c.invoke("serverbackup_backup_now.now"))
	expectPoint(t, s, id, backup.DeletionPresent)
	point := "-var=point_id=" + id

	c.expectOut(c.invoke("serverbackup_verify_point.it", point), "verified 1 files, 12 bytes of point "+id+": no damage")
	c.expectOut(c.invoke("serverbackup_restore_point.it", point), "of point "+id+": succeeded, in "+target)
	if err := isRestored(target)(nil); err != nil {
		t.Error(err)
	}
	c.expectOut(c.fails("apply", "-auto-approve", "-invoke=action.serverbackup_restore_point.it", point), "Unable to Restore Backup Point")

	c.expectOut(c.run("plan", "-invoke=action.serverbackup_delete_points.it", point), "point "+id+` of server "web"`)
	expectPoint(t, s, id, backup.DeletionPresent)
	c.expectOut(c.invoke("serverbackup_delete_points.it", point), "deleted 1 of 1 points: "+id)
	expectPoint(t, s, id, backup.DeletionSoftDeleted)
	c.expectOut(c.invoke("serverbackup_recover_point.it", point), "point "+id+` of server "web", taken at`)
	expectPoint(t, s, id, backup.DeletionPresent)

	// What a plan can know is said by the plan, and nothing is done.
	out := c.fails("plan", "-invoke=action.serverbackup_verify_point.it", "-var=point_id=nosuch")
	c.expectOut(out, `There is no point with the id "nosuch".`)
	// Nothing of all this is in the state.
	c.expectNoChange()
	if state := c.run("state", "list"); strings.Contains(state, "action") {
		t.Errorf("the state has %s", state)
	}
}

// release is a change that is made only after a point.
const release = `
variable "release" {
  type = string
}

resource "terraform_data" "release" {
  input = var.release

  lifecycle {
    action_trigger {
      events  = [before_update]
      actions = [action.serverbackup_backup_now.now]
    }
  }
}
`

// TestAccActionBeforeUpdate: a point before each change, and no change without one.
func TestAccActionBeforeUpdate(t *testing.T) {
	t.Parallel()
	s := newAccStore(t)
	c := newCLITest(t, s.config(""))
	c.write("main.tf", actionsServer(s)+release)
	server := func() string {
		return regexp.MustCompile(`(?m)^ +id += "(.+)"$`).FindStringSubmatch(c.run("state", "show", "serverbackup_server.web"))[1]
	}
	expectPoints := func(step string, want int) {
		t.Helper()
		if n := countPoints(t, s, server()); n != want {
			t.Errorf("%s: %d points, want %d", step, n, want)
		}
	}
	isAt := func(want string) {
		t.Helper()
		c.expectOut(c.run("state", "show", "terraform_data.release"), fmt.Sprintf("input = %q", want))
	}
	c.apply("-var=release=1")
	expectPoints("created", 0)
	c.taken(c.apply("-var=release=2"))
	expectPoints("updated", 1)
	isAt("2")
	c.apply("-var=release=2")
	expectPoints("nothing to change", 1)

	// What is to be backed up is away: no point, and so no release.
	away := s.files + "-away"
	if err := os.Rename(s.files, away); err != nil {
		t.Fatal(err)
	}
	c.expectOut(c.fails("apply", "-auto-approve", "-var=release=3"), "Unable to Create Backup Point")
	isAt("2")
	if err := os.Rename(away, s.files); err != nil {
		t.Fatal(err)
	}
	c.taken(c.apply("-var=release=3"))
	isAt("3")
}

// TestAccActionBeforeDestroy is the example of a final backup: the machine goes, and its last point stays.
func TestAccActionBeforeDestroy(t *testing.T) {
	t.Parallel()
	s := newAccStore(t)
	c := newCLITest(t, s.config(""))
	example, err := os.ReadFile("../../examples/actions/serverbackup_backup_now/action_before_destroy.tf")
	if err != nil {
		t.Fatal(err)
	}
	sources := fmt.Sprintf("-var=sources=[%q]", s.files)
	c.write("main.tf", string(example))
	byItself := c.minor >= 16
	if !byItself {
		// As the example says. Here it is invoked by hand.
		c.expectOut(c.fails("validate"), "before_destroy")
		c.write("main.tf", strings.Replace(string(example), "[before_destroy]", "[before_update]", 1))
	}
	c.apply(sources)
	last := ""
	if !byItself {
		last = c.invoke("serverbackup_backup_now.final", sources)
	}
	last += c.run("destroy", "-auto-approve", "-target=terraform_data.machine", sources)
	id := c.taken(last)
	c.run("destroy", "-auto-approve", sources)
	expectPoint(t, s, id, backup.DeletionPresent)
}

// TestAccActionExamplesWhole applies the examples of actions with their triggers, and again for what they trigger.
func TestAccActionExamplesWhole(t *testing.T) {
	t.Parallel()
	s := newAccStore(t)
	c := newCLITest(t, s.config(""))
	c.write("fixture.tf", exampleFixture(s))
	c.apply()
	example := func(action string) {
		t.Helper()
		text, err := os.ReadFile(filepath.Join("../../examples/actions", action, "action.tf"))
		if err != nil {
			t.Fatal(err)
		}
		c.write("main.tf", string(text))
	}
	example("serverbackup_backup_now")
	c.apply()
	c.taken(c.apply("-var=release=2"))
	c.taken(c.invoke("serverbackup_backup_now.before_release"))

	example("serverbackup_verify_point")
	c.expectOut(c.apply(), ": no damage")
	c.expectOut(c.invoke("serverbackup_verify_point.last_good"), ": no damage")
	for _, action := range []string{"serverbackup_restore_point", "serverbackup_delete_points", "serverbackup_recover_point"} {
		example(action)
		c.apply()
		c.expectNoChange()
	}
	// The points of the example are not of this store.
	c.expectOut(c.fails("plan", "-invoke=action.serverbackup_recover_point.back"), `There is no point with the id "7c0ad9a4-6f0c-4a3e-8f6f-0d5a5a0c1c7b".`)
}

// TestAccActionCloud: a cloud takes the point, and what it says of a failure stops the change.
func TestAccActionCloud(t *testing.T) {
	t.Parallel()
	cloud := newCBRTest(t, emulatedcbr.Options{})
	c := newEmulatorCLITest(cloud.emulatorTest)
	instance := uuid.NewString()
	c.write("main.tf", fmt.Sprintf(`
resource "serverbackup_location" "vault" {
  name     = "prod"
  quota_gb = 500
}

resource "serverbackup_server" "web" {
  instance_id       = %q
  location_id       = serverbackup_location.vault.id
  points_on_destroy = "delete"
}

action "serverbackup_backup_now" "now" {
  config {
    server_id = serverbackup_server.web.id
    name      = "now"
  }
}
`, instance)+release)
	c.apply("-var=release=1")
	id := c.taken(c.apply("-var=release=2"))
	if got := cloud.points(); len(got) != 1 || got[0] != id {
		t.Errorf("there are the points %v, want %s", got, id)
	}
	cloud.base.Plans.Set("", emulator.Plan{Duration: 5 * time.Second, Fail: "no space left"})
	c.expectOut(c.fails("apply", "-auto-approve", "-var=release=3"), "Unable to Create Backup Point")
	c.expectOut(c.run("state", "show", "terraform_data.release"), `input = "2"`)
	cloud.base.Plans.Set("", emulator.Plan{Duration: 5 * time.Second})
	c.run("destroy", "-auto-approve", "-var=release=2")
	if got := cloud.points(); len(got) > 0 {
		t.Errorf("left: %v", got)
	}
}
