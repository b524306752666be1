// Package client speaks the HTTP API of VNG Cloud (GreenNode) Backup Center: the tokens of IAM, the
// vBackup gateway, the calls of the vServer gateway that restore, and the links to the data of points.
// It knows what travels and what goes wrong on the way; what it means is the business of the package above.
//
// Numbers in brackets, as in [2.4], are sections of the wire reference of this service.
package client

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Config is what a client needs. Every member is set.
type Config struct {
	ClientID, ClientSecret string
	// IAM, Backup and VServer are the addresses of the gateways, with their paths and without a slash at
	// the end.
	IAM, Backup, VServer string
	// MaxConcurrentRequests limits the requests in flight, downloads of data not counted.
	MaxConcurrentRequests int
	// HTTP sends requests. Its redirect policy is replaced: none is followed.
	HTTP *http.Client
	// Now is the clock, and Sleep waits on it.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
	// Log is told of each request: method, path, status and duration, nothing more.
	Log *slog.Logger
}

// Client sends requests. It is safe for concurrent use.
type Client struct {
	cfg    Config
	http   *http.Client
	slots  chan struct{}
	tokens tokens
}

// New returns a client. It sends nothing.
func New(cfg Config) *Client {
	plain := *cfg.HTTP
	plain.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c := &Client{cfg: cfg, http: &plain, slots: make(chan struct{}, cfg.MaxConcurrentRequests)}
	c.tokens.gate = make(chan struct{}, 1)
	return c
}

// Sleep waits on the real clock.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// jitter spreads waits, so that requests which were refused together do not come back together.
func jitter(d time.Duration) time.Duration {
	return d/2 + rand.N(d/2+1) //nolint:gosec // nothing secret about it
}

// segment is an id as part of a path. What is no id of this service is not found, and not sent.
// The form is what vendor clients allow [2.0].
func segment(id string) (string, error) {
	legal := id != "" && strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == "" &&
		!strings.HasPrefix(id, "-") && !strings.HasSuffix(id, "-")
	if !legal {
		return "", backup.Errorf(backup.ErrNotFound, "%q is no id of this service.", id)
	}
	return url.PathEscape(id), nil
}

// webAddress is one with more than a host, which may be a signed link.
var webAddress = regexp.MustCompile(`(?i)(https?://[^/\s?"'<>]+)[/?][^\s"'<>]*`)

// redact takes what is secret out of a text that comes from elsewhere: an answer may repeat what was sent.
func (c *Client) redact(text string) string {
	secrets := append(c.tokens.all(), c.cfg.ClientSecret, url.QueryEscape(c.cfg.ClientSecret))
	for _, secret := range secrets {
		if len(secret) > 3 {
			text = strings.ReplaceAll(text, secret, "(secret)")
		}
	}
	return webAddress.ReplaceAllString(text, "$1/…")
}
