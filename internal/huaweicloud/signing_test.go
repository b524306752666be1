package huaweicloud

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestSignatureVectors are the published vectors of the signing algorithm (§1.3, variant A).
func TestSignatureVectors(t *testing.T) {
	t.Parallel()
	const date = "20060102T150405Z"
	for _, tc := range []struct {
		name, method, query, body, want string
	}{
		{"read", http.MethodGet, "limit=1", "", "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624"},
		{"write", http.MethodPost, "key=value", `{"Name":"test","Id":1}` + "\n", "cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			u := &url.URL{Scheme: "https", Host: "example.com", Path: "/path", RawQuery: tc.query}
			headers := map[string]string{"x-sdk-date": date}
			if got := signatureOf(tc.method, u, headers, []byte(tc.body), "SecretKey", date); got != tc.want {
				t.Errorf("the signature is %s, want %s", got, tc.want)
			}
		})
	}
}

func TestSignedRequest(t *testing.T) {
	t.Parallel()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://cbr.eu-de.example.com/v3/p/backups?b=2&a=ü+x&a=1", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Project-Id", "p")
	sign(req, nil, "key", "secret", time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600)))
	if got, want := req.Header.Get("X-Sdk-Date"), "20260102T020405Z"; got != want {
		t.Errorf("the date is %s, want UTC, %s", got, want)
	}
	authorization := req.Header.Get("Authorization")
	if !strings.HasPrefix(authorization, "SDK-HMAC-SHA256 Access=key, SignedHeaders=host;x-project-id;x-sdk-date, Signature=") {
		t.Errorf("Authorization is %q", authorization)
	}
	if strings.Contains(authorization, "secret") {
		t.Error("the secret key is sent")
	}
	if got, want := canonicalQuery(req.URL.Query()), "a=1&a=%C3%BC%20x&b=2"; got != want {
		t.Errorf("the canonical query is %s, want %s", got, want)
	}
	if got, want := canonicalPath(&url.URL{Path: "/v3/a b/~x"}), "/v3/a%20b/~x/"; got != want {
		t.Errorf("the canonical path is %s, want %s", got, want)
	}
}
