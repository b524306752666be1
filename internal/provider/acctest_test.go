package provider

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// accPassword opens the repositories of the tests.
const accPassword = "correct horse"

// TestMain keeps the tests, the CLI and the provider away from the home directory of whoever runs
// them. It is done once for the process, so that tests can be parallel.
func TestMain(m *testing.M) {
	os.Exit(runInHome(m))
}

func runInHome(m *testing.M) int {
	home, err := os.MkdirTemp("", "serverbackup-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(home) }()
	cliConfig := filepath.Join(home, "terraformrc")
	if err := os.WriteFile(cliConfig, nil, 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for name, value := range map[string]string{
		"HOME":               home,
		"XDG_CONFIG_HOME":    filepath.Join(home, "config"),
		"XDG_DATA_HOME":      filepath.Join(home, "data"),
		"XDG_CACHE_HOME":     filepath.Join(home, "cache"),
		"XDG_STATE_HOME":     filepath.Join(home, "state"),
		"TF_CLI_CONFIG_FILE": cliConfig,
		"CHECKPOINT_DISABLE": "1",
		serviceEnv:           "",
	} {
		if err := os.Setenv(name, value); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return m.Run()
}

// protoV6ProviderFactories start the provider in the process of the test, once per command of the
// CLI, so that nothing is cached from one command to the next.
var protoV6ProviderFactories = factoriesAt(serviceTime{})

// factoriesAt start the provider with a time of its own.
func factoriesAt(at serviceTime) map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"serverbackup": func() (tfprotov6.ProviderServer, error) {
			return newServer(&serverbackupProvider{
				version: "test",
				open: func(ctx context.Context, model providerModel, diags *diag.Diagnostics) backup.Service {
					return openServiceAt(ctx, model, at, diags)
				},
			}), nil
		},
	}
}

// accStore is a repository for one Terraform test.
type accStore struct {
	t *testing.T
	// dir is where the repository will be; nothing is there yet.
	dir string
	// files is a directory with something to back up.
	files string
}

// newAccStore skips the test unless tests with the real CLI are asked for.
func newAccStore(t *testing.T) accStore {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set")
	}
	dir := t.TempDir()
	s := accStore{t: t, dir: filepath.Join(dir, "repository"), files: filepath.Join(dir, "files")}
	writeFile(t, filepath.Join(s.files, "a.txt"), "content of a")
	return s
}

// config is the provider block for the store, followed by the rest of a configuration.
func (s accStore) config(rest string) string {
	return fmt.Sprintf(`
provider "serverbackup" {
  local = {
    repository = %q
    password   = %q
    host       = "testhost"
    user       = "tester"
  }
}
`, s.dir, accPassword) + rest
}

// writeFile also makes the directory of the file.
func writeFile(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
