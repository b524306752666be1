package huaweicloud_test

import (
	"context"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// cloud is an identity service with a service of two calls.
type cloud struct {
	*emulator.Emulator
	iam *iam.IAM
	url string

	mu     sync.Mutex
	writes int
	pauses []time.Duration
}

const password = "a password that nobody guesses"

func newCloud(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{Emulator: emulator.New(emulator.NewClock(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)))}
	account := iam.DefaultAccount()
	account.Password, account.SecretKey = password, password
	c.iam = iam.New(c.Emulator, account)
	c.iam.Publish("csbs", "data-protect", "v1")
	mux := http.NewServeMux()
	c.iam.Register(mux)
	mux.Handle("GET /v1/{project}/things", c.iam.Gateway(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		iam.Reply(w, http.StatusOK, map[string]string{"name": r.URL.Query().Get("name")})
	})))
	mux.Handle("POST /v1/{project}/things", c.iam.Gateway(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.writes++
		iam.Reply(w, http.StatusOK, map[string]int{"writes": c.writes})
	})))
	mux.HandleFunc("GET /v1/{project}/things/malformed", func(w http.ResponseWriter, _ *http.Request) {
		iam.Reply(w, http.StatusUnauthorized, map[string]any{"unauthorized": map[string]string{"code": "401", "message": "Malformed request url"}})
	})
	mux.HandleFunc("GET /v1/{project}/things/elsewhere", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/v1/stolen", http.StatusFound)
	})
	mux.HandleFunc("GET /v1/{project}/things/endless", func(w http.ResponseWriter, r *http.Request) {
		block := make([]byte, 1<<20)
		for r.Context().Err() == nil {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	server := httptest.NewServer(c.Handler(mux))
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

func (c *cloud) config() huaweicloud.Config {
	return huaweicloud.Config{
		AuthURL: c.url, Region: "eu-de", UserName: "emulator", Password: password, DomainName: "emulator",
	}
}

func (c *cloud) keys() huaweicloud.Config {
	return huaweicloud.Config{
		AuthURL: c.url, Region: "eu-de", AccessKey: "emulator", SecretKey: password, Endpoint: c.url,
	}
}

func (c *cloud) client(t *testing.T, cfg huaweicloud.Config, change ...func(*huaweicloud.Options)) *huaweicloud.Client {
	t.Helper()
	opts := huaweicloud.Options{
		Now: c.Clock.Now,
		Pause: func(ctx context.Context, d time.Duration) error {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.pauses = append(c.pauses, d)
			return ctx.Err()
		},
	}
	for _, f := range change {
		f(&opts)
	}
	client, err := huaweicloud.NewClient(cfg, huaweicloud.API{Name: "csbs", Types: []string{"data-protect"}, Version: "v1"}, opts)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func read(t *testing.T, client *huaweicloud.Client) error {
	t.Helper()
	var out struct{ Name string }
	err := client.Do(t.Context(), huaweicloud.Get(map[string][]string{"name": {"ü & x+y"}}, "things"), &out)
	if err == nil && out.Name != "ü & x+y" {
		t.Errorf("the service understood %q", out.Name)
	}
	return err
}

func write(t *testing.T, client *huaweicloud.Client) error {
	t.Helper()
	return client.Do(t.Context(), huaweicloud.Post(map[string]string{"name": "x"}, "things"), nil)
}

// taken is how many writes the service took.
func (c *cloud) taken() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.writes
}

func (c *cloud) paused() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.pauses)
}

func (c *cloud) tokenRequests() int {
	return c.Counts.Snapshot().Requests["POST /v3/auth/tokens"]
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*cloud, *huaweicloud.Config)
		kind   error
		text   string
	}{
		{"user", func(c *cloud, cfg *huaweicloud.Config) { *cfg = c.config() }, nil, ""},
		{"user, project by id", func(c *cloud, cfg *huaweicloud.Config) { *cfg = c.config(); cfg.ProjectID = c.iam.Account.ProjectID }, nil, ""},
		{"user, domain by id", func(c *cloud, cfg *huaweicloud.Config) {
			*cfg = c.config()
			cfg.DomainID, cfg.DomainName = c.iam.Account.DomainID, ""
		}, nil, ""},
		{"key", func(c *cloud, cfg *huaweicloud.Config) { *cfg = c.keys() }, nil, ""},
		{"key, project by id", func(c *cloud, cfg *huaweicloud.Config) { *cfg = c.keys(); cfg.ProjectID = c.iam.Account.ProjectID }, nil, ""},
		{"temporary key", func(c *cloud, cfg *huaweicloud.Config) {
			*cfg = c.keys()
			c.iam.Account.SecurityToken, cfg.SecurityToken = "a security token", "a security token"
		}, nil, ""},
		{"wrong password", func(c *cloud, cfg *huaweicloud.Config) { *cfg = c.config(); cfg.Password += "!" }, backup.ErrDenied, "password"},
		{"wrong project", func(c *cloud, cfg *huaweicloud.Config) { *cfg = c.config(); cfg.ProjectName = "eu-de_other" }, backup.ErrDenied, "project"},
		{"wrong key", func(c *cloud, cfg *huaweicloud.Config) { *cfg = c.keys(); cfg.SecretKey += "!" }, backup.ErrDenied, "authentication"},
		{"key, unknown project", func(c *cloud, cfg *huaweicloud.Config) { *cfg = c.keys(); cfg.ProjectName = "eu-de_other" }, backup.ErrNotFound, "project_name"},
		{"other region", func(c *cloud, cfg *huaweicloud.Config) {
			*cfg = c.config()
			cfg.Region, cfg.ProjectName = "eu-nl", "eu-de"
		}, nil, "csbs.endpoint"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			var cfg huaweicloud.Config
			tc.change(c, &cfg)
			client := c.client(t, cfg)
			err := read(t, client)
			switch {
			case tc.text == "" && err != nil:
				t.Fatal(err)
			case tc.text == "":
				scope, err := client.Scope(t.Context())
				if want := (backup.Scope{Service: "csbs", ID: c.iam.Account.ProjectID}); err != nil || scope.Service != want.Service || scope.ID != want.ID {
					t.Errorf("the scope is %+v (%v), want %+v", scope, err, want)
				}
				if err := write(t, client); err != nil {
					t.Error(err)
				}
			case err == nil || !strings.Contains(err.Error(), tc.text) || (tc.kind != nil && !errors.Is(err, tc.kind)):
				t.Errorf("the error is %v, want %v with %q", err, tc.kind, tc.text)
			case strings.Contains(err.Error(), password):
				t.Errorf("the error %q repeats a secret", err)
			}
		})
	}
}

