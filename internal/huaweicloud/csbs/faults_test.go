package csbs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emucsbs "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/csbs"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/csbs"
)

// Credentials that would show in an error.
const (
	secretPassword = "correct-horse-battery-staple"
	secretKey      = "a-secret-key-that-nobody-knows" //nolint:gosec // of the emulator
	secretToken    = "a-security-token-that-nobody-knows"
)

// secretive is a cloud with these credentials.
func secretive(t *testing.T) *cloud {
	t.Helper()
	return newCloud(t, func(e *emucsbs.Emulator) {
		e.IAM.Account.Password, e.IAM.Account.SecretKey, e.IAM.Account.SecurityToken = secretPassword, secretKey, secretToken
	})
}

func withPassword(cfg *csbs.Config) { cfg.Password = secretPassword }

func withKey(cfg *csbs.Config) {
	cfg.UserName, cfg.Password = "", ""
	cfg.AccessKey, cfg.SecretKey, cfg.SecurityToken = "emulator", secretKey, secretToken
	cfg.Endpoint = cfg.AuthURL
}

// life is everything that a point goes through; it stops at the first error.
func life(ctx context.Context, svc *csbs.Service, serverID string) error {
	p, err := svc.StartPoint(ctx, backup.PointRequest{ServerID: serverID, Name: "life"})
	if err == nil {
		p, err = backup.WaitPoint(ctx, svc, p, fast)
	}
	if err == nil {
		_, err = svc.UpdatePoint(ctx, p.ID, backup.PointUpdate{Tags: &map[string]string{"a": "b"}})
	}
	if err == nil {
		err = svc.DeletePoint(ctx, p.ID)
	}
	return err
}

// TestFaultMatrix wants no fault to start a second backup or to leave a point that nobody knows: each fault
// hits a point's life once; if that ends it, the same is asked for again, as the next apply does. It prints
// what happened.
func TestFaultMatrix(t *testing.T) {
	t.Parallel()
	kinds := []emulator.Fault{
		{Kind: emulator.FaultStatus, Status: 429, Times: 3, RetryAfter: 1, Body: `{"error_code":"APIGW.0308","error_msg":"limit:1,time:1 second"}`},
		{Kind: emulator.FaultStatus, Status: 500, Body: `{"error_code":"CSBS.9999","error_msg":"internal"}`},
		{Kind: emulator.FaultStatus, Status: 502, Body: "<html>bad gateway</html>"},
		{Kind: emulator.FaultStatus, Status: 503, Body: `{}`},
		{Kind: emulator.FaultReplace, Status: 504, Body: `{}`},
		{Kind: emulator.FaultDropBefore},
		{Kind: emulator.FaultDropAfter},
		{Kind: emulator.FaultTruncate},
		{Kind: emulator.FaultStatus, Status: 401, Body: `{"error_code":"APIGW.0301","error_msg":"token expired"}`},
		emulator.LoginPage(1),
	}
	places := []struct{ name, method, path string }{
		{"start", "POST", "/resources/"}, {"find", "GET", "/checkpoint_items"}, {"mark", "DELETE", "/tags"},
		{"tag", "POST", "/tags/action"}, {"delete", "DELETE", "/checkpoints/"}, {"query", "POST", "/resource_instances"},
	}
	var table strings.Builder
	for _, key := range []bool{false, true} {
		for _, place := range places {
			for _, fault := range kinds {
				row := fmt.Sprintf("%-6s %-9s %3d key=%-5v", place.name, string(fault.Kind), fault.Status, key)
				fault.Method, fault.Path = place.method, place.path
				outcome, err := hit(t, fault, key)
				fmt.Fprintf(&table, "%s  %s\n", row, outcome)
				if err != nil {
					t.Errorf("%s: %v", row, err)
				}
			}
		}
	}
	t.Logf("place, fault, status, credentials, outcome:\n%s", table.String())
}

