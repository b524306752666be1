package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// terraform is the CLI with a configuration of servers and points, on a repository of its own.
type terraform struct {
	*contestant
	dir   string
	costs string // file with what the provider's processes took
	env   []string
}

// newTerraform writes a configuration, and a CLI configuration that takes the provider from here. Such a
// provider needs no init.
func (b *run) newTerraform() (*terraform, error) {
	dir := filepath.Join(b.dir, "terraform")
	t := &terraform{
		contestant: &contestant{run: b, repository: "planned", compression: engine.DefaultCompression},
		dir:        dir, costs: filepath.Join(dir, "costs.json"),
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	plugins, provider, err := b.installProvider()
	if err != nil {
		return nil, err
	}
	cli := fmt.Sprintf("provider_installation {\n  dev_overrides { \"serverbackup/serverbackup\" = %q }\n  direct {}\n}\n", plugins)
	if err := os.WriteFile(filepath.Join(dir, "cli.tfrc"), []byte(cli), 0o600); err != nil {
		return nil, err
	}
	t.env = []string{
		"TF_CLI_CONFIG_FILE=" + filepath.Join(dir, "cli.tfrc"), "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1",
		realProviderEnv + "=" + provider, costsEnv + "=" + t.costs,
	}
	text, err := t.configuration()
	if err != nil {
		return nil, err
	}
	return t, os.WriteFile(filepath.Join(dir, "main.tf"), []byte(text), 0o600)
}

// configuration spreads the points evenly over the servers. Each resource has a block of its own, since
// Terraform is slow with references to one of hundreds of instances, and that is not measured here.
func (t *terraform) configuration() (string, error) {
	var text strings.Builder
	fmt.Fprintf(&text, `terraform {
  required_providers {
    serverbackup = { source = "serverbackup/serverbackup" }
  }
}

provider "serverbackup" {
  local = {
    repository  = %q
    password    = %q
    host        = %q
    user        = %q
    compression = %q
  }
}

output "server" {
  value = serverbackup_server.s0.id
}
`, t.config().Repository, t.config().Password, t.config().Host, t.config().User, t.compression)
	for i := range t.servers {
		source := filepath.Join(t.dir, "sources", fmt.Sprint(i))
		if err := makeTree(source, 1, 100); err != nil {
			return "", err
		}
		fmt.Fprintf(&text, `
resource "serverbackup_server" "s%d" {
  name  = "server-%d"
  local = { sources = [%q] }
}
`, i, i, source)
	}
	for i := range t.planned {
		fmt.Fprintf(&text, `
resource "serverbackup_point" "p%d" {
  server_id = serverbackup_server.s%d.id
  name      = "point-%d"
  tags      = { number = "%d" }
}
`, i, i%t.servers, i, i)
	}
	return text.String(), nil
}

func (t *terraform) do(args ...string) (sample, []byte, error) {
	return t.command(t.env, "terraform", append([]string{"-chdir=" + t.dir}, args...)...)
}

// apply takes every point of the state for real.
func (t *terraform) apply() (sample, error) {
	s, _, err := t.do("apply", "-auto-approve", "-input=false", "-no-color")
	if err != nil {
		return s, err
	}
	return s, os.Remove(t.costs)
}

// planNothing fails if the plan has changes.
func (t *terraform) planNothing() (sample, error) {
	s, _, err := t.do("plan", "-detailed-exitcode", "-input=false", "-no-color")
	return s, err
}

func (t *terraform) output(name string) (string, error) {
	_, out, err := t.do("output", "-raw", name)
	return string(out), err
}