func TestTokenIsRenewed(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	client := c.client(t, c.config())
	for _, tc := range []struct {
		name   string
		before func()
		tokens int
	}{
		{"first", func() {}, 1},
		{"kept", func() {}, 1},
		{"about to end", func() { c.Clock.Advance(iam.TokenLifetime - time.Minute) }, 2},
		{"revoked", func() { c.Tokens.Revoke() }, 3},
	} {
		tc.before()
		if err := write(t, client); err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		if got := c.tokenRequests(); got != tc.tokens {
			t.Errorf("%s: %d tokens were asked for, want %d", tc.name, got, tc.tokens)
		}
	}
	if n := c.taken(); n != 4 {
		t.Errorf("4 writes were taken as %d", n)
	}
	c.Faults.Inject(emulator.Fault{Kind: emulator.FaultStatus, Status: http.StatusUnauthorized, Path: "/things", Times: -1, Body: `{}`})
	if err := write(t, client); !errors.Is(err, backup.ErrDenied) || c.tokenRequests() != 4 {
		t.Errorf("a service that refuses every token: %v after %d tokens, want one more", err, c.tokenRequests())
	}
}

func TestMalformedIsNotFound(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	err := c.client(t, c.config()).Do(t.Context(), huaweicloud.Get(nil, "things", "malformed"), nil)
	if !errors.Is(err, backup.ErrNotFound) || errors.Is(err, backup.ErrDenied) || c.tokenRequests() != 1 {
		t.Errorf("got %v after %d tokens, want not found and one token", err, c.tokenRequests())
	}
}

func TestRetries(t *testing.T) {
	t.Parallel()
	status := func(code int) emulator.Fault {
		return emulator.Fault{Kind: emulator.FaultStatus, Status: code, Path: "/things", Times: 2, Body: "{}"}
	}
	broken := func(kind emulator.FaultKind) emulator.Fault {
		return emulator.Fault{Kind: kind, Path: "/things", Times: 2}
	}
	throttled := emulator.Throttled(2, 7)
	throttled.Path = "/things"
	login := emulator.LoginPage(2)
	login.Path = "/things"
	for _, tc := range []struct {
		name  string
		fault emulator.Fault
		// write is the error of a write; reads all succeed.
		write  error
		writes int
	}{
		{"throttled", throttled, nil, 1},
		{"502", status(502), huaweicloud.ErrUncertain, 0},
		{"503", status(503), huaweicloud.ErrUncertain, 0},
		{"dropped before", broken(emulator.FaultDropBefore), huaweicloud.ErrUncertain, 0},
		{"dropped after", broken(emulator.FaultDropAfter), huaweicloud.ErrUncertain, 1},
		{"cut off", broken(emulator.FaultTruncate), huaweicloud.ErrUncertain, 1},
		{"login page", login, huaweicloud.ErrUncertain, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			client := c.client(t, c.config())
			if _, err := client.Scope(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.Faults.Inject(tc.fault)
			if err := read(t, client); err != nil {
				t.Errorf("a read fails after two faults: %v", err)
			}
			if tc.fault.RetryAfter > 0 {
				for _, d := range c.paused() {
					if d < 7*time.Second {
						t.Errorf("a pause of %s, though the service asked for 7 s", d)
					}
				}
			}
			c.Faults.Clear()
			c.Faults.Inject(tc.fault)
			err := write(t, client)
			if tc.write != nil && !errors.Is(err, tc.write) {
				t.Errorf("a write fails with %v, want %v", err, tc.write)
			}
			if tc.name == "throttled" && err != nil {
				t.Errorf("a write that was throttled fails: %v", err)
			}
			if n := c.taken(); n != tc.writes {
				t.Errorf("%d writes were taken, want %d", n, tc.writes)
			}
		})
	}
}

