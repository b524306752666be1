package client

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

func TestParseError(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][2]string{
		`{"message":"Not found volumeId vol-1"}`:                                          {"", "Not found volumeId vol-1"},
		`[{"code":"IAM_PERMISSION_DENIED","message":"IAM denied action"}]`:                {"IAM_PERMISSION_DENIED", "IAM denied action"},
		`{"errors":[{"code":"AUTHENTICATION_FAILED","message":"Authentication failed"}]}`: {"AUTHENTICATION_FAILED", "Authentication failed"},
		`{"error":"nope"}`:                                                {"", "nope"},
		`{"error":{"code":7,"message":"nope"}}`:                           {"7", "nope"},
		`{"detail":"nope"}`:                                               {"", "nope"},
		`{"detail":[{"message":"first"},{"message":"second"}]}`:           {"", "first"},
		`{"code":"E1","errorCode":"E2","message":"nope","success":false}`: {"E1", "nope"},
		`{"errors":[]}`:                                                   {"", ""},
		`{"status":500}`:                                                  {"", ""},
		`"plain"`:                                                         {"", "plain"},
		`not json`:                                                        {"", "not json"},
		`<html><body>Sign in</body></html>`:                               {"", ""},
		"{\"message\":\"two\\nlines\\u001b[31m\"}":                        {"", "two lines [31m"},
		``: {"", ""},
	} {
		code, message := parseError([]byte(body))
		if got := [2]string{code, message}; got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestKind(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status        int
		code, message string
		want          error
	}{
		{409, "", "Your resource is being processed.", backup.ErrBusy},
		{409, "", "Your resource is being managed by Vault.", backup.ErrLocked},
		{400, "", "Cannot edit vault lock", backup.ErrLocked},
		{409, "", "The backup server for server ins-1 already exists", backup.ErrConflict},
		{400, "", "The backup destination already contains resources.", backup.ErrConflict},
		{400, "", "backup_location_is_being_used", backup.ErrConflict},
		{400, "", "Quota exceeded", backup.ErrQuota},
		{404, "", "Not found volumeId vol-1", backup.ErrNotFound},
		{403, "IAM_PERMISSION_DENIED", "IAM denied action", backup.ErrDenied},
		{500, "IAM_VALIDATION_ERROR", "IAM validation error", backup.ErrDenied},
		{429, "", "", backup.ErrThrottled},
		{400, "", "missing_required_field", nil},
		{503, "", "this service is in maintenance", nil},
	} {
		if got := kind(tc.status, tc.code, tc.message); !errors.Is(got, tc.want) {
			t.Errorf("%d %s %q is %v, want %v", tc.status, tc.code, tc.message, got, tc.want)
		}
	}
}

// FuzzParseError wants every body to become a short line of text.
func FuzzParseError(f *testing.F) {
	for _, seed := range []string{`{"message":"no"}`, `[{"code":"A","message":"b"}]`, `{"errors":[{"errors":[{}]}]}`, `"\u0000"`, strings.Repeat("[", 100), "\xff\xfe"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		code, message := parseError(raw)
		for _, text := range []string{code, message} {
			if !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxMessage+1 || strings.ContainsFunc(text, unicode.IsControl) {
				t.Errorf("%q becomes %q", raw, text)
			}
		}
	})
}

func TestSegment(t *testing.T) {
	t.Parallel()
	for id, legal := range map[string]bool{
		"bk-ins-pt-9ddeaa66-7c1d-4015-870f-02bd421de79f": true, "a": true,
		"": false, "-a": false, "a-": false, "../a": false, "a/b": false, "a b": false, "a?x=1": false, "a%2fb": false, "ä": false, "a.b": false,
	} {
		if _, err := segment(id); (err == nil) != legal || (err != nil && !errors.Is(err, backup.ErrNotFound)) {
			t.Errorf("%q: %v, want legal %v", id, err, legal)
		}
	}
}
