package huaweicloud

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var testAPI = API{
	Name: "csbs", Types: []string{"data-protect"}, Version: "v1",
	Codes: map[string]Code{"CSBS.9006": {Kind: backup.ErrQuota, Advice: "Delete points."}},
}

func testConfig() Config {
	return Config{
		AuthURL: "https://iam.example.com", Region: "eu-de", ProjectID: "project", Endpoint: "https://csbs.example.com",
		AccessKey: "access", SecretKey: "very-secret-key", SecurityToken: "very-secret-token",
	}
}

func newTestClient(t *testing.T, cfg Config, opts Options) *Client {
	t.Helper()
	c, err := NewClient(cfg, testAPI, opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestServiceError(t *testing.T) {
	t.Parallel()
	c := newTestClient(t, testConfig(), Options{})
	for _, tc := range []struct {
		name   string
		status int
		body   string
		kind   error
		code   string
		text   string
	}{
		{"service", 404, `{"error_code":"CSBS.3001","error_msg":"Checkpoint_item (x) is not found."}`, backup.ErrNotFound, "CSBS.3001", "Checkpoint_item (x) is not found."},
		{"known code", 400, `{"error_code":"CSBS.9006","error_msg":"quota"}`, backup.ErrQuota, "CSBS.9006", "quota. Delete points."},
		{"gateway, bad signature", 401, `{"error_msg":"Incorrect IAM authentication information: verify aksk signature fail","error_code":"APIGW.0301","request_id":"r-1"}`, backup.ErrDenied, "APIGW.0301", "clock"},
		{"gateway, no such call", 404, `{"error_msg":"The API does not exist or has not been published in the environment","error_code":"APIGW.0101","request_id":"r-1"}`, backup.ErrUnsupported, "APIGW.0101", "endpoint"},
		{"gateway, throttled", 429, `{"error_msg":"limit:5,time:1 second","error_code":"APIG.0308"}`, backup.ErrThrottled, "APIG.0308", "limit:5"},
		{"malformed id", 401, `{"unauthorized":{"code":"401","message":"Malformed request url"}}`, backup.ErrNotFound, "", "Malformed request url"},
		{"bad request", 400, `{"badRequest":{"code":400,"message":"no"}}`, nil, "", "no"},
		{"item not found", 404, `{"itemNotFound":{"code":404,"message":"no"}}`, backup.ErrNotFound, "", "no"},
		{"forbidden", 403, `{"forbidden":{"code":403,"message":"no"}}`, backup.ErrDenied, "", "no"},
		{"IAM", 401, `{"error":{"code":401,"message":"The username or password is wrong.","title":"Unauthorized"}}`, backup.ErrDenied, "", "The username or password is wrong."},
		{"IAM with a code", 403, `{"error":{"error_code":"IAM.0002","error_msg":"no","code":403}}`, backup.ErrDenied, "IAM.0002", "no"},
		{"conflict", 409, `{}`, backup.ErrConflict, "", "Conflict"},
		{"no JSON", 503, `<html>down</html>`, ErrUncertain, "", "Service Unavailable"},
		{"empty", 502, ``, ErrUncertain, "", "Bad Gateway"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := c.serviceError(Get(nil, "things"), tc.status, http.Header{"X-Request-Id": {"r-1"}}, []byte(tc.body))
			if tc.kind != nil && !errors.Is(err, tc.kind) {
				t.Errorf("%v does not match %v", err, tc.kind)
			}
			var se *backup.ServiceError
			if !errors.As(err, &se) || se.Code != tc.code || se.HTTPStatus != tc.status || se.RequestID != "r-1" {
				t.Errorf("got %+v", se)
			}
			if !strings.Contains(err.Error(), tc.text) {
				t.Errorf("%q does not say %q", err, tc.text)
			}
		})
	}
}

func TestErrorsRepeatNoSecrets(t *testing.T) {
	t.Parallel()
	c := newTestClient(t, testConfig(), Options{})
	c.tokens.value = "the-token"
	body := `{"error_code":"X","error_msg":"bad very-secret-key very-secret-token the-token"}`
	err := c.serviceError(Get(nil, "things"), 400, nil, []byte(body))
	for _, secret := range []string{"very-secret-key", "very-secret-token", "the-token"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error %q repeats a secret", err)
		}
	}
}

// FuzzErrorEnvelope wants every answer to make an error of one line.
func FuzzErrorEnvelope(f *testing.F) {
	for _, seed := range []string{
		`{"error_code":"CSBS.3001","error_msg":"x"}`, `{"error":{"code":401,"message":"x"}}`, `{"error":"x"}`, `{"unauthorized":null}`,
		`[]`, `null`, `"x"`, `{"error_msg":"a\nb\u0000\u001b[31m"}`, "\xff", `{"code":1,"message":["x"]}`,
	} {
		f.Add(404, seed)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		c, err := NewClient(testConfig(), testAPI, Options{})
		if err != nil {
			t.Fatal(err)
		}
		text := c.serviceError(Get(nil, "things"), status, nil, []byte(body)).Error()
		if text == "" || strings.ContainsAny(text, "\n\r\x00\x1b") || !utf8.ValidString(text) {
			t.Errorf("the error of %q is %q", body, text)
		}
	})
}
