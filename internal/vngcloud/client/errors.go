package client

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// maxErrorBody is how much of an error body is read, and maxMessage how much of it is shown.
const (
	maxErrorBody = 64 << 10
	maxMessage   = 500
)

// refusedError is a [backup.ServiceError] with what only the transport has to know.
type refusedError struct {
	*backup.ServiceError
	retryAfter time.Duration
}

func (e *refusedError) Unwrap() error { return e.ServiceError }

// refusal is the error of a status that is no success.
func (c *Client) refusal(resp *http.Response, what string) error {
	raw, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	code, message := parseError(raw)
	e := &backup.ServiceError{
		HTTPStatus: resp.StatusCode,
		Code:       code,
		Message:    c.redact(message),
		RequestID:  resp.Header.Get("X-Request-Id"),
	}
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode <= 399:
		e.Message = what + ": the answer is a redirect, which is not followed, because the token would go along. Check the endpoints of the provider configuration."
	case e.Message == "":
		e.Message = what + ": " + http.StatusText(resp.StatusCode)
	default:
		e.Message = sentence(e.Message)
	}
	e.Kind = kind(resp.StatusCode, code, message)
	return &refusedError{e, retryAfter(resp.Header.Get("Retry-After"), c.cfg.Now())}
}

// kind is what the domain calls an error [4.2].
func kind(status int, code, message string) error {
	says := func(text string) bool { return strings.Contains(strings.ToLower(message), text) }
	switch {
	case says("managed by vault"), says("cannot edit vault lock"):
		return backup.ErrLocked
	case says("being processed"):
		return backup.ErrBusy
	case says("being used"), says("being_used"), says("already contains resources"), says("already exists"):
		return backup.ErrConflict
	case says("quota"):
		return backup.ErrQuota
	}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return backup.ErrDenied
	case http.StatusNotFound:
		return backup.ErrNotFound
	case http.StatusConflict:
		return backup.ErrConflict
	case http.StatusTooManyRequests:
		return backup.ErrThrottled
	}
	if strings.HasPrefix(code, "IAM_") {
		return backup.ErrDenied
	}
	return nil
}

// parseError reads every shape that error bodies come in [4.1]. What it does not recognise is shown as it
// is, unless it is a web page.
func parseError(raw []byte) (code, message string) {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		text := strings.TrimSpace(string(raw))
		if strings.HasPrefix(text, "<") {
			return "", ""
		}
		return "", printable(text)
	}
	code, message = errorOf(v, 0)
	return printable(code), printable(message)
}

// errorOf looks for a code and a message, in the first of several errors.
func errorOf(v any, depth int) (code, message string) {
	const deepest = 5
	if depth > deepest {
		return "", ""
	}
	switch v := v.(type) {
	case string:
		return "", v
	case []any:
		for _, member := range v {
			if code, message = errorOf(member, depth+1); code+message != "" {
				return code, message
			}
		}
	case map[string]any:
		for _, name := range []string{"code", "errorCode"} {
			if text := scalar(v[name]); text != "" && code == "" {
				code = text
			}
		}
		for _, name := range []string{"message", "detail", "error", "errors"} {
			inner, text := errorOf(v[name], depth+1)
			if text != "" && message == "" {
				message = text
				if code == "" {
					code = inner
				}
			}
		}
	}
	return code, message
}

func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return fmt.Sprint(v)
	}
	return ""
}

// printable shortens a text, and takes out what would break the lines of a log.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	if runes := []rune(text); len(runes) > maxMessage {
		text = string(runes[:maxMessage]) + "…"
	}
	return strings.TrimSpace(text)
}

// sentence ends a message with a full stop.
func sentence(text string) string {
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}
