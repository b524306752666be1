package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// ErrAmbiguous is a write of which nobody knows whether the service took it: the connection was lost
// after it was sent, or the answer made no sense.
var ErrAmbiguous = errors.New("it is not known whether the service took the request")

const (
	attempts = 5
	// firstPause doubles with each attempt.
	firstPause = time.Second
	// longestPause is the most that a Retry-After is waited for.
	longestPause = 2 * time.Minute
	// requestTimeout is for one attempt, answer included.
	requestTimeout = 2 * time.Minute
	// maxBody is far above the longest answer that makes sense: about 100,000 points.
	maxBody = 256 << 20
)

// call is a request of the API.
type call struct {
	method string
	// base is the address of the gateway.
	base  string
	path  string
	query url.Values
	body  any
	// decode reads the answer; nil ignores it. It is called again when a read is repeated.
	decode func(r io.Reader) error
}

// do sends a request. Only reads are repeated after a failure; a write is, if it was refused before the
// service looked at it: with a stale token, or too many requests.
func (c *Client) do(ctx context.Context, r call) error {
	address := c.address(r)
	var body []byte
	if r.body != nil {
		var err error
		if body, err = json.Marshal(r.body); err != nil {
			return err
		}
	}
	reads := r.method == http.MethodGet
	reminted := false
	return c.retry(ctx, reads, func() error {
		for {
			token, err := c.token(ctx)
			if err != nil {
				return &loginError{err}
			}
			err = c.attempt(ctx, r, address, token, body)
			if !stale(err) || reminted {
				return err
			}
			reminted = true
			c.tokens.reject(token)
		}
	})
}

func (c *Client) address(r call) string {
	address := r.base + r.path
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	return address
}

func (c *Client) attempt(ctx context.Context, r call, address, token string, body []byte) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	limited, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(limited, r.method, address, bytes.NewReader(body))
	if err != nil {
		return bare(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	err = c.send(req, r.method+" "+r.path, r.decode)
	if r.method != http.MethodGet && ambiguous(err) {
		return errors.Join(err, ErrAmbiguous)
	}
	return err
}

// send sends one request and reads its answer. what names it in errors and in the log.
func (c *Client) send(req *http.Request, what string, decode func(r io.Reader) error) error {
	start := time.Now()
	resp, err := c.http.Do(req)
	if err != nil {
		err = bare(err)
		c.cfg.Log.DebugContext(req.Context(), "request failed", "request", what, "duration", time.Since(start), "error", c.redact(err.Error()))
		return &transportError{what: what, err: err}
	}
	defer func() { _ = resp.Body.Close() }()
	c.cfg.Log.DebugContext(req.Context(), "request", "request", what, "status", resp.StatusCode, "duration", time.Since(start))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return c.refusal(resp, what)
	}
	if strings.Contains(resp.Header.Get("Content-Type"), "html") {
		return &answerError{what: what, html: true}
	}
	body := &limitedBody{r: resp.Body, left: maxBody}
	if decode != nil && resp.StatusCode != http.StatusNoContent {
		if err := decode(body); err != nil {
			if ctxErr := req.Context().Err(); ctxErr != nil {
				err = ctxErr
			}
			return &answerError{what: what, err: err}
		}
	}
	// What is left is read, so that the connection can be used again.
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	return nil
}

// retry calls until it succeeds, fails for good, or has failed too often.
func (c *Client) retry(ctx context.Context, reads bool, call func() error) error {
	pause := firstPause
	for n := 1; ; n++ {
		err := call()
		if err == nil || n == attempts || ctx.Err() != nil {
			return err
		}
		wait, again := passing(err, reads)
		if !again {
			return err
		}
		if wait == 0 {
			wait = jitter(pause)
			pause *= 2
		}
		if c.cfg.Sleep(ctx, wait) != nil {
			return errors.Join(err, context.Cause(ctx))
		}
	}
}

// passing says whether an error may pass by itself, and how long the service wants to be left alone.
func passing(err error, reads bool) (wait time.Duration, again bool) {
	var login *loginError
	if errors.As(err, &login) {
		return 0, false // was repeated already
	}
	var refused *refusedError
	if errors.As(err, &refused) {
		switch refused.HTTPStatus {
		case http.StatusTooManyRequests:
			return min(refused.retryAfter, longestPause), true
		case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return min(refused.retryAfter, longestPause), reads && !stale(err)
		}
		return 0, false
	}
	var lost *transportError
	var garbled *answerError
	return 0, reads && (errors.As(err, &lost) || errors.As(err, &garbled))
}

// ambiguous says whether a write may have been taken although it failed.
func ambiguous(err error) bool {
	var refused *refusedError
	if errors.As(err, &refused) {
		return refused.HTTPStatus >= 500 && !stale(err)
	}
	var lost *transportError
	if errors.As(err, &lost) {
		var dial *net.OpError
		return !errors.As(lost.err, &dial) || dial.Op != "dial"
	}
	var garbled *answerError
	return errors.As(err, &garbled)
}

// stale says whether the token was refused. Some gateways say so with status 500 [1.2].
func stale(err error) bool {
	var refused *refusedError
	return errors.As(err, &refused) &&
		(refused.HTTPStatus == http.StatusUnauthorized || refused.Code == "IAM_VALIDATION_ERROR")
}

// bare is an error of net/http without the address, which may be a signed link.
func bare(err error) error {
	var withAddress *url.Error
	for errors.As(err, &withAddress) {
		err = withAddress.Err
	}
	return err
}

// loginError is a request that was not sent for want of a token.
type loginError struct{ err error }

func (e *loginError) Error() string { return e.err.Error() }
func (e *loginError) Unwrap() error { return e.err }

// transportError is a request without an answer.
type transportError struct {
	what string
	err  error
}

func (e *transportError) Error() string { return e.what + ": " + e.err.Error() }
func (e *transportError) Unwrap() error { return e.err }

// answerError is an answer that cannot be read.
type answerError struct {
	what string
	html bool
	err  error
}

func (e *answerError) Error() string {
	if e.html {
		return e.what + ": the answer is a web page and no JSON. Check the endpoints of the provider configuration, and whether a proxy is in the way."
	}
	return e.what + ": the answer cannot be read: " + e.err.Error()
}
func (e *answerError) Unwrap() error { return e.err }

// limitedBody fails where [io.LimitReader] would end as if that were all.
type limitedBody struct {
	r    io.Reader
	left int64
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, backup.Errorf(nil, "it is longer than %d MiB", maxBody>>20)
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	return n, err
}

// retryAfter is a number of seconds or a date (RFC 9110, section 10.2.3); 0 if there is none.
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(header); err == nil {
		return time.Duration(min(max(seconds, 0), 3600)) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}
