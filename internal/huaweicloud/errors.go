package huaweicloud

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// ErrUncertain is in the tree of an error after which nobody knows whether the service took the request:
// the connection broke after it was sent, or a gateway answered in its place. Whoever wrote something
// looks before telling.
var ErrUncertain = errors.New("it is not known whether the request was taken")

// Code is what a service's error code means.
type Code struct {
	// Kind is a sentinel of package backup; nil leaves it to the HTTP status.
	Kind error
	// Advice says what to do; it follows the service's message.
	Advice string
	// Uncertain codes leave open whether a write was taken, such as those of internal errors.
	Uncertain bool
}

// commonCodes are those of the gateway and of IAM (§1.5).
var commonCodes = map[string]Code{
	"APIGW.0101": {Kind: backup.ErrUnsupported, Advice: "The service has no such call here. Check region and endpoint of the provider."},
	"APIG.0101":  {Kind: backup.ErrUnsupported, Advice: "The service has no such call here. Check region and endpoint of the provider."},
	"APIGW.0301": {Kind: backup.ErrDenied, Advice: "The credentials were refused. Check them, and that the clock of this machine is right."},
	"APIG.0301":  {Kind: backup.ErrDenied, Advice: "The credentials were refused. Check them, and that the clock of this machine is right."},
	"APIGW.0308": {Kind: backup.ErrThrottled},
	"APIG.0308":  {Kind: backup.ErrThrottled},
}

// envelope is an error in any of the forms of §1.5.
type envelope struct {
	Code      Text `json:"error_code"`
	Message   Text `json:"error_msg"`
	RequestID Text `json:"request_id"`
}

// inner are the OpenStack forms: {"<word>":{"code":…,"message":…}}.
type inner struct {
	Code    Text `json:"code"`
	Message Text `json:"message"`
	// IAM, and what else wraps the plain form in "error".
	ErrorCode Text `json:"error_code"`
	ErrorMsg  Text `json:"error_msg"`
}

// decodeEnvelope reads code and message of an error. The form of the body is not known beforehand:
// members are tried in the order of §8.1. Empty if it is none of them.
func decodeEnvelope(body []byte) envelope {
	var e envelope
	if json.Unmarshal(body, &e) == nil && (e.Code != "" || e.Message != "") {
		return e
	}
	var words map[string]json.RawMessage
	if json.Unmarshal(body, &words) != nil {
		return envelope{}
	}
	for _, word := range []string{"error", "unauthorized", "badRequest", "itemNotFound", "forbidden"} {
		var in inner
		if json.Unmarshal(words[word], &in) != nil {
			continue
		}
		found := envelope{Code: in.Code, Message: in.Message, RequestID: e.RequestID}
		if in.ErrorCode != "" || in.ErrorMsg != "" {
			found.Code, found.Message = in.ErrorCode, in.ErrorMsg
		}
		if found.Code != "" || found.Message != "" {
			return found
		}
	}
	var plain struct{ Code, Message Text }
	if json.Unmarshal(body, &plain) == nil {
		return envelope{Code: plain.Code, Message: plain.Message, RequestID: e.RequestID}
	}
	return envelope{}
}

// malformedURL says whether an answer is that of CBR to an id that is no UUID (§1.5): it has the status
// of a login problem and is none.
func malformedURL(status int, e envelope) bool {
	return status == http.StatusUnauthorized && strings.Contains(strings.ToLower(string(e.Message)), "malformed request url")
}

// serviceError is what an answer with an error status means.
func (c *Client) serviceError(call Call, status int, header http.Header, body []byte) error {
	e := decodeEnvelope(body)
	code := oneLine(string(e.Code))
	if code == fmt.Sprint(status) {
		code = "" // It repeats the status.
	}
	known, ok := c.api.Codes[code]
	if !ok {
		known = commonCodes[code]
	}
	out := &backup.ServiceError{
		Kind: known.Kind, HTTPStatus: status, Code: code,
		RequestID: first(header.Get("X-Request-Id"), header.Get("X-Openstack-Request-Id"), oneLine(string(e.RequestID))),
	}
	if out.Kind == nil {
		out.Kind = kindOf(status)
	}
	if malformedURL(status, e) {
		out.Kind = backup.ErrNotFound
	}
	message := oneLine(string(e.Message))
	if message == "" {
		message = "the service gives no reason: " + http.StatusText(status)
	}
	out.Message = c.clean(fmt.Sprintf("%s refused %s: %s", c.api.Name, call, strings.TrimSuffix(message, ".")+"."))
	if known.Advice != "" {
		out.Message += " " + known.Advice
	}
	// A gateway that gave up on the service says so with these, without a code of the service.
	if known.Uncertain || (status >= 500 && code == "") {
		out.Err = ErrUncertain
	}
	return out
}

func kindOf(status int) error {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return backup.ErrDenied
	case http.StatusNotFound, http.StatusGone:
		return backup.ErrNotFound
	case http.StatusConflict:
		return backup.ErrConflict
	case http.StatusLocked:
		return backup.ErrLocked
	case http.StatusTooManyRequests:
		return backup.ErrThrottled
	case http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return backup.ErrUnsupported
	}
	return nil
}

// maxMessage is how much of a message is repeated.
const maxMessage = 1000

// oneLine makes the text of a service fit for an error: one line of limited length.
func oneLine(text string) string {
	text = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "?"), func(r rune) bool {
		return unicode.IsControl(r) || r == ' '
	}), " ")
	if runes := []rune(text); len(runes) > maxMessage {
		text = string(runes[:maxMessage]) + "…"
	}
	return text
}

// clean takes secrets out of a text, should the service repeat one.
func (c *Client) clean(text string) string {
	secrets := []string{c.cfg.Password, c.cfg.SecretKey, c.cfg.SecurityToken, c.tokens.current()}
	for _, secret := range secrets {
		if len(secret) > 3 {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return text
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
