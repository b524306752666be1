package huaweicloud_test

import (
	"bytes"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// TestLog: the log has method, path, status and duration of each request, whatever becomes of it, and neither
// queries nor bodies nor credentials.
func TestLog(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		account func(*cloud) huaweicloud.Config
		login   string
	}{
		"token":     {(*cloud).config, "POST /auth/tokens"},
		"signature": {(*cloud).keys, "GET /projects"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			var logged bytes.Buffer
			client := c.client(t, tc.account(c), func(o *huaweicloud.Options) {
				o.Log = slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
			})
			// net/http repeats a read by itself, once, if the connection was used before.
			c.Faults.Inject(emulator.Fault{Kind: emulator.FaultDropBefore, Path: "/things", Times: 2})
			c.Faults.Inject(emulator.Fault{Kind: emulator.FaultStatus, Status: 503, Path: "/things"})
			for _, call := range []huaweicloud.Call{
				huaweicloud.Get(url.Values{"name": {"value-in-a-query"}}, "things"),
				huaweicloud.Post(map[string]string{"name": "value-in-a-body"}, "things"),
			} {
				if err := client.Do(t.Context(), call, nil); err != nil {
					t.Fatal(err)
				}
			}
			for _, want := range []string{
				tc.login, `msg="request failed" request="GET /things" duration=`, `request="GET /things" status=503 duration=`,
				`request="GET /things" status=200 duration=`, `request="POST /things" status=200 duration=`,
			} {
				if !strings.Contains(logged.String(), want) {
					t.Errorf("the log does not have %q:\n%s", want, logged.String())
				}
			}
			for _, secret := range []string{password, "value-in-a-", "token-", "Signature", "?"} {
				if strings.Contains(logged.String(), secret) {
					t.Errorf("the log has %q:\n%s", secret, logged.String())
				}
			}
		})
	}
}
