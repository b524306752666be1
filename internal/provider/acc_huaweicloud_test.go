package provider

import (
	"fmt"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emulatedcbr "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	emulatedcsbs "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/csbs"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
)

// cloudStart is a Sunday in summer.
var cloudStart = time.Date(2026, 7, 5, 9, 0, 0, 0, time.UTC)

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
	url := serveEmulator(t, cloud.Handler())
	return &csbsTest{emulatorTest: newEmulatorTest(t, cloud.Clock, huaweicloudBlock("csbs", url, "")), cloud: cloud, url: url}
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
	url := serveEmulator(t, cloud.Handler(iam.New(base, iam.DefaultAccount())))
	return &cbrTest{emulatorTest: newEmulatorTest(t, base.Clock, huaweicloudBlock("cbr", url, "")), cloud: cloud, base: base, url: url}
}

// huaweicloudBlock is a provider block for the user of an emulator, with further attributes of the service.
func huaweicloudBlock(service, url, more string) string {
	return fmt.Sprintf(`
provider "serverbackup" {
  %s = {
    auth_url    = "%s/v3"
    region      = "eu-de"
    user_name   = "emulator"
    password    = "emulator"
    domain_name = "emulator"
    %s
  }
}
`, service, url, more)
}
