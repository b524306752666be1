package provider

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// cliAddress is what a configuration means that does not say where the provider comes from.
const cliAddress = "registry.terraform.io/hashicorp/serverbackup"

// terraformMinor finds the version of Terraform, and nothing in that of OpenTofu, which counts in its own way.
var terraformMinor = regexp.MustCompile(`^Terraform v1\.(\d+)\.`)

// cliTest runs commands of the real CLI for which terraform-plugin-testing has no step: invoking an action, and
// generating the configuration of what a query finds.
type cliTest struct {
	t   *testing.T
	cli string
	dir string
	// open makes the provider, once per command, so that nothing is cached from one command to the next.
	open func() (tfprotov6.ProviderServer, error)
	// minor is the version of Terraform, 14 for 1.14.
	minor int
}

// newCLITest skips the test unless tests with the real CLI are asked for, and that has actions and queries. The
// configuration is of a provider that is as users have it.
func newCLITest(t *testing.T, block string) *cliTest {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set")
	}
	c := &cliTest{t: t, cli: orElse(os.Getenv("TF_ACC_TERRAFORM_PATH"), "terraform"), dir: t.TempDir(), open: protoV6ProviderFactories[typeName]}
	version, err := exec.CommandContext(t.Context(), c.cli, "version").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, version)
	}
	if found := terraformMinor.FindSubmatch(version); found != nil {
		if c.minor, err = strconv.Atoi(string(found[1])); err != nil {
			t.Fatal(err)
		}
	}
	if c.minor < 14 {
		t.Skip("Terraform 1.14 has actions and queries, this is " + strings.SplitN(string(version), "\n", 2)[0])
	}
	c.write("provider.tf", block)
	return c
}

// newEmulatorCLITest is for a cloud: the provider lives by the clock of its emulator.
func newEmulatorCLITest(e *emulatorTest) *cliTest {
	e.t.Helper()
	c := newCLITest(e.t, e.block)
	c.open = func() (tfprotov6.ProviderServer, error) {
		p := &serverbackupProvider{version: "test", open: func(ctx context.Context, model providerModel, diags *diag.Diagnostics) backup.Service {
			return openServiceAt(ctx, model, e.time(), diags)
		}}
		return newServer(p), nil
	}
	return c
}

// write puts a file in the place of what has its name.
func (c *cliTest) write(name, text string) {
	c.t.Helper()
	writeFile(c.t, filepath.Join(c.dir, name), text)
}

// run is for a command that succeeds; it returns what the CLI printed.
func (c *cliTest) run(args ...string) string {
	c.t.Helper()
	out, err := c.try(args...)
	if err != nil {
		c.t.Fatalf("%q: %v\n%s", args, err, out)
	}
	return out
}

// fails is for a command that ends with status 1.
func (c *cliTest) fails(args ...string) string {
	c.t.Helper()
	out, err := c.try(args...)
	if err == nil {
		c.t.Fatalf("%q did not fail:\n%s", args, out)
	}
	return out
}

// try starts the provider in this process, and the CLI with the address of it.
func (c *cliTest) try(args ...string) (string, error) {
	c.t.Helper()
	server, err := c.open()
	if err != nil {
		c.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(c.t.Context())
	at, closed, served := make(chan *plugin.ReattachConfig), make(chan struct{}), make(chan error, 1)
	go func() {
		served <- tf6server.Serve(cliAddress, func() tfprotov6.ProviderServer { return server },
			tf6server.WithDebug(ctx, at, closed), tf6server.WithGoPluginLogger(hclog.NewNullLogger()), tf6server.WithLoggingSink(c.t))
	}()
	defer func() {
		cancel()
		<-closed
		if err := <-served; err != nil {
			c.t.Error(err)
		}
	}()
	reattach, err := json.Marshal(map[string]any{cliAddress: reattachConfig(<-at)})
	if err != nil {
		c.t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, c.cli, append(args, "-no-color")...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "TF_IN_AUTOMATION=1", "TF_INPUT=0", "TF_REATTACH_PROVIDERS="+string(reattach))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// reattachConfig is in the form that the CLI reads.
func reattachConfig(at *plugin.ReattachConfig) map[string]any {
	return map[string]any{
		"Protocol": at.Protocol, "ProtocolVersion": at.ProtocolVersion, "Pid": at.Pid, "Test": at.Test,
		"Addr": map[string]string{"Network": at.Addr.Network(), "String": at.Addr.String()},
	}
}

// apply applies the whole configuration.
func (c *cliTest) apply(args ...string) string {
	c.t.Helper()
	return c.run(append([]string{"apply", "-auto-approve"}, args...)...)
}

// expectNoChange wants a plan that is empty.
func (c *cliTest) expectNoChange() {
	c.t.Helper()
	if out, err := c.try("plan", "-detailed-exitcode"); err != nil {
		c.t.Errorf("the plan is not empty: %v\n%s", err, out)
	}
}
