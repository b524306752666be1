package vngcloud_test

import (
	"log/slog"
	"net/http"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/faulttest"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud"
)

// TestFaultTable lives the life of a point with each fault at each request of it.
func TestFaultTable(t *testing.T) {
	t.Parallel()
	const secret = "a-client-secret-that-nobody-knows"
	faulttest.Run(t, faulttest.Config{
		Service:   vngcloud.ServiceName,
		Start:     faulttest.Place{Operation: "start", Method: http.MethodPost, Path: backupNow},
		OnlyWarns: true,
		Places: []faulttest.Place{
			{Operation: "log in", Method: http.MethodPost, Path: "/auth/token"},
			{Operation: "read servers", Method: http.MethodGet, Path: "/v1/backup-instances"},
			{Operation: "start", Method: http.MethodPost, Path: backupNow},
			{Operation: "look", Method: http.MethodGet, Path: "/backup-instance-points"},
			{Operation: "delete", Method: http.MethodDelete, Path: "/backup-instance-points/"},
		},
		New: func(t *testing.T) faulttest.Cloud {
			t.Helper()
			c := serveCenter(t, backupcenter.Options{ClientID: "emulator", ClientSecret: secret})
			open := func(log *slog.Logger, client *http.Client) backup.Service {
				return c.client(t, func(cfg *vngcloud.Config) { cfg.ClientSecret, cfg.Log, cfg.HTTP = secret, log, client })
			}
			id, _ := c.AddInstance("web")
			srv, err := open(nil, nil).CreateServer(t.Context(), backup.Server{InstanceID: id, Enabled: true})
			if err != nil {
				t.Fatal(err)
			}
			return faulttest.Cloud{Emulator: c.Emulator, Server: srv, Open: open, Secrets: []string{secret}}
		},
	})
}
