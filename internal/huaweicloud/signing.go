package huaweicloud

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	signingAlgorithm = "SDK-HMAC-SHA256"
	signingDate      = "20060102T150405Z"
	dateHeader       = "X-Sdk-Date"
)

// sign signs a request with an access key, in the layout of the current SDK (§1.3, variant A). body are
// the bytes that are sent, to the last newline.
func sign(req *http.Request, body []byte, accessKey, secretKey string, now time.Time) {
	date := now.UTC().Format(signingDate)
	req.Header.Set(dateHeader, date)
	headers := map[string]string{"host": req.URL.Host}
	for name, values := range req.Header {
		name = strings.ToLower(name)
		if !strings.HasPrefix(name, "content-type") && !strings.Contains(name, "_") {
			headers[name] = strings.Join(values, ",")
		}
	}
	signature := signatureOf(req.Method, req.URL, headers, body, secretKey, date)
	req.Header.Set("Authorization", signingAlgorithm+" Access="+accessKey+
		", SignedHeaders="+strings.Join(slices.Sorted(maps.Keys(headers)), ";")+", Signature="+signature)
}

// signatureOf computes the signature over headers, whose names are in lower case.
func signatureOf(method string, u *url.URL, headers map[string]string, body []byte, secretKey, date string) string {
	names := slices.Sorted(maps.Keys(headers))
	var canonicalHeaders strings.Builder
	for _, name := range names {
		canonicalHeaders.WriteString(name + ":" + strings.TrimSpace(headers[name]) + "\n")
	}
	request := strings.Join([]string{
		method, canonicalPath(u), canonicalQuery(u.Query()), canonicalHeaders.String(), strings.Join(names, ";"), hash(body),
	}, "\n")
	mac := hmac.New(sha256.New, []byte(secretKey))
	mac.Write([]byte(signingAlgorithm + "\n" + date + "\n" + hash([]byte(request))))
	return hex.EncodeToString(mac.Sum(nil))
}

// canonicalPath always ends with a slash.
func canonicalPath(u *url.URL) string {
	segments := strings.Split(u.EscapedPath(), "/")
	for i, segment := range segments {
		if plain, err := url.PathUnescape(segment); err == nil {
			segments[i] = escape(plain)
		}
	}
	path := strings.Join(segments, "/")
	if !strings.HasSuffix(path, "/") {
		path += "/"
	}
	return path
}

func canonicalQuery(query url.Values) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(query)) {
		for _, value := range slices.Sorted(slices.Values(query[key])) {
			parts = append(parts, escape(key)+"="+escape(value))
		}
	}
	return strings.Join(parts, "&")
}

// escape is percent-encoding after RFC 3986.
func escape(text string) string {
	// What QueryEscape leaves alone is exactly what RFC 3986 calls unreserved; it only has its own
	// sign for the blank.
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
