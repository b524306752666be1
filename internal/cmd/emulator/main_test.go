package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud"
)

// serve runs the command and returns what it says and its address.
func serve(t *testing.T, args ...string) (said, address string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := run(ctx, append([]string{"-listen", "127.0.0.1:0"}, args...), write)
		_ = write.CloseWithError(io.EOF)
		done <- err
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	lines := bufio.NewScanner(read)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "Every id") {
		said += lines.Text() + "\n"
	}
	go func() { _, _ = io.Copy(io.Discard, read) }()
	return said, regexp.MustCompile(`http://[0-9.:]+`).FindString(said)
}

// TestServe configures the service as the command says, and finds what the seed says.
func TestServe(t *testing.T) {
	t.Parallel()
	seed := filepath.Join(t.TempDir(), "seed.json")
	if err := os.WriteFile(seed, []byte(`{"servers":[{"name":"web","points":[{"age":"26h","cadence":"daily"},{"age":"2h","fail":"no space"}]}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	said, address := serve(t, "-seed", seed, "-variation", "points-envelope")
	value := func(name string) string {
		found := regexp.MustCompile(name + ` += "([^"]*)"`).FindStringSubmatch(said)
		if found == nil {
			t.Fatalf("%s is not in:\n%s", name, said)
		}
		return found[1]
	}
	svc, err := vngcloud.New(vngcloud.Config{
		ClientID: value("client_id"), ClientSecret: value("client_secret"),
		IAMEndpoint: value("iam_endpoint"), BackupEndpoint: value("backup_endpoint"), VServerEndpoint: value("vserver_endpoint"),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for p, err := range svc.Points(t.Context(), backup.PointFilter{ServerName: "web"}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(p.Status)+" "+string(p.ScheduleType))
	}
	if want := "error manual, available policy"; strings.Join(got, ", ") != want {
		t.Errorf("points are %q, want %s", got, want)
	}

	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+emulator.ControlPath+"counts", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var counted emulator.Counted
	if err := json.NewDecoder(resp.Body).Decode(&counted); err != nil || counted.TotalRequests() == 0 {
		t.Errorf("counted %+v, %v", counted, err)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"there is no service":   {"-service", "other"},
		"there is no variation": {"-variation", "other"},
		"no such file":          {"-seed", filepath.Join(t.TempDir(), "none")},
	} {
		if err := run(t.Context(), append(args, "-listen", "127.0.0.1:0"), io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", args, err, want)
		}
	}
}
