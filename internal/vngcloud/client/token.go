package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

const (
	// expiresEarly is how long before its end a token is replaced, as vendor clients do [1.2].
	expiresEarly = time.Minute
	// defaultLifetime is what samples show, for an answer that does not say.
	defaultLifetime = 30 * time.Minute
)

// tokens keeps one access token for all requests. IAM gives no refresh token to service accounts [1.2].
type tokens struct {
	// gate lets one caller mint; a caller whose context ends does not wait for it.
	gate chan struct{}

	mu    sync.Mutex
	value string
	until time.Time
	// minted are all that there were, to be kept out of texts.
	minted []string
	// v1 is set once the v2 endpoint turned out not to be there.
	v1 bool
}

// all are the tokens that there were.
func (t *tokens) all() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.minted)
}

// fresh is the token if it is still good.
func (t *tokens) fresh(now time.Time) (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.value, t.value != "" && now.Before(t.until)
}

// reject makes the next caller mint, unless somebody has since.
func (t *tokens) reject(value string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.value == value {
		t.until = time.Time{}
	}
}

// token returns a good token.
func (c *Client) token(ctx context.Context) (string, error) {
	t := &c.tokens
	if value, ok := t.fresh(c.cfg.Now()); ok {
		return value, nil
	}
	select {
	case t.gate <- struct{}{}:
		defer func() { <-t.gate }()
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	if value, ok := t.fresh(c.cfg.Now()); ok {
		return value, nil
	}
	value, lifetime, err := c.mint(ctx)
	if err != nil {
		return "", err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.minted = append(t.minted, value)
	t.value, t.until = value, c.cfg.Now().Add(max(lifetime-expiresEarly, lifetime/2))
	return value, nil
}

// minted has both spellings.
type minted struct {
	AccessToken2 string `json:"access_token"`
	ExpiresIn2   Number `json:"expires_in"`
	AccessToken1 string `json:"accessToken"`
	ExpiresIn1   Number `json:"expiresIn"`
}

// mint asks for a token, in the v2 spelling if IAM has it.
func (c *Client) mint(ctx context.Context) (string, time.Duration, error) {
	c.tokens.mu.Lock()
	v1 := c.tokens.v1
	c.tokens.mu.Unlock()
	var m minted
	err := error(nil)
	if !v1 {
		err = c.askToken(ctx, "/v2/auth/token", "application/x-www-form-urlencoded", "grant_type=client_credentials", &m)
		var missing *backup.ServiceError
		if errors.As(err, &missing) && (missing.HTTPStatus == http.StatusNotFound || missing.HTTPStatus == http.StatusMethodNotAllowed) {
			v1 = true
		}
	}
	if v1 {
		if err = c.askToken(ctx, "/v1/auth/token", "application/json", `{"grantType":"client_credentials"}`, &m); err == nil {
			c.tokens.mu.Lock()
			c.tokens.v1 = true
			c.tokens.mu.Unlock()
		}
	}
	if err != nil {
		return "", 0, explainLogin(err)
	}
	value, lifetime := m.AccessToken2+m.AccessToken1, defaultLifetime
	for _, n := range []Number{m.ExpiresIn2, m.ExpiresIn1} {
		if seconds := n.Int64(); seconds != nil && *seconds > 0 && *seconds < int64(24*time.Hour/time.Second) {
			lifetime = time.Duration(*seconds) * time.Second
		}
	}
	if value == "" {
		return "", 0, backup.Errorf(nil, "IAM answered without an access token. Check vngcloud.iam_endpoint.")
	}
	return value, lifetime, nil
}

// askToken is safe to repeat, as a read is.
func (c *Client) askToken(ctx context.Context, path, contentType, body string, m *minted) error {
	return c.retry(ctx, true, func() error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.cfg.IAM+path, strings.NewReader(body))
		if err != nil {
			return err
		}
		req.SetBasicAuth(c.cfg.ClientID, c.cfg.ClientSecret)
		req.Header.Set("Content-Type", contentType)
		req.Header.Set("Accept", "application/json")
		return c.send(req, "POST "+path, func(r io.Reader) error {
			*m = minted{}
			return json.NewDecoder(r).Decode(m)
		})
	})
}

// explainLogin says which attributes are to be looked at.
func explainLogin(err error) error {
	var refused *backup.ServiceError
	if !errors.As(err, &refused) {
		return err
	}
	switch {
	case refused.Code == "TOO_MANY_FAILED_LOGINS":
		refused.Message = "IAM refuses the service account for now, because it failed to log in too often. Wait, then check vngcloud.client_id and vngcloud.client_secret."
	case refused.HTTPStatus == http.StatusUnauthorized || refused.HTTPStatus == http.StatusForbidden || refused.HTTPStatus == http.StatusBadRequest:
		refused.Kind = backup.ErrDenied
		refused.Message = "IAM does not accept the service account: " + refused.Message + " Check vngcloud.client_id and vngcloud.client_secret."
	}
	return refused
}
