package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// startRuns is how many times as many runs these rows take: each is a fraction of a second.
const startRuns = 10

// contender is a provider that is started.
type contender struct {
	name, source string
	// config is its configuration in JSON; nothing is done with it.
	config string
}

// starts are ours, with the service that needs most, and one that can do nothing.
var starts = []contender{
	{"serverbackup", ".", `{"local":{"repository":"/nonexistent/repository","password":"bench"}}`},
	{"minimal", "./internal/cmd/bench/minimal", `{}`},
}

// start measures a provider that is asked for its schema and configured, and then not used, beside one that
// can do nothing: what Terraform waits for before anything else. Then the same as users see it, with the CLI.
func (b *run) start() error {
	dir := filepath.Join(b.dir, "start")
	file := func(c contender) string { return filepath.Join(dir, "terraform-provider-"+c.name) }
	for _, c := range starts {
		// As releases are built, since the size is looked at too.
		build := exec.CommandContext(b.ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", file(c), c.source) //nolint:gosec // ours
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return err
		}
	}
	took, err := b.inTurn(b.runs*startRuns, func(c contender) (map[string]sample, error) { return b.unused(file(c), c.config) })
	if err != nil {
		return err
	}
	for _, step := range []string{stepServe, stepSchema, stepConfigure, stepAll} {
		took.print("unused provider: "+step, step)
	}
	all := took[stepAll]
	printRow("unused provider: memory", mib(all[0].memory()), beside+mib(all[1].memory()), float64(all[0].memory())/float64(all[1].memory()))
	if b.has("terraform") {
		if err := b.startWithCLI(dir); err != nil {
			return err
		}
	}
	if err := printSizes(file(starts[0]), file(starts[1])); err != nil {
		return err
	}
	return fresh(dir)
}

// startWithCLI measures commands that start the provider, and have nothing else to do.
func (b *run) startWithCLI(plugins string) error {
	overrides := ""
	for _, c := range starts {
		overrides += fmt.Sprintf("    \"serverbackup/%s\" = %q\n", c.name, plugins)
	}
	cli := filepath.Join(plugins, "cli.tfrc")
	if err := os.WriteFile(cli, []byte("provider_installation {\n  dev_overrides {\n"+overrides+"  }\n  direct {}\n}\n"), 0o600); err != nil {
		return err
	}
	for _, c := range starts {
		dir := filepath.Join(plugins, c.name)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		text := fmt.Sprintf("terraform {\n  required_providers {\n    %[1]s = { source = \"serverbackup/%[1]s\" }\n  }\n}\n", c.name)
		if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(text), 0o600); err != nil {
			return err
		}
	}
	env := []string{"TF_CLI_CONFIG_FILE=" + cli, "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1"}
	took, err := b.inTurn(b.runs*startRuns, func(c contender) (map[string]sample, error) {
		steps := make(map[string]sample)
		for _, command := range cliCommands {
			args := append([]string{"-chdir=" + filepath.Join(plugins, c.name)}, strings.Fields(command)...)
			s, _, err := b.command(env, "terraform", args...)
			if err != nil {
				return nil, err
			}
			steps[command] = s
		}
		return steps, nil
	})
	if err != nil {
		return err
	}
	for _, command := range cliCommands {
		took.print("terraform "+command+", nothing configured", command)
	}
	return nil
}

// cliCommands start the provider for its schema.
var cliCommands = []string{"validate", "plan -input=false"}

const beside = "minimal provider "

// taken are the samples of each step, ours first.
type taken map[string][2]samples

// inTurn lets both providers do something, each first in its turn.
func (b *run) inTurn(rounds int, do func(contender) (map[string]sample, error)) (taken, error) {
	took := make(taken)
	for round := range rounds {
		for i := range starts {
			who := (i + round) % len(starts)
			steps, err := do(starts[who])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", starts[who].name, err)
			}
			for step, s := range steps {
				all := took[step]
				all[who] = append(all[who], s)
				took[step] = all
			}
		}
	}
	return took, nil
}

// print prints the time of a step.
func (t taken) print(name, step string) {
	ours, minimal := t[step][0].time(), t[step][1].time()
	printRow(name, milliseconds(ours), beside+milliseconds(minimal), float64(ours)/float64(minimal))
}

// printSizes compares two files.
func printSizes(ours, minimal string) error {
	var bytes [2]int64
	for i, file := range []string{ours, minimal} {
		info, err := os.Stat(file)
		if err != nil {
			return err
		}
		bytes[i] = info.Size()
	}
	printRow("size of the program", mib(bytes[0]), beside+mib(bytes[1]), float64(bytes[0])/float64(bytes[1]))
	return nil
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}
