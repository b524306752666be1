package backupcenter_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
)

// api is an emulator and a token for it.
type api struct {
	*testing.T
	*backupcenter.Server
	url, token string
}

func newAPI(t *testing.T, o backupcenter.Options) *api {
	t.Helper()
	s := backupcenter.New(o)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return &api{T: t, Server: s, url: server.URL, token: s.Tokens.Issue(time.Hour)}
}

// call answers with the status and the body as text.
func (a *api) call(method, path, body string) (int, string) {
	a.Helper()
	if strings.HasPrefix(path, "/v1/") {
		path = backupcenter.BackupPath + path
	}
	req, err := http.NewRequestWithContext(a.Context(), method, a.url+path, strings.NewReader(body))
	if err != nil {
		a.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+a.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		a.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		a.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(raw))
}

// rows counts the rows of a list in whatever shape.
func (a *api) rows(path string) int {
	a.Helper()
	status, body := a.call(http.MethodGet, path, "")
	var envelope struct{ Items []any }
	var list []any
	if json.Unmarshal([]byte(body), &envelope) != nil && json.Unmarshal([]byte(body), &list) != nil || status != 200 {
		a.Fatalf("%s: %d %s", path, status, body)
	}
	return len(envelope.Items) + len(list)
}

func (a *api) plant(points ...string) (server, instance string) {
	a.Helper()
	instance = "ins-0e41539d-f0b7-4fcf-b4b6-496caa61ff83"
	seed := backupcenter.SeedServer{Name: "web", InstanceID: instance}
	for _, age := range points {
		seed.Points = append(seed.Points, backupcenter.SeedPoint{Age: age, Cadence: "daily"})
	}
	servers, _, err := a.Plant(backupcenter.Seed{Servers: []backupcenter.SeedServer{seed}})
	if err != nil {
		a.Fatal(err)
	}
	return servers[0], instance
}

// TestOddities holds the emulator against what its reference says of the service.
func TestOddities(t *testing.T) {
	t.Parallel()
	a := newAPI(t, backupcenter.Options{})
	server, instance := a.plant("24h", "48h", "5000h")
	for path, want := range map[string]int{
		"/v1/histories/backup-instances":                                     2, // 180 days
		"/v1/histories/backup-instances?from_date=0":                         3,
		"/v1/histories/backup-instances?fromDate=0":                          2,
		"/v1/histories/backup-instances?from_date=0&projectId=other":         3, // ignored
		"/v1/histories/backup-instances?from_date=0&serverId=other":          0,
		"/v1/histories/backup-instances?from_date=0&page=1&size=2":           2,
		"/v1/histories/backup-instances?from_date=0&page=2&size=2":           1,
		"/v1/histories/backup-instances?from_date=0&page=3&size=2":           0,
		"/v1/histories/backup-instances?from_date=0&pageSize=1":              3, // ignored
		"/v1/backup-instances/" + server + "/backup-instance-points":         3,
		"/v1/backup-instances?serverId=" + instance:                          1,
		"/v1/vserver/backup-instances":                                       0, // without a project
		"/v1/vserver/backup-instances?projectId=" + a.ProjectID():            1,
		"/v1/vserver/backup-instances/" + server + "/backup-instance-points": 3,
		"/v1/backends?backend=HCM-03":                                        1,
		"/v1/backends?name=HCM-03&backend=other":                             0,
		"/v1/regions":                                                        2,
		"/v1/products":                                                       2,
		"/v1/tags/bk-des-1":                                                  0,
		"/v1/backup-instances/" + server + "/volumes":                        2,
	} {
		if got := a.rows(path); got != want {
			t.Errorf("%s has %d rows, want %d", path, got, want)
		}
	}
	for path, want := range map[string]string{
		"/v1/configurations":                              `"backup_policy_hourly_interval":[4,6,8,12]`,
		"/v1/backup-statistic":                            `"totalServers":0`,
		"/v1/backup-statistic?projectId=" + a.ProjectID(): `"totalServers":1`,
		"/v1/backup-instances/protected-servers":          `{"ids":[]}`,
		"/v1/backup-policies":                             `"page":null,"pageSize":null,"totalItems":1,"totalPages":1`,
		"/vserver/vserver-gateway/v1/projects":            `{"projects":[{"projectId":"` + a.ProjectID(),
		"/vserver-gateway/v1/projects":                    `{"projects":`,
		"/v1/backup-destinations":                         `"backendId":null`,
		"/v1/backup-instances/" + server:                  `"destination":{"id":`,
	} {
		if status, body := a.call(http.MethodGet, path, ""); status != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s, want %s", path, status, body, want)
		}
	}
}

