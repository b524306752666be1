package client_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud/client"
)

// setup is a client on an emulator, and the waits that it asked for.
type setup struct {
	*client.Client
	center *backupcenter.Server
	mu     sync.Mutex
	waits  []time.Duration
}

func newSetup(t *testing.T, switches backupcenter.Switches, change ...func(*client.Config)) *setup {
	t.Helper()
	s := &setup{center: backupcenter.New(backupcenter.Options{Switches: switches})}
	server := httptest.NewServer(s.center)
	t.Cleanup(server.Close)
	cfg := client.Config{
		ClientID: "emulator", ClientSecret: "emulator", MaxConcurrentRequests: 8, HTTP: http.DefaultClient,
		IAM: server.URL + backupcenter.IAMPath, Backup: server.URL + backupcenter.BackupPath, VServer: server.URL + backupcenter.VServerPath,
		Now: s.center.Clock.Now, Log: slog.New(slog.DiscardHandler),
		Sleep: func(ctx context.Context, d time.Duration) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.waits = append(s.waits, d)
			return context.Cause(ctx)
		},
	}
	for _, apply := range change {
		apply(&cfg)
	}
	s.Client = client.New(cfg)
	return s
}

func (s *setup) requests(contains string) (n int) {
	for name, count := range s.center.Counts.Snapshot().Requests {
		if strings.Contains(name, contains) {
			n += count
		}
	}
	return n
}

