package vngcloud_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud"
)

func TestConfig(t *testing.T) {
	t.Parallel()
	for want, edit := range map[string]func(c *vngcloud.Config){
		"":                          func(*vngcloud.Config) {},
		" ":                         func(c *vngcloud.Config) { c.Region = "han" },
		"  ":                        func(c *vngcloud.Config) { c.BackupEndpoint = "http://127.0.0.1:8080/vbackup-gateway/" },
		"   ":                       func(c *vngcloud.Config) { c.BackupEndpoint = "http://[::1]:8080/vbackup-gateway" },
		"VNGCLOUD_CLIENT_ID":        func(c *vngcloud.Config) { c.ClientID = "" },
		"VNGCLOUD_CLIENT_SECRET":    func(c *vngcloud.Config) { c.ClientSecret = "" },
		"HCM-3, HAN":                func(c *vngcloud.Config) { c.Region = "SGN" },
		"vngcloud.iam_endpoint":     func(c *vngcloud.Config) { c.IAMEndpoint = "iam.example.com" },
		"others could read":         func(c *vngcloud.Config) { c.BackupEndpoint = "http://backup.example.com" },
		"vngcloud.vserver_endpoint": func(c *vngcloud.Config) { c.VServerEndpoint = "https://me:secret@example.com" },
	} {
		c := vngcloud.Config{ClientID: "id", ClientSecret: "secret"}
		edit(&c)
		_, err := vngcloud.New(c)
		if (err == nil) != (strings.TrimSpace(want) == "") || (err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "me:secret"))) {
			t.Errorf("%v; want %q", err, want)
		}
	}
}

// TestScope: region and project, looked up once, or not at all if they are given.
func TestScope(t *testing.T) {
	t.Parallel()
	for _, region := range []string{"HCM-3", "HAN"} {
		c := newCenter(t, backupcenter.Switches{}, region)
		svc := c.client(t, func(cfg *vngcloud.Config) { cfg.Region = region })
		for range 3 {
			scope, err := svc.Scope(t.Context())
			if want := (backup.Scope{Service: "vngcloud", ID: region + "/" + c.ProjectID(), Name: region + "/" + c.ProjectID()}); err != nil || scope != want {
				t.Errorf("scope %+v, %v; want %+v", scope, err, want)
			}
		}
		if n := c.Counts.Snapshot().TotalRequests(); n != 2 {
			t.Errorf("%d requests, want a token and a listing", n)
		}
	}
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t, func(cfg *vngcloud.Config) { cfg.ProjectID, cfg.BackendID = "pro-1", "backend-1" })
	scope, err := svc.Scope(t.Context())
	if err != nil || scope.ID != "HCM-3/pro-1" || c.Counts.Snapshot().TotalRequests() != 0 {
		t.Errorf("scope %+v, %v after %d requests", scope, err, c.Counts.Snapshot().TotalRequests())
	}
}

// TestScopeUnknown: an account without policies is asked elsewhere, and what is not unique is not guessed.
func TestScopeUnknown(t *testing.T) {
	t.Parallel()
	answers := map[string]string{
		"/v2/auth/token": `{"access_token":"token-A","expires_in":1800}`, "/v1/backup-policies": `{"items":[]}`,
		"/v1/projects": `{"projects":[{"projectId":"pro-1"}]}`, "/v1/backends": `{"items":[{"id":"b-1"},{"id":"b-2"}]}`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(answers[r.URL.Path])) }))
	t.Cleanup(server.Close)
	cfg := vngcloud.Config{ClientID: "id", ClientSecret: "secret", IAMEndpoint: server.URL, BackupEndpoint: server.URL, VServerEndpoint: server.URL}
	svc, err := vngcloud.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := svc.Scope(t.Context()); err == nil || !strings.Contains(err.Error(), "vngcloud.backend_id") || !strings.Contains(err.Error(), "b-2") {
		t.Errorf("two backends: %v; want an error that lists them", err)
	}
	cfg.BackendID = "b-2"
	if svc, err = vngcloud.New(cfg); err != nil {
		t.Fatal(err)
	}
	if scope, err := svc.Scope(t.Context()); err != nil || scope.ID != "HCM-3/pro-1" {
		t.Errorf("%+v, %v", scope, err)
	}
}

// TestDenied: what the account may not do is said to be that, and not to be gone.
func TestDenied(t *testing.T) {
	t.Parallel()
	c := newCenter(t, backupcenter.Switches{}, "")
	svc := c.client(t, func(cfg *vngcloud.Config) { cfg.ClientSecret = "wrong" })
	_, err := svc.Scope(t.Context())
	if !errors.Is(err, backup.ErrDenied) {
		t.Errorf("%v, want ErrDenied", err)
	}
}
