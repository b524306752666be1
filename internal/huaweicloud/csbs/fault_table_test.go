package csbs_test

import (
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/faulttest"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/csbs"
)

// TestFaultTable lives the life of a point with each fault at each request of it.
func TestFaultTable(t *testing.T) {
	t.Parallel()
	faulttest.Run(t, faulttest.Config{
		Service: csbs.ServiceName,
		Start:   faulttest.Place{Operation: "start", Method: http.MethodPost, Path: "/resources/"},
		Places: []faulttest.Place{
			{Operation: "log in", Method: http.MethodPost, Path: "/auth/tokens"},
			{Operation: "read servers", Method: http.MethodGet, Path: "/policies"},
			{Operation: "find a lost one", Method: http.MethodPost, Path: "/resource_instances/"},
			{Operation: "start", Method: http.MethodPost, Path: "/resources/"},
			{Operation: "look", Method: http.MethodGet, Path: "/checkpoint_items"},
			{Operation: "take the mark off", Method: http.MethodDelete, Path: "/tags/"},
			{Operation: "delete", Method: http.MethodDelete, Path: "/checkpoints/"},
		},
		New: func(t *testing.T) faulttest.Cloud {
			t.Helper()
			c := secretive(t)
			c.Plans.Set("", emulator.Plan{Duration: 5 * time.Second})
			open := func(log *slog.Logger, client *http.Client) backup.Service {
				return c.service(t, withPassword, func(cfg *csbs.Config) { cfg.Log, cfg.HTTPClient = log, client })
			}
			return faulttest.Cloud{
				Emulator: c.Emulator.Emulator, Server: c.bound(t, c.service(t, withPassword)), Open: open,
				Secrets: []string{secretPassword, secretKey, secretToken},
			}
		},
	})
}
