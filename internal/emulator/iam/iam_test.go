package iam_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
)

func serve(t *testing.T) (*httptest.Server, *emulator.Emulator) {
	t.Helper()
	e := emulator.New(emulator.NewClock(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)))
	id := iam.New(e, iam.DefaultAccount())
	id.Publish("cbr", "cbr", "v3")
	mux := http.NewServeMux()
	id.Register(mux)
	mux.Handle("GET /v9/{project}/ping", id.Gateway(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		iam.Reply(w, http.StatusOK, "pong")
	})))
	mux.HandleFunc("/", iam.Unpublished)
	server := httptest.NewServer(e.Handler(mux))
	t.Cleanup(server.Close)
	return server, e
}

func send(t *testing.T, req *http.Request) (int, http.Header, string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(body)
}

func request(t *testing.T, method, url, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

const login = `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"emulator","password":"PASSWORD","domain":{"name":"emulator"}}}},
	"scope":{"project":{"name":"eu-de"}}}}`

func TestTokenAndCatalog(t *testing.T) {
	t.Parallel()
	server, e := serve(t)
	if status, _, body := send(t, request(t, http.MethodPost, server.URL+"/v3/auth/tokens", login)); status != http.StatusUnauthorized || !strings.Contains(body, `"title":"Unauthorized"`) {
		t.Errorf("a wrong password gets %d %s", status, body)
	}
	status, header, body := send(t, request(t, http.MethodPost, server.URL+"/v3/auth/tokens", strings.Replace(login, "PASSWORD", "emulator", 1)))
	if status != http.StatusCreated {
		t.Fatalf("the token request gets %d %s", status, body)
	}
	var answer struct {
		Token struct {
			ExpiresAt time.Time `json:"expires_at"`
			Catalog   []struct {
				Type      string
				Endpoints []struct{ URL string }
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err)
	}
	if got, want := answer.Token.ExpiresAt, e.Clock.Now().Add(24*time.Hour); !got.Equal(want) {
		t.Errorf("the token ends at %s, want %s", got, want)
	}
	last := answer.Token.Catalog[len(answer.Token.Catalog)-1]
	if want := server.URL + "/v3/" + iam.DefaultAccount().ProjectID; last.Type != "cbr" || last.Endpoints[0].URL != want {
		t.Errorf("the catalog has %+v, want an address at the emulator, %s", last, want)
	}

	ping := func(project string) int {
		req := request(t, http.MethodGet, server.URL+"/v9/"+project+"/ping", "")
		req.Header.Set("X-Auth-Token", header.Get("X-Subject-Token"))
		status, _, _ := send(t, req)
		return status
	}
	if got := ping(iam.DefaultAccount().ProjectID); got != http.StatusOK {
		t.Errorf("a call with the token gets %d", got)
	}
	if got := ping("another"); got != http.StatusForbidden {
		t.Errorf("a call of another project gets %d", got)
	}
	e.Clock.Advance(25 * time.Hour)
	if got := ping(iam.DefaultAccount().ProjectID); got != http.StatusUnauthorized {
		t.Errorf("a call with a token of yesterday gets %d", got)
	}
}

// TestDerivedKey signs in the older layout (§1.3, variant B), which other clients of these clouds use.
func TestDerivedKey(t *testing.T) {
	t.Parallel()
	server, _ := serve(t)
	const date = "20260102T030405Z"
	keyed := func(key []byte, text string) []byte {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(text))
		return m.Sum(nil)
	}
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return hex.EncodeToString(sum[:])
	}
	for _, tc := range []struct {
		secret string
		want   int
	}{{"emulator", http.StatusOK}, {"wrong", http.StatusUnauthorized}} {
		req := request(t, http.MethodGet, server.URL+"/v9/"+iam.DefaultAccount().ProjectID+"/ping?b=2&a=1", "")
		req.Header.Set("X-Sdk-Date", date)
		canonical := "GET\n" + req.URL.Path + "/\na=1&b=2\nhost:" + req.URL.Host + "\nx-sdk-date:" + date + "\n\nhost;x-sdk-date\n" + hash("")
		key := keyed(keyed(keyed(keyed([]byte("SDK"+tc.secret), "20260102"), ""), ""), "sdk_request")
		scope := "20260102///sdk_request"
		signature := hex.EncodeToString(keyed(key, "SDK-HMAC-SHA256\n"+date+"\n"+scope+"\n"+hash(canonical)))
		req.Header.Set("Authorization", "SDK-HMAC-SHA256 Credential=emulator/"+scope+", SignedHeaders=host;x-sdk-date, Signature="+signature)
		if status, _, body := send(t, req); status != tc.want {
			t.Errorf("signed with %s: %d %s, want %d", tc.secret, status, body, tc.want)
		}
	}
}

func TestUnpublished(t *testing.T) {
	t.Parallel()
	server, _ := serve(t)
	if status, _, body := send(t, request(t, http.MethodGet, server.URL+"/nowhere", "")); status != http.StatusNotFound || !strings.Contains(body, "APIGW.0101") {
		t.Errorf("an unknown path gets %d %s", status, body)
	}
}