// TestRetries: reads are repeated, writes only if they were refused unseen.
func TestRetries(t *testing.T) {
	t.Parallel()
	const path = "/v1/backup-policies"
	for name, tc := range map[string]struct {
		fault  emulator.Fault
		reads  int // requests that a read takes
		writes int // requests that a write takes
		unsure bool
	}{
		"throttled":      {emulator.Throttled(2, 3), 3, 3, false},
		"unavailable":    {emulator.Fault{Kind: emulator.FaultStatus, Status: 503, Times: 2, Body: `{"message":"this service is in maintenance"}`}, 3, 1, true},
		"server error":   {emulator.Fault{Kind: emulator.FaultStatus, Status: 500, Times: 2}, 3, 1, true},
		"not allowed":    {emulator.Fault{Kind: emulator.FaultStatus, Status: 403, Body: `[{"code":"IAM_PERMISSION_DENIED"}]`}, 1, 1, false},
		"drop before":    {emulator.Fault{Kind: emulator.FaultDropBefore, Times: 2}, 3, 1, true},
		"drop after":     {emulator.Fault{Kind: emulator.FaultDropAfter, Times: 2}, 3, 1, true},
		"half a body":    {emulator.Fault{Kind: emulator.FaultTruncate, Times: 2}, 3, 1, true},
		"cut off":        {emulator.Fault{Kind: emulator.FaultCut, Times: 2}, 3, 1, true},
		"login page":     {emulator.LoginPage(2), 3, 1, true},
		"for ever":       {emulator.Fault{Kind: emulator.FaultStatus, Status: 503, Times: -1}, 5, 1, true},
		"stale, as 500":  {emulator.Fault{Kind: emulator.FaultStatus, Status: 500, Body: `[{"code":"IAM_VALIDATION_ERROR"}]`}, 2, 2, false},
		"stale, as 401":  {emulator.Fault{Kind: emulator.FaultStatus, Status: 401}, 2, 2, false},
		"stale for ever": {emulator.Fault{Kind: emulator.FaultStatus, Status: 401, Times: -1}, 2, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, backupcenter.Switches{}, func(c *client.Config) {
				// Go itself repeats a read on a connection that was kept.
				c.HTTP = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			})
			tc.fault.Path = path
			s.center.Faults.Inject(tc.fault)
			_, err := s.Policies(t.Context())
			if got := s.requests(path); got != tc.reads {
				t.Errorf("a read took %d requests, want %d (%v)", got, tc.reads, err)
			}
			if lasting := tc.fault.Times == -1 || tc.reads == 1; lasting != (err != nil) {
				t.Errorf("a read ends with %v", err)
			}

			s.center.Faults.Clear()
			s.center.Counts.Reset()
			s.center.Faults.Inject(tc.fault)
			_, err = s.CreatePolicy(t.Context(), client.PolicyWrite{
				BackendID: s.center.BackendID(), ProjectID: s.center.ProjectID(), Name: "daily",
				Config: client.PolicyConfig{Hour: client.NumberOf(1), TimeZone: "UTC"},
			})
			if got := s.requests(path); got != tc.writes {
				t.Errorf("a write took %d requests, want %d (%v)", got, tc.writes, err)
			}
			if errors.Is(err, client.ErrAmbiguous) != tc.unsure {
				t.Errorf("a write ends with %v; ambiguous should be %v", err, tc.unsure)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	s := newSetup(t, backupcenter.Switches{})
	s.center.Faults.Inject(emulator.Fault{Kind: emulator.FaultStatus, Status: 429, RetryAfter: 17, Path: "/v1/backends"})
	s.center.Faults.Inject(emulator.Fault{Kind: emulator.FaultStatus, Status: 503, Path: "/v1/backends", Times: 2})
	if _, err := s.Backends(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(s.waits) != 3 || s.waits[0] != 17*time.Second {
		t.Fatalf("waited %v; want 17 s first", s.waits)
	}
	for i, most := range []time.Duration{time.Second, 2 * time.Second} {
		if got := s.waits[i+1]; got < most/2 || got > most {
			t.Errorf("waited %v; want %v less up to half of it", got, most)
		}
	}
}

// TestToken: one token for many requests, a new one before its end, and one after it was refused.
func TestToken(t *testing.T) {
	t.Parallel()
	for _, v := range []backupcenter.Switches{{}, {OnlyTokenV1: true}, {StaleTokenIs500: true}} {
		s := newSetup(t, v)
		use := func() {
			t.Helper()
			var group sync.WaitGroup
			for range 20 {
				group.Go(func() {
					if _, err := s.Backends(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
		}
		minted := func() int { return s.requests("/v1/auth/token") + s.requests("/v2/auth/token") }
		use()
		first := minted()
		use()
		if again := minted(); again != first || first > 2 {
			t.Errorf("%+v: %d tokens asked for, then %d", v, first, again)
		}
		s.center.Clock.Advance(29*time.Minute + 30*time.Second)
		use()
		if renewed := minted(); renewed != first+1 {
			t.Errorf("%+v: %d tokens asked for shortly before the end, want %d", v, renewed, first+1)
		}
		s.center.Tokens.Revoke()
		if _, err := s.Backends(t.Context()); err != nil {
			t.Errorf("%+v: after the token was revoked: %v", v, err)
		}
		if renewed := minted(); renewed != first+2 {
			t.Errorf("%+v: %d tokens asked for after one was refused, want %d", v, renewed, first+2)
		}
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	s := newSetup(t, backupcenter.Switches{}, func(c *client.Config) { c.ClientSecret = "wrong" })
	_, err := s.Backends(t.Context())
	if !errors.Is(err, backup.ErrDenied) || !strings.Contains(err.Error(), "vngcloud.client_secret") {
		t.Errorf("a wrong secret: %v", err)
	}
	if n := s.center.Counts.Snapshot().TotalRequests(); n != 1 {
		t.Errorf("%d requests with a wrong secret, want 1: more of them lock the account", n)
	}
	s = newSetup(t, backupcenter.Switches{})
	s.center.Faults.Inject(emulator.Fault{Kind: emulator.FaultStatus, Status: 503, Path: "/auth/token", Times: -1})
	if _, err := s.Backends(t.Context()); err == nil {
		t.Error("without IAM a read succeeds")
	}
	if n := s.requests("token"); n != 5 {
		t.Errorf("%d requests for a token that cannot be had, want 5", n)
	}
}

func TestRedirect(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the redirect was followed, with token %v", r.Header.Get("Authorization") != "")
	}))
	t.Cleanup(elsewhere.Close)
	gateway := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	t.Cleanup(gateway.Close)
	s := newSetup(t, backupcenter.Switches{}, func(c *client.Config) { c.Backup = gateway.URL })
	if _, err := s.Backends(t.Context()); err == nil || !strings.Contains(err.Error(), "redirect") {
		t.Errorf("a read that is redirected: %v", err)
	}
	if err := s.BackupNow(t.Context(), "ins-1", "b", "p"); err == nil || errors.Is(err, client.ErrAmbiguous) {
		t.Errorf("a write that is redirected: %v", err)
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	s := newSetup(t, backupcenter.Switches{}, func(c *client.Config) { c.Backup = "http://127.0.0.1:1" })
	if err := s.BackupNow(t.Context(), "ins-1", "b", "p"); err == nil || errors.Is(err, client.ErrAmbiguous) {
		t.Errorf("a write to nobody: %v; it was certainly not taken", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.BackupNow(ctx, "ins-1", "b", "p"); !errors.Is(err, context.Canceled) || errors.Is(err, client.ErrAmbiguous) {
		t.Errorf("a write with a canceled context: %v; it was certainly not sent", err)
	}
}

func TestConcurrency(t *testing.T) {
	t.Parallel()
	s := newSetup(t, backupcenter.Switches{}, func(c *client.Config) { c.MaxConcurrentRequests = 3 })
	s.center.Latency = 5 * time.Millisecond
	var group sync.WaitGroup
	for range 30 {
		group.Go(func() {
			if _, err := s.Backends(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if most := s.center.Counts.Snapshot().MostInFlight; most > 3 {
		t.Errorf("%d requests at a time, want 3 at most", most)
	}
}

// TestPagesMove: a list that loses a row between two pages, because another one went, is read again.
func TestPagesMove(t *testing.T) {
	t.Parallel()
	answers := []string{
		`{"items":[{"id":"a"},{"id":"b"}],"page":1,"totalPages":2,"totalItems":4}`, // then a is deleted, and c moves up
		`{"items":[{"id":"d"}],"page":2,"totalPages":2,"totalItems":3}`,
		`{"items":[{"id":"b"},{"id":"c"}],"page":1,"totalPages":2,"totalItems":3}`,
		`{"items":[{"id":"d"}],"page":2,"totalPages":2,"totalItems":3}`,
	}
	var asked []string
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := answers[min(len(asked), len(answers)-1)]
		asked = append(asked, r.URL.Query().Get("page"))
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(gateway.Close)
	s := newSetup(t, backupcenter.Switches{}, func(c *client.Config) { c.Backup = gateway.URL })
	rows, err := s.Backends(t.Context())
	if err != nil || len(rows) != 3 || rows[0].ID != "b" || rows[1].ID != "c" || len(asked) != 4 {
		t.Errorf("rows %+v, %v after pages %q; want those of the second round", rows, err, asked)
	}
}
