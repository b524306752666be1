package provider

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
	emulatedcbr "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	emulatedcsbs "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/csbs"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/faulttest"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/csbs"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud"
)

// environmentBefore is that of whoever runs the tests: the cache of the compiler is below its home directory.
var environmentBefore = os.Environ()

// killSecret is the credential of the accounts. The provider has it from the environment.
const killSecret = "s3cret-of-the-account"

// killCloud is an emulated cloud on a clock that runs, for a provider in a process of its own.
type killCloud struct {
	*emulator.Emulator
	// config has the provider block, a server, and a point serverbackup_point.now of it.
	config string
	env    []string
	// start is the path of the request that starts a backup of instance.
	start, instance string
	// finds says that the next apply takes the point of a killed one up. Else it names the point, for an import.
	finds bool
	// service is the cloud beside Terraform.
	service backup.Service
}

const killPoint = `
resource "serverbackup_point" "now" {
  server_id = serverbackup_server.test.id
}
`

var killClouds = map[string]func(t *testing.T) killCloud{
	"vngcloud": func(t *testing.T) killCloud {
		t.Helper()
		center := backupcenter.New(backupcenter.Options{Clock: emulator.RunningClock(), ClientID: "emulator", ClientSecret: killSecret})
		url := serveEmulator(t, center)
		instance, _ := center.AddInstance("web")
		svc, err := vngcloud.New(vngcloud.Config{
			ClientID: "emulator", ClientSecret: killSecret,
			IAMEndpoint: url + backupcenter.IAMPath, BackupEndpoint: url + backupcenter.BackupPath, VServerEndpoint: url + backupcenter.VServerPath,
			ReadCache: -1,
		})
		if err != nil {
			t.Fatal(err)
		}
		return killCloud{
			Emulator: center.Emulator, service: svc, start: "/backup-now/", instance: instance,
			env: []string{"VNGCLOUD_CLIENT_ID=emulator", "VNGCLOUD_CLIENT_SECRET=" + killSecret},
			config: providerBlock("vngcloud", "iam_endpoint     = %q\n    backup_endpoint  = %q\n    vserver_endpoint = %q",
				url+backupcenter.IAMPath, url+backupcenter.BackupPath, url+backupcenter.VServerPath) + fmt.Sprintf(`
resource "serverbackup_server" "test" {
  instance_id       = %q
  points_on_destroy = "delete"
}
`, instance),
		}
	},
	"csbs": func(t *testing.T) killCloud {
		t.Helper()
		cloud := emulatedcsbs.New(emulator.RunningClock())
		cloud.IAM.Account.Password = killSecret
		url := serveEmulator(t, cloud.Handler())
		svc, err := csbs.New(csbs.Config{Config: killAccount(url)})
		if err != nil {
			t.Fatal(err)
		}
		instance := uuid.NewString()
		return killCloud{
			Emulator: cloud.Emulator, service: svc, start: "/resources/", instance: instance, finds: true, env: killUser(),
			config: providerBlock("csbs", "auth_url = %q\n    region   = \"eu-de\"", url+"/v3") + fmt.Sprintf(`
resource "serverbackup_policy" "test" {
  name      = "test"
  schedules = ["FREQ=WEEKLY;BYDAY=MO;BYHOUR=2;BYMINUTE=30"]
  enabled   = false # It takes no point of its own, whatever time it is.
}
resource "serverbackup_server" "test" {
  instance_id       = %q
  policy_id         = serverbackup_policy.test.id
  points_on_destroy = "keep"
}
`, instance),
		}
	},
	"cbr": func(t *testing.T) killCloud {
		t.Helper()
		base := emulator.New(emulator.RunningClock())
		account := iam.DefaultAccount()
		account.Password = killSecret
		url := serveEmulator(t, emulatedcbr.New(base, emulatedcbr.Options{}).Handler(iam.New(base, account)))
		svc, err := cbr.New(cbr.Config{Config: killAccount(url)})
		if err != nil {
			t.Fatal(err)
		}
		instance := uuid.NewString()
		return killCloud{
			Emulator: base, service: svc, start: "/checkpoints", instance: instance, finds: true, env: killUser(),
			config: providerBlock("cbr", "auth_url = %q\n    region   = \"eu-de\"", url+"/v3") + fmt.Sprintf(`
resource "serverbackup_location" "test" {
  name     = "test"
  quota_gb = 500
}
resource "serverbackup_server" "test" {
  instance_id       = %q
  location_id       = serverbackup_location.test.id
  points_on_destroy = "delete"
}
`, instance),
		}
	},
}

