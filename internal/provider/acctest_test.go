package provider

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// accPassword opens the repositories of the tests.
const accPassword = "correct horse"

// protoV6ProviderFactories start the provider in the process of the test, once per command of the
// CLI, so that nothing is cached from one command to the next.
var protoV6ProviderFactories = map[string]func() (tfprotov6.ProviderServer, error){
	"serverbackup": func() (tfprotov6.ProviderServer, error) {
		return providerserver.NewProtocol6WithError(New("test")())()
	},
}

// accStore is a repository of its own in a home of its own.
type accStore struct {
	t *testing.T
	// dir is where the repository will be; nothing is there yet.
	dir string
	// files is a directory with something to back up.
	files string
}

// newAccStore keeps the test, the CLI and the provider away from the machine they run on. Tests that
// use it cannot be parallel: the environment belongs to the process.
func newAccStore(t *testing.T) accStore {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set")
	}
	home := t.TempDir()
	cliConfig := filepath.Join(home, "terraformrc")
	writeFile(t, cliConfig, "")
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
		t.Setenv(name, value)
	}
	s := accStore{t: t, dir: filepath.Join(home, "repository"), files: filepath.Join(home, "files")}
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

// service opens the store beside Terraform, to look at it or to change it behind Terraform's back.
func (s accStore) service() *local.Service {
	s.t.Helper()
	svc, err := local.New(local.Config{Repository: s.dir, Password: accPassword, Host: "testhost", User: "tester"})
	if err != nil {
		s.t.Fatal(err)
	}
	return svc
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
