package cbr_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
)

// A gateway that repeats everything that it is sent does not get a secret into an error.
func TestSecretsInErrors(t *testing.T) {
	t.Parallel()
	const password, secretKey, sessionToken, token = "p4ssw0rd-of-alice", "s3cret-key-of-alice", "session-of-alice", "token-of-alice"
	gossip := func(w http.ResponseWriter, r *http.Request, status int) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"error_code": "APIGW.9999", "error_msg": fmt.Sprint(r.URL, r.Header, string(body))})
	}
	for name, tc := range map[string]struct {
		status, tokenStatus int
		keys                bool
	}{
		"refused": {400, 201, false}, "denied": {401, 201, false}, "broken": {500, 201, false}, "no token": {400, 401, false},
		"identity broken": {400, 500, false}, "signed": {400, 201, true}, "signed, denied": {401, 201, true}, "redirect": {302, 201, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case !strings.HasSuffix(r.URL.Path, "/auth/tokens"):
					gossip(w, r, tc.status)
				case tc.tokenStatus == http.StatusCreated:
					w.Header().Set("X-Subject-Token", token)
					w.WriteHeader(http.StatusCreated)
					_, _ = io.WriteString(w, `{"token":{"expires_at":"2099-01-01T00:00:00.000000Z","project":{"id":"p","name":"eu-de"}}}`)
				default:
					gossip(w, r, tc.tokenStatus)
				}
			}))
			t.Cleanup(server.Close)
			cfg := cbr.Config{
				Config: huaweicloud.Config{
					AuthURL: server.URL, Endpoint: server.URL, Region: "eu-de", ProjectID: "p",
					UserName: "alice", Password: password, DomainName: "d",
				},
				ReadCache: time.Second,
			}
			cfg.Pause = pauseNot
			if tc.keys {
				cfg.UserName, cfg.Password = "", ""
				cfg.AccessKey, cfg.SecretKey, cfg.SecurityToken = "AK", secretKey, sessionToken
			}
			svc, err := cbr.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			const id = "55555555-5555-4555-8555-555555555555"
			for call, err := range map[string]error{
				"Policy":         second(svc.Policy(t.Context(), id)),
				"CreatePolicy":   second(svc.CreatePolicy(t.Context(), policySpec("policy"))),
				"Server":         second(svc.Server(t.Context(), id)),
				"Point":          second(svc.Point(t.Context(), id, backup.Fresh)),
				"DeletePoint":    svc.DeletePoint(t.Context(), id),
				"StartPoint":     second(svc.StartPoint(t.Context(), backup.PointRequest{ServerID: id})),
				"Location":       second(svc.Location(t.Context(), id)),
				"Restore":        second(svc.Restore(t.Context(), id)),
				"SpaceUsage":     second(svc.SpaceUsage(t.Context(), backup.UsageFilter{})),
				"DeleteLocation": svc.DeleteLocation(t.Context(), id, true),
			} {
				if err == nil {
					t.Errorf("%s succeeds", call)
					continue
				}
				for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
					for _, secret := range []string{password, secretKey, sessionToken, token} {
						if strings.Contains(text, secret) {
							t.Errorf("%s: the error has the secret %s: %s", call, secret, text)
						}
					}
				}
			}
		})
	}
}

func second[T any](_ T, err error) error { return err }
