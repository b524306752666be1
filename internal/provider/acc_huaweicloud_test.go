package provider

import (
	"fmt"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emulatedcbr "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	emulatedcsbs "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/csbs"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/csbs"
)

// cloudStart is a Sunday in summer.
var cloudStart = time.Date(2026, 7, 5, 9, 0, 0, 0, time.UTC)

// huaweicloudSecretEnv is the password and the secret key of the emulated account, where a test looks for them:
// provider blocks are then without credentials, which come from the environment.
const huaweicloudSecretEnv = "SERVERBACKUP_TEST_HUAWEICLOUD_SECRET"

// huaweicloudAccount is the one of the emulators.
func huaweicloudAccount() iam.Account {
	account := iam.DefaultAccount()
	if secret := os.Getenv(huaweicloudSecretEnv); secret != "" {
		account.Password, account.SecretKey = secret, secret
	}
	return account
}

// csbsTest runs the CLI against an emulated Cloud Server Backup Service.
type csbsTest struct {
	*emulatorTest
	cloud *emulatedcsbs.Emulator
	url   string
}

// newCSBSTest starts a service whose time goes on by a second with each request.
func newCSBSTest(t *testing.T) *csbsTest {
	t.Helper()
	cloud := emulatedcsbs.New(emulator.NewClock(cloudStart))
	cloud.Tick = time.Second
	cloud.IAM.Account = huaweicloudAccount()
	url := serveEmulator(t, cloud.Handler())
	return &csbsTest{emulatorTest: newEmulatorTest(t, cloud.Clock, huaweicloudBlock("csbs", url)), cloud: cloud, url: url}
}

// cbrTest runs the CLI against an emulated Cloud Backup and Recovery.
type cbrTest struct {
	*emulatorTest
	cloud *emulatedcbr.Emulator
	base  *emulator.Emulator
	url   string
}

// newCBRTest starts a service whose time goes on by a second with each request.
func newCBRTest(t *testing.T, options emulatedcbr.Options) *cbrTest {
	t.Helper()
	base := emulator.New(emulator.NewClock(cloudStart))
	base.Tick = time.Second
	base.Plans.Set("", emulator.Plan{Duration: 5 * time.Second})
	cloud := emulatedcbr.New(base, options)
	url := serveEmulator(t, cloud.Handler(iam.New(base, huaweicloudAccount())))
	return &cbrTest{emulatorTest: newEmulatorTest(t, base.Clock, huaweicloudBlock("cbr", url)), cloud: cloud, base: base, url: url}
}

// huaweicloudBlock is a provider block for the user of an emulator.
func huaweicloudBlock(service, url string) string {
	if os.Getenv(huaweicloudSecretEnv) != "" {
		return providerBlock(service, "auth_url = %q\n    endpoint = %q\n    region   = \"eu-de\"", url+"/v3", url)
	}
	return providerBlock(service, `auth_url    = %q
    region      = "eu-de"
    user_name   = "emulator"
    password    = "emulator"
    domain_name = "emulator"`, url+"/v3")
}

// signedBlock is a provider block for requests that are signed, which name their project themselves.
func signedBlock(service, url, project string) string {
	return providerBlock(service, `endpoint   = %q
    region     = "eu-de"
    access_key = "emulator"
    secret_key = "emulator"
    project_id = %q`, url, project)
}

func providerBlock(service, attributes string, values ...any) string {
	return fmt.Sprintf("\nprovider \"serverbackup\" {\n  %s = {\n    %s\n  }\n}\n", service, fmt.Sprintf(attributes, values...))
}

// service is the service beside Terraform.
func (c *csbsTest) service() *csbs.Service {
	c.t.Helper()
	svc, err := csbs.New(csbs.Config{Config: huaweicloudConfig(c.url), Now: c.time().now, Pause: c.time().sleep, PollInterval: c.time().poll})
	if err != nil {
		c.t.Fatal(err)
	}
	return svc
}

// service is the service beside Terraform.
func (c *cbrTest) service() *cbr.Service {
	c.t.Helper()
	svc, err := cbr.New(cbr.Config{Config: huaweicloudConfig(c.url), Now: c.time().now, Pause: c.time().sleep, PollInterval: c.time().poll})
	if err != nil {
		c.t.Fatal(err)
	}
	return svc
}

// otherProject is one that is not the emulator's.
const otherProject = "0123456789abcdef0123456789abcdef"

func huaweicloudConfig(url string) huaweicloud.Config {
	return huaweicloud.Config{AuthURL: url, Region: "eu-de", UserName: "emulator", Password: huaweicloudAccount().Password, DomainName: "emulator"}
}

// takePoint returns the id of a point that was taken beside Terraform.
func takePoint(t *testing.T, svc backup.Service, r backup.PointRequest) string {
	t.Helper()
	p, err := svc.StartPoint(t.Context(), r)
	if err == nil {
		p, err = backup.WaitPoint(t.Context(), svc, p, backup.WaitOptions{Interval: time.Millisecond})
	}
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// refuses plans a configuration that is wrong in many ways, and expects to hear of each.
func (e *emulatorTest) refuses(config string, patterns ...string) {
	e.t.Helper()
	e.run(resource.TestStep{Config: config, PlanOnly: true, ExpectError: regexp.MustCompile("Error")})
	for _, pattern := range patterns {
		if err := e.heard(pattern); err != nil {
			e.t.Error(err)
		}
	}
}
