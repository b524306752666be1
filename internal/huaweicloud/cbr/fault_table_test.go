package cbr_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emulated "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/faulttest"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
)

// TestFaultTable lives the life of a point with each fault at each request of it.
func TestFaultTable(t *testing.T) {
	t.Parallel()
	const secret = "a-password-that-nobody-knows"
	faulttest.Run(t, faulttest.Config{
		Service: cbr.ServiceName,
		Start:   faulttest.Place{Operation: "start", Method: http.MethodPost, Path: "/checkpoints"},
		Places: []faulttest.Place{
			{Operation: "log in", Method: http.MethodPost, Path: "/auth/tokens"},
			{Operation: "read servers", Method: http.MethodGet, Path: "/vaults"},
			{Operation: "start", Method: http.MethodPost, Path: "/checkpoints"},
			{Operation: "look", Method: http.MethodGet, Path: "/backups"},
			{Operation: "delete", Method: http.MethodDelete, Path: "/backups/"},
		},
		New: func(t *testing.T) faulttest.Cloud {
			t.Helper()
			base := emulator.New(emulator.NewClock(start))
			base.Tick = time.Second
			base.Plans.Set("", emulator.Plan{Duration: 5 * time.Second})
			account := iam.DefaultAccount()
			account.Password = secret
			c := &cloud{Emulator: emulated.New(base, emulated.Options{})}
			server := httptest.NewServer(c.Handler(iam.New(base, account)))
			t.Cleanup(server.Close)
			c.url = server.URL
			open := func(log *slog.Logger, client *http.Client) backup.Service {
				return c.service(t, func(cfg *cbr.Config) { cfg.Password, cfg.Log, cfg.HTTPClient = secret, log, client })
			}
			return faulttest.Cloud{Emulator: base, Server: c.server(t, open(nil, nil), "web"), Open: open, Secrets: []string{secret}}
		},
	})
}