func killUser() []string {
	return []string{"OS_USERNAME=emulator", "OS_DOMAIN_NAME=emulator", "OS_PASSWORD=" + killSecret}
}

func killAccount(url string) huaweicloud.Config {
	return huaweicloud.Config{AuthURL: url, Region: "eu-de", UserName: "emulator", Password: killSecret, DomainName: "emulator"}
}

// TestAccKill kills the process of the provider, as users have it, right after a cloud took the request for a
// backup: the next apply starts no second one, and the state goes on.
func TestAccKill(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set")
	}
	if runtime.GOOS != "linux" {
		t.Skip("finding the process of the provider needs /proc")
	}
	plugins := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(plugins, "terraform-provider-serverbackup"), "../..")
	build.Env = environmentBefore
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, cloud := range killClouds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newKillTest(t, plugins, cloud(t))
			c.Plans.Set(c.instance, emulator.Plan{Duration: time.Hour})
			c.Faults.Inject(emulator.Fault{Kind: emulator.FaultHold, Method: http.MethodPost, Path: c.start})
			c.killed()
			outcome := "the next apply takes it up"
			if c.finds {
				c.takesUp()
			} else {
				outcome = "the next apply names it, an import takes it up"
				c.imports()
			}
			c.must("plan", "-detailed-exitcode", "-input=false")
			backups := c.Counts.Snapshot().TotalBackups()
			if backups != 1 {
				t.Errorf("%d backups were started, want 1", backups)
			}
			c.must("destroy", "-auto-approve", "-input=false")
			orphans := len(c.points())
			if orphans > 0 {
				t.Errorf("%d points are left", orphans)
			}
			expectNoLeaks(t, c.dir, map[string]*regexp.Regexp{
				"the secret": regexp.MustCompile(killSecret),
				"a token":    regexp.MustCompile(`token-[A-Z2-7]{20}`),
			}, map[string]*regexp.Regexp{
				"a request in a log": regexp.MustCompile(`\[DEBUG\].*request="?GET /`),
				"a state":            regexp.MustCompile(`"serverbackup_server"`),
			})
			if !t.Failed() {
				faulttest.Report(t, name, faulttest.Row{
					Fault: "kill -9 of the provider (real CLI)", Operation: "start", Outcome: outcome, Backups: backups, Orphans: orphans, Usable: true,
				})
			}
		})
	}
}

// killTest is the CLI in a directory with a configuration.
type killTest struct {
	killCloud
	t        *testing.T
	cli, dir string
	environ  []string
}

func newKillTest(t *testing.T, plugins string, cloud killCloud) *killTest {
	t.Helper()
	cli, err := exec.LookPath(orElse(os.Getenv("TF_ACC_TERRAFORM_PATH"), "terraform"))
	if err != nil {
		t.Fatal(err)
	}
	c := &killTest{killCloud: cloud, t: t, cli: cli, dir: t.TempDir()}
	writeFile(t, filepath.Join(c.dir, "main.tf"),
		"terraform {\n  required_providers {\n    serverbackup = { source = \"serverbackup/serverbackup\" }\n  }\n}\n"+c.config+killPoint)
	// An override needs no init.
	writeFile(t, filepath.Join(c.dir, "cli.tfrc"),
		fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"serverbackup/serverbackup\" = %q\n  }\n  direct {}\n}\n", plugins))
	c.environ = append(os.Environ(), c.env...)
	c.environ = append(c.environ, "TF_CLI_CONFIG_FILE="+filepath.Join(c.dir, "cli.tfrc"), "TF_LOG=TRACE", "TF_LOG_PATH="+c.log())
	return c
}

func (c *killTest) log() string { return filepath.Join(c.dir, "cli.log") }