// hit lives a point's life with a fault.
func hit(t *testing.T, fault emulator.Fault, key bool) (string, error) {
	t.Helper()
	c := secretive(t)
	credentials := withPassword
	if key {
		credentials = withKey
	}
	svc := c.service(t, credentials)
	srv := c.bound(t, svc)
	c.Plans.Set(srv.ID, emulator.Plan{Duration: 5 * time.Second})
	c.Faults.Inject(fault)
	outcome := "succeeds"
	if err := life(t.Context(), svc, srv.ID); err != nil {
		outcome = "fails: " + strings.SplitN(err.Error(), "\n", 2)[0]
		if err := leaks(err.Error()); err != nil {
			return outcome, err
		}
		if n := c.backups(); n > 1 {
			return outcome, fmt.Errorf("%d backups were started", n)
		}
		// The next apply of the same configuration is another process.
		svc = c.service(t, credentials)
		items := c.Items()
		if len(items) == 1 && len(items[0].Tags) > 0 && items[0].Tags["serverbackup-request"] == "" || len(items) == 1 && heard(err, fault) {
			// The state has it: the life goes on from there.
			return outcome + "; known to the state", svc.DeletePoint(t.Context(), items[0].ID)
		}
		if err := life(t.Context(), svc, srv.ID); err != nil {
			return outcome, fmt.Errorf("again: %w", err)
		}
		outcome += "; succeeds again"
	}
	if n := c.backups(); n != 1 {
		return outcome, fmt.Errorf("%d backups were started, want one", n)
	}
	if left := c.Items(); len(left) > 0 {
		return outcome, fmt.Errorf("left behind: %+v", left)
	}
	return outcome, nil
}

// heard says whether the fault hit a point that StartPoint had returned before.
func heard(err error, fault emulator.Fault) bool {
	return err != nil && fault.Path != "/resources/" && fault.Path != "/resource_instances"
}

// leaks says whether a text has a secret in it.
func leaks(text string) error {
	for _, secret := range []string{secretPassword, secretKey, secretToken, "token-"} {
		if strings.Contains(text, secret) {
			return errors.New("a secret is in: " + text)
		}
	}
	return nil
}

// TestNoSecretLeaks wants no secret in errors, notices and logs, also if the service repeats them.
//
//nolint:paralleltest // It looks at the log of the process.
func TestNoSecretLeaks(t *testing.T) {
	var logged bytes.Buffer
	log.SetOutput(&logged)
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })

	c := secretive(t)
	for _, credentials := range []func(*csbs.Config){withPassword, withKey} {
		cfg := c.config()
		credentials(&cfg)
		echo := fmt.Sprintf(`{"error_code":"CSBS.9001","error_msg":"bad request with [%s] [%s] [%s]"}`, cfg.Password, cfg.SecretKey, cfg.SecurityToken)
		svc := c.service(t, credentials)
		srv := c.bound(t, svc)
		for _, path := range []string{"/resources/", "/checkpoint_items", "/resource_instances", "/v3/"} {
			c.Faults.Clear()
			c.Faults.Inject(emulator.Fault{Kind: emulator.FaultStatus, Status: 400, Times: -1, Path: path, Body: echo})
			c.Tokens.Revoke()
			if err := life(t.Context(), svc, srv.ID); err == nil {
				if path != "/v3/" {
					t.Errorf("%s: no error", path)
				}
			} else if err := leaks(err.Error()); err != nil {
				t.Error(err)
			}
		}
		c.Faults.Clear()
		if err := leaks(fmt.Sprint(svc.TakeNotices())); err != nil {
			t.Error(err)
		}
	}
	if err := leaks(logged.String()); err != nil {
		t.Errorf("logged: %v", err)
	}
}

// TestTokenEndsInTheMiddle wants a run that is longer than its token to go on.
func TestTokenEndsInTheMiddle(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	svc := c.service(t)
	srv := c.bound(t, svc)
	c.Plans.Set(srv.ID, emulator.Plan{Duration: 30 * time.Hour})
	p, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID})
	if err != nil {
		t.Fatal(err)
	}
	for range 6 {
		c.Clock.Advance(iam.TokenLifetime / 4)
		if p, err = svc.Point(t.Context(), p.ID, backup.Fresh); err != nil {
			t.Fatal(err)
		}
	}
	if p.Status != backup.StatusAvailable {
		t.Errorf("after 36 hours the point is %s", p.Status)
	}
	if n := c.Counts.Snapshot().Requests["POST /v3/auth/tokens"]; n != 2 {
		t.Errorf("%d tokens were asked for, want two", n)
	}
}
