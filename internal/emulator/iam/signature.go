package iam

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strings"
)

const algorithm = "SDK-HMAC-SHA256"

// verify checks a signature in either of the two layouts that are in use (§1.3). It shares no code with
// the client, so that a mistake in one of them shows.
func verify(r *http.Request, body []byte, authorization, accessKey, secretKey string) bool {
	fields := map[string]string{}
	for field := range strings.SplitSeq(strings.TrimPrefix(authorization, algorithm), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		fields[name] = value
	}
	date := r.Header.Get("X-Sdk-Date")
	names := strings.Split(fields["SignedHeaders"], ";")
	digest := sha256.Sum256([]byte(canonical(r, body, names)))
	request := hex.EncodeToString(digest[:])

	var want string
	if credential := fields["Credential"]; credential != "" {
		key, scope, _ := strings.Cut(credential, "/")
		if key != accessKey || len(date) < 8 || !strings.HasPrefix(scope, date[:8]) {
			return false
		}
		derived := []byte("SDK" + secretKey)
		for part := range strings.SplitSeq(scope, "/") {
			derived = mac(derived, part)
		}
		want = hex.EncodeToString(mac(derived, strings.Join([]string{algorithm, date, scope, request}, "\n")))
	} else {
		if fields["Access"] != accessKey {
			return false
		}
		want = hex.EncodeToString(mac([]byte(secretKey), algorithm+"\n"+date+"\n"+request))
	}
	signsDate := false
	for _, name := range names {
		signsDate = signsDate || strings.EqualFold(name, "X-Sdk-Date")
	}
	return signsDate && hmac.Equal([]byte(want), []byte(fields["Signature"]))
}

func canonical(r *http.Request, body []byte, names []string) string {
	var headers string
	for _, name := range names {
		value := strings.Join(r.Header.Values(name), ",")
		if strings.EqualFold(name, "host") {
			value = r.Host
		}
		headers += strings.ToLower(name) + ":" + strings.Join(strings.Fields(value), " ") + "\n"
	}
	hash := r.Header.Get("X-Sdk-Content-Sha256")
	if hash == "" {
		sum := sha256.Sum256(body)
		hash = hex.EncodeToString(sum[:])
	}
	path := r.URL.EscapedPath()
	if !strings.HasSuffix(path, "/") {
		path += "/"
	}
	return r.Method + "\n" + path + "\n" + query(r.URL.Query()) + "\n" + headers + "\n" + strings.Join(names, ";") + "\n" + hash
}

func query(values url.Values) string {
	var pairs []string
	for key, list := range values {
		sort.Strings(list)
		for n, value := range list {
			// The position keeps the values of a key in order when the pairs are sorted by key.
			pairs = append(pairs, key+"\x00"+fmt.Sprintf("%06d", n)+"\x00"+percent(key)+"="+percent(value))
		}
	}
	sort.Strings(pairs)
	for i, pair := range pairs {
		pairs[i] = pair[strings.LastIndexByte(pair, 0)+1:]
	}
	return strings.Join(pairs, "&")
}

// percent escapes everything but the unreserved characters of RFC 3986.
func percent(text string) string {
	const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
	var out strings.Builder
	for i := range len(text) {
		if strings.IndexByte(unreserved, text[i]) >= 0 {
			out.WriteByte(text[i])
			continue
		}
		out.WriteString("%" + strings.ToUpper(hex.EncodeToString([]byte{text[i]})))
	}
	return out.String()
}

func mac(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}
