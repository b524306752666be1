package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// cliSchema builds the provider and returns its schema as the real CLI prints it.
func cliSchema(t *testing.T) map[string]any {
	t.Helper()

	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set")
	}
	cli := os.Getenv("TF_ACC_TERRAFORM_PATH")
	if cli == "" {
		var err error
		if cli, err = exec.LookPath("terraform"); err != nil {
			t.Skip("no Terraform CLI: set TF_ACC_TERRAFORM_PATH")
		}
	}

	plugins, work := t.TempDir(), t.TempDir()
	binary := filepath.Join(plugins, "terraform-provider-serverbackup")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	command(t, "", "go", "build", "-o", binary, "github.com/serverbackup/terraform-provider-serverbackup")

	// An override needs no init, hence neither a lock file nor a registry.
	config := filepath.Join(work, "cli.tfrc")
	write(t, config, fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"serverbackup/serverbackup\" = %q\n  }\n}\n", plugins))
	write(t, filepath.Join(work, "main.tf"),
		"terraform {\n  required_providers {\n    serverbackup = { source = \"serverbackup/serverbackup\" }\n  }\n}\n")

	var out struct {
		Schemas map[string]map[string]any `json:"provider_schemas"`
	}
	text := command(t, work, cli, "providers", "schema", "-json")
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	for _, schema := range out.Schemas {
		// One provider only, under the host name that this CLI prefers.
		return schema
	}
	t.Fatalf("the CLI printed no schema: %s", text)
	return nil
}

// command runs a program and returns what it prints; TF_CLI_CONFIG_FILE is dir/cli.tfrc.
func command(t *testing.T, dir, name string, args ...string) []byte {
	t.Helper()

	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE="+filepath.Join(dir, "cli.tfrc"))
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("%s: %v\n%s", cmd, err, exit.Stderr)
		}
		t.Fatalf("%s: %v", cmd, err)
	}
	return out
}

func write(t *testing.T, path, text string) {
	t.Helper()

	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
