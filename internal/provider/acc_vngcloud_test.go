package provider

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud"
)

// centerTest runs the CLI against an emulated Backup Center.
type centerTest struct {
	*emulatorTest
	center *backupcenter.Server
	url    string
	// instance is a machine with two volumes.
	instance string
	volumes  []string
}

// centerSecretEnv is where the provider looks for a client secret that the configuration leaves out.
const centerSecretEnv = "VNGCLOUD_CLIENT_SECRET" //nolint:gosec // a name, no secret

// newCenterTest starts a Backup Center whose time goes on by a second with each request.
func newCenterTest(t *testing.T) *centerTest {
	t.Helper()
	// A secret that is in the environment is in no file of the test.
	secret := os.Getenv(centerSecretEnv)
	center := backupcenter.New(backupcenter.Options{ClientID: "emulator", ClientSecret: orElse(secret, "emulator")})
	center.Tick = time.Second
	url := serveEmulator(t, center)
	c := &centerTest{emulatorTest: newEmulatorTest(t, center.Clock, centerBlock(url, "HCM-3")), center: center, url: url}
	if secret != "" {
		c.block = strings.Replace(c.block, "client_secret", "# client_secret", 1)
	}
	c.instance, c.volumes = center.AddInstance("web")
	return c
}

func centerBlock(url, region string) string {
	return fmt.Sprintf(`
provider "serverbackup" {
  vngcloud = {
    region           = %q
    client_id        = "emulator"
    client_secret    = "emulator"
    iam_endpoint     = %q
    backup_endpoint  = %q
    vserver_endpoint = %q
  }
}
`, region, url+backupcenter.IAMPath, url+backupcenter.BackupPath, url+backupcenter.VServerPath)
}

// service speaks to the same Backup Center beside Terraform.
func (c *centerTest) service() *vngcloud.Service {
	c.t.Helper()
	at := c.time()
	svc, err := vngcloud.New(vngcloud.Config{
		ClientID: "emulator", ClientSecret: orElse(os.Getenv(centerSecretEnv), "emulator"),
		IAMEndpoint: c.url + backupcenter.IAMPath, BackupEndpoint: c.url + backupcenter.BackupPath, VServerEndpoint: c.url + backupcenter.VServerPath,
		Now: at.now, Sleep: at.sleep, PollInterval: at.poll,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return svc
}

// backupServer is the one backup server.
func (c *centerTest) backupServer() backup.Server {
	c.t.Helper()
	for s, err := range c.service().Servers(c.t.Context()) {
		if err != nil {
			c.t.Fatal(err)
		}
		return s
	}
	c.t.Fatal("there is no backup server")
	return backup.Server{}
}

// points are those of the one backup server.
func (c *centerTest) points() []backup.Point {
	c.t.Helper()
	var list []backup.Point
	for p, err := range c.service().Points(c.t.Context(), backup.PointFilter{}) {
		if err != nil {
			c.t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

// days is so many days.
func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// server is a server of the machine by the default policy in the default location.
func (c *centerTest) server(more string) string {
	return fmt.Sprintf("resource \"serverbackup_server\" \"test\" {\n  instance_id = %q\n%s\n}\n", c.instance, more)
}

// later moves the clock on after an apply.
func later(c *centerTest, n int) resource.TestCheckFunc {
	return func(*terraform.State) error {
		c.clock.Advance(days(n))
		return nil
	}
}

// serverID is for imports.
func (c *centerTest) serverID(*terraform.State) (string, error) { return c.backupServer().ID, nil }