func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	for _, fault := range []emulator.Fault{emulator.Throttled(-1, 0), emulator.Throttled(-1, 3600)} {
		c := newCloud(t)
		client := c.client(t, c.config())
		if _, err := client.Scope(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.Faults.Inject(fault)
		if err := read(t, client); !errors.Is(err, backup.ErrThrottled) {
			t.Errorf("got %v, want it to end as throttled", err)
		}
		if n := len(c.paused()); n > 5 || (fault.RetryAfter > 0 && n > 0) {
			t.Errorf("%d pauses; Retry-After is %d", n, fault.RetryAfter)
		}
	}
}

func TestRedirectsAndHugeAnswersAreRefused(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	client := c.client(t, c.config())
	if err := client.Do(t.Context(), huaweicloud.Get(nil, "things", "elsewhere"), nil); err == nil || !strings.Contains(err.Error(), "redirect") {
		t.Errorf("a redirect gives %v", err)
	}
	if n := c.Counts.Snapshot().Requests["GET /v1/stolen"]; n != 0 {
		t.Error("the redirect was followed")
	}
	call := huaweicloud.Get(nil, "things", "endless")
	call.Read = false // Once is enough.
	if err := client.Do(t.Context(), call, nil); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("an endless answer gives %v", err)
	}
}

func TestRequestsInFlight(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.Latency = 2 * time.Millisecond
	client := c.client(t, c.config(), func(o *huaweicloud.Options) { o.MaxConcurrentRequests = 3 })
	var group sync.WaitGroup
	for range 30 {
		group.Go(func() {
			if err := read(t, client); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	counted := c.Counts.Snapshot()
	if counted.MostInFlight > 3 || counted.MostInFlight < 2 {
		t.Errorf("%d requests were in flight, want up to 3", counted.MostInFlight)
	}
	if got := counted.Requests["POST /v3/auth/tokens"]; got != 1 {
		t.Errorf("30 requests asked for %d tokens, want one", got)
	}
}

func TestCanceledContext(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	client := c.client(t, c.config())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := client.Do(ctx, huaweicloud.Post(nil, "things"), nil); !errors.Is(err, context.Canceled) || errors.Is(err, huaweicloud.ErrUncertain) {
		t.Errorf("got %v, want the error of the context, and that nothing was sent", err)
	}
	if n := c.Counts.Snapshot().TotalRequests(); n != 0 {
		t.Errorf("%d requests were sent", n)
	}

	c.Faults.Inject(emulator.Fault{Kind: emulator.FaultHang, Path: "/things"})
	hung, giveUp := context.WithCancelCause(t.Context())
	time.AfterFunc(50*time.Millisecond, func() { giveUp(errors.New("given up")) })
	err := client.Do(hung, huaweicloud.Post(nil, "things"), nil)
	if !errors.Is(err, huaweicloud.ErrUncertain) || !strings.Contains(err.Error(), "given up") {
		t.Errorf("a write that was given up gives %v, want that it is uncertain", err)
	}
}

func TestCAFile(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Subject-Token", c.Tokens.Issue(time.Hour))
		iam.Reply(w, http.StatusCreated, map[string]any{"token": map[string]any{"project": map[string]string{"id": c.iam.Account.ProjectID}}})
	}))
	t.Cleanup(secure.Close)
	cfg := c.config()
	cfg.AuthURL, cfg.Endpoint = secure.URL, c.url
	if err := read(t, c.client(t, cfg)); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("an unknown certificate gives %v", err)
	}
	cfg.CAFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(cfg.CAFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := read(t, c.client(t, cfg)); err != nil {
		t.Errorf("with ca_file: %v", err)
	}
}