// TestRefusals are errors by status and text.
func TestRefusals(t *testing.T) {
	t.Parallel()
	a := newAPI(t, backupcenter.Options{})
	server, instance := a.plant()
	both := fmt.Sprintf(`"backendId":%q,"projectId":%q`, a.BackendID(), a.ProjectID())
	location := `{"name":"vault","regionId":"` + a.RegionIDs()["HCM04"] + `","product":"vServer","maxQuota":{"unlimited":true},"softDeleteConfig":{},`
	a.Plans.Set(instance, emulator.Plan{Duration: time.Hour})
	for _, tc := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/v1/backup-instances/bk-ins-1", "", 404, "Not found"},
		{"GET", "/v1/vserver/backup-instances/" + server, "", 403, "IAM_PERMISSION_DENIED"},
		{"POST", "/v1/backup-instances", "{" + both + `,"serverConfig":[{"serverId":"` + instance + `"}]}`, 404, "backupPolicyId"},
		{"POST", "/v1/backup-instances/backup-now/" + instance, `{}`, 400, "missing_required_field"},
		{"POST", "/v1/backup-instances/backup-now/ins-other", "{" + both + "}", 404, "Not found"},
		{"POST", "/v1/backup-instances/backup-now/" + instance, "{" + both + "}", 202, ""},
		{"POST", "/v1/backup-instances/backup-now/" + instance, "{" + both + "}", 409, "Your resource is being processed."},
		{"DELETE", "/v1/backup-instances/" + server, "", 409, "Your resource is being processed."},
		{"PUT", "/v1/backup-instances/" + server + "/volumes", `{"volumeId":"vol-1"}`, 404, "Not found volumeId vol-1"},
		{"POST", "/v1/volume-usage", `{}`, 400, "Missing field"},
		{"POST", "/v1/volume-usage", "{" + both + `,"volumeIds":["vol-1"]}`, 404, "Not found volumeId vol-1"},
		{"POST", "/v1/volume-usage", "{" + both + `,"volumeIds":[]}`, 200, "[]"},
		{"POST", "/v1/backup-destinations", `{"name":"vault"}`, 400, "missing_required_field"},
		{"POST", "/v1/backup-destinations", location + `"vaultLock":{}}`, 400, "Limit the number of default backup locations to 1 for product vServer"},
		{"POST", "/v1/backup-destinations", location + `"isDefault":false,"vaultLock":{"enable":true,"changeDuration":30,"minRetention":1,"maxRetention":2}}`, 400, "The value '30' of the field 'changeDuration' must be between 0 and 7."},
		{"POST", "/v1/backup-destinations", location + `"isDefault":false,"vaultLock":{"enable":true,"minRetention":3,"maxRetention":2}}`, 400, "vault_locked_invalid"},
		{"POST", "/v1/backup-destinations", location + `"isDefault":false,"vaultLock":{}}`, 200, `"type":"VAULT"`},
		{"POST", "/v1/backup-policies", "{" + both + `,"name":"p","config":{"hour":1,"timeZone":"UTC","dailyEnabled":true}}`, 400, "missing_required_field"},
		{"POST", "/v1/backup-policies", "{" + both + `,"name":"p","config":{"hour":1,"timeZone":"UTC"}}`, 201, `"dailyConfig":{}`},
		{"POST", "/v1/backup-policies", "{" + both + `,"name":"p","config":{"hour":1,"timeZone":"UTC"}}`, 409, "already exists"},
		{"POST", backupcenter.IAMPath + "/v2/auth/token", "grant_type=password", 400, "errors"},
		{"POST", backupcenter.IAMPath + "/v2/auth/token", "grant_type=client_credentials", 401, `{"errors":[{"code":"AUTHENTICATION_FAILED"`},
	} {
		if status, body := a.call(tc.method, tc.path, tc.body); status != tc.status || !strings.Contains(body, tc.want) {
			t.Errorf("%s %s %s: %d %s; want %d %s", tc.method, tc.path, tc.body, status, body, tc.status, tc.want)
		}
	}
	a.token = "other"
	if status, body := a.call("GET", "/v1/backends", ""); status != 401 || !strings.HasPrefix(body, "[{") {
		t.Errorf("an unknown token: %d %s", status, body)
	}
}

// TestHAN: the region has its own oddities.
func TestHAN(t *testing.T) {
	t.Parallel()
	a := newAPI(t, backupcenter.Options{Region: "HAN"})
	if n := a.rows("/v1/backends"); n != 2 {
		t.Errorf("%d backends, want those of both regions", n)
	}
	if status, _ := a.call("GET", "/vserver-gateway/v1/projects", ""); status != 404 {
		t.Errorf("the short path of vServer: %d, want 404", status)
	}
}

// TestStorage: links need no token, take none, and end.
func TestStorage(t *testing.T) {
	t.Parallel()
	a := newAPI(t, backupcenter.Options{})
	server, _ := a.plant("1h")
	_, body := a.call("GET", "/v1/backup-instances/"+server+"/backup-instance-points", "")
	var points []struct{ ID string }
	if err := json.Unmarshal([]byte(body), &points); err != nil || len(points) != 1 {
		t.Fatalf("%s: %v", body, err)
	}
	_, body = a.call("GET", "/v1/backup-instance-points/"+points[0].ID+"/pre-signed-url", "")
	var links struct {
		BackupVolumePointPreSignedUrls []struct{ PreSignedURL []string }
	}
	if err := json.Unmarshal([]byte(body), &links); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	path := strings.TrimPrefix(links.BackupVolumePointPreSignedUrls[1].PreSignedURL[2], a.url)
	if status, _ := a.call("GET", path, ""); status != 400 {
		t.Errorf("a link with a token: %d, want 400", status)
	}
	get := func() int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	if status := get(); status != 200 {
		t.Errorf("a link: %d, want 200", status)
	}
	a.Clock.Advance(time.Hour)
	if status := get(); status != 403 {
		t.Errorf("an old link: %d, want 403", status)
	}
}

// TestVariations: each turns one switch, and has a name of its own.
func TestVariations(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for i, v := range backupcenter.Variations() {
		if seen[v.Name] || (i > 0) == (v.Switches == backupcenter.Switches{}) {
			t.Errorf("variation %d, %q: %+v", i, v.Name, v.Switches)
		}
		seen[v.Name] = true
	}
}