// command is a command of the CLI whose output ends in a file of the directory, too.
func (c *killTest) command(args ...string) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.CommandContext(c.t.Context(), c.cli, append([]string{args[0], "-no-color"}, args[1:]...)...)
	cmd.Dir, cmd.Env = c.dir, c.environ
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	return cmd, &said
}

// ended is called with what a command said and how it ended.
func (c *killTest) ended(said *bytes.Buffer, err error, succeeds bool) {
	c.t.Helper()
	writeFile(c.t, filepath.Join(c.dir, uuid.NewString()+".said"), said.String())
	if (err == nil) != succeeds {
		c.t.Fatalf("it ends with %v; want success: %v\n%s", err, succeeds, said)
	}
}

func (c *killTest) must(args ...string) {
	c.t.Helper()
	cmd, said := c.command(args...)
	c.ended(said, cmd.Run(), true)
}

func (c *killTest) apply() (*exec.Cmd, *bytes.Buffer) {
	return c.command("apply", "-auto-approve", "-input=false")
}

// killed applies, and kills the provider once the request for the backup was taken.
func (c *killTest) killed() {
	c.t.Helper()
	cmd, said := c.apply()
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	taken := c.until(func() bool { return c.Counts.Snapshot().TotalBackups() > 0 })
	victims := providersOf(c.t, cmd.Process.Pid)
	for _, pid := range victims {
		if err := kill(pid); err != nil {
			c.t.Error(err)
		}
	}
	c.ended(said, cmd.Wait(), false)
	if !taken || len(victims) != 1 {
		c.t.Fatalf("taken: %v; %d processes of the provider, want 1\n%s", taken, len(victims), said)
	}
}

// takesUp applies again while the backup still runs, and lets it end once the provider waits for it.
func (c *killTest) takesUp() {
	c.t.Helper()
	orphan := c.orphan()
	cmd, said := c.apply()
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	waits := c.until(func() bool {
		log, err := os.ReadFile(c.log())
		return err == nil && bytes.Contains(log, []byte("waiting for the backup point "+orphan+": creating"))
	})
	c.Clock.Advance(2 * time.Hour)
	c.ended(said, cmd.Wait(), waits)
	if !waits {
		c.t.Fatalf("the provider did not wait for the point %s\n%s", orphan, said)
	}
}

// imports applies again, does as the error says, and applies once more when the backup has ended.
func (c *killTest) imports() {
	c.t.Helper()
	orphan := c.orphan()
	cmd, said := c.apply()
	c.ended(said, cmd.Run(), false)
	if text := said.String(); !strings.Contains(text, orphan) || !strings.Contains(text, "import") {
		c.t.Fatalf("the error does not say to import %s:\n%s", orphan, text)
	}
	c.must("import", "-input=false", "serverbackup_point.now", orphan)
	c.Clock.Advance(2 * time.Hour)
	c.must("apply", "-auto-approve", "-input=false")
}

// orphan is the id of the one point that there is.
func (c *killTest) orphan() string {
	c.t.Helper()
	list := c.points()
	if len(list) != 1 || list[0].Status != backup.StatusCreating {
		c.t.Fatalf("the killed apply left %+v, want one point that is being taken", list)
	}
	return list[0].ID
}

func (c *killTest) points() (list []backup.Point) {
	c.t.Helper()
	for p, err := range c.service.Points(c.t.Context(), backup.PointFilter{}) {
		if err != nil {
			c.t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

// until looks every few milliseconds, for a minute at most.
func (c *killTest) until(done func() bool) bool {
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
	defer cancel()
	for !done() {
		if huaweicloud.Pause(ctx, 5*time.Millisecond) != nil {
			return false
		}
	}
	return true
}

// providersOf are the processes of the provider that a process started.
func providersOf(t *testing.T, parent int) (pids []int) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // It ended meanwhile.
		}
		// pid (name) state parent …, where the name is cut off after 15 bytes.
		name, rest, _ := strings.Cut(string(stat), ") ")
		fields := strings.Fields(rest)
		if !strings.Contains(name, "(terraform-provi") || len(fields) < 2 || fields[1] != strconv.Itoa(parent) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}

func kill(pid int) error {
	process, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return process.Kill()
}
