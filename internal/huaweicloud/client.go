package huaweicloud

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// API is one service of the cloud.
type API struct {
	// Name is the word for the service in configurations, and its host name.
	Name string
	// Types are what catalogs call it, the likeliest first.
	Types []string
	// Version is the first segment of its paths, such as v1.
	Version string
	// Codes are the service's own error codes.
	Codes map[string]Code
}

// Options are what tests replace, and limits.
type Options struct {
	// MaxConcurrentRequests is how many requests are in flight at a time; default 8.
	MaxConcurrentRequests int
	// HTTPClient sends the requests; default one that honours proxies and ca_file.
	HTTPClient *http.Client
	// Now is the clock; default time.Now.
	Now func() time.Time
	// Pause waits between retries; default on the real clock.
	Pause func(ctx context.Context, d time.Duration) error
	// Log is told of each request at DEBUG: method, path, status and duration, nothing more. Default none.
	Log *slog.Logger
}

const defaultConcurrency = 8

// Client sends the calls of one service in one project. It is safe for concurrent use.
type Client struct {
	cfg    Config
	api    API
	opts   Options
	http   *http.Client
	slots  *semaphore.Weighted
	tokens tokens

	mu     sync.Mutex
	target target
}

// target is where the calls of a project go, once it is known.
type target struct {
	base    string
	project string
}

// NewClient returns a client. It touches no network and reads no file but ca_file.
func NewClient(cfg Config, api API, opts Options) (*Client, error) {
	cfg, err := cfg.resolve(api.Name)
	if err != nil {
		return nil, err
	}
	if opts.MaxConcurrentRequests <= 0 {
		opts.MaxConcurrentRequests = defaultConcurrency
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Pause == nil {
		opts.Pause = Pause
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	client := opts.HTTPClient
	if client == nil {
		if client, err = newHTTPClient(api.Name, cfg.CAFile); err != nil {
			return nil, err
		}
	}
	c := &Client{
		cfg: cfg, api: api, opts: opts, http: withoutRedirects(client),
		slots: semaphore.NewWeighted(int64(opts.MaxConcurrentRequests)),
	}
	return c, nil
}

// Call is one call of the service.
type Call struct {
	Method string
	// Path segments below the project; they are escaped here.
	Path  []string
	Query url.Values
	// Body is sent as JSON; nil sends none.
	Body any
	// Read says that the call changes nothing, so that it may be repeated. Every GET does.
	Read bool
}

// String is for messages.
func (c Call) String() string { return c.Method + " /" + strings.Join(c.Path, "/") }

// Get is a call that reads.
func Get(query url.Values, path ...string) Call {
	return Call{Method: http.MethodGet, Path: path, Query: query, Read: true}
}

// Post is a call that changes something.
func Post(body any, path ...string) Call {
	return Call{Method: http.MethodPost, Path: path, Body: body}
}

// Put is a call that changes something.
func Put(body any, path ...string) Call {
	return Call{Method: http.MethodPut, Path: path, Body: body}
}

// Delete is a call that deletes.
func Delete(query url.Values, path ...string) Call {
	return Call{Method: http.MethodDelete, Path: path, Query: query}
}

// ValidID says whether a text can be an id of these services, or a tag's key. Anything else is not sent:
// it would end up as another path.
func ValidID(id string) bool {
	return id != "" && !strings.ContainsFunc(id, func(r rune) bool {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return false
		}
		return true
	})
}

// Scope is the project whose objects the client sees. Its id is asked for if only the name is configured.
func (c *Client) Scope(ctx context.Context) (backup.Scope, error) {
	if err := ctx.Err(); err != nil {
		return backup.Scope{}, context.Cause(ctx)
	}
	t, err := c.resolveTarget(ctx)
	if err != nil {
		return backup.Scope{}, err
	}
	name := strings.TrimSpace(c.cfg.Region + " " + first(c.cfg.ProjectName, t.project))
	return backup.Scope{Service: c.api.Name, ID: t.project, Name: name}, nil
}

// Region is the configured region.
func (c *Client) Region() string { return c.cfg.Region }

// Do sends a call and reads the answer into out, which may be nil. Errors are [backup.ServiceError]s, or
// that of the context; after a write they match [ErrUncertain] if it may have been taken.
func (c *Client) Do(ctx context.Context, call Call, out any) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	t, err := c.resolveTarget(ctx)
	if err != nil {
		return err
	}
	body, err := encode(call.Body)
	if err != nil {
		return err
	}
	address := t.base
	for _, segment := range call.Path {
		address += "/" + url.PathEscape(segment)
	}
	if len(call.Query) > 0 {
		address += "?" + call.Query.Encode()
	}
	o, err := c.authenticated(ctx, call, t.project, address, body)
	if err != nil {
		return err
	}
	return c.decode(call, o, out)
}

// authenticated sends a request with credentials. A token that is refused is renewed once: the gateway
// refuses before the service takes anything, so that this is safe for writes too.
func (c *Client) authenticated(ctx context.Context, call Call, project, address string, body []byte) (outcome, error) {
	for renewed := false; ; renewed = true {
		token := ""
		if !c.cfg.signs() {
			var err error
			if token, err = c.token(ctx); err != nil {
				return outcome{}, err
			}
		}
		o := c.send(ctx, call, address, body, func(req *http.Request) {
			if token != "" {
				req.Header.Set("X-Auth-Token", token)
				return
			}
			c.sign(req, body, project)
		})
		if o.err != nil {
			return o, c.transportError(ctx, call, o)
		}
		if o.status != http.StatusUnauthorized || token == "" || renewed || malformedURL(o.status, decodeEnvelope(o.body)) {
			return o, nil
		}
		c.tokens.drop(token)
	}
}

func (c *Client) sign(req *http.Request, body []byte, project string) {
	if project != "" {
		req.Header.Set("X-Project-Id", project)
	}
	if c.cfg.SecurityToken != "" {
		req.Header.Set("X-Security-Token", c.cfg.SecurityToken)
	}
	sign(req, body, c.cfg.AccessKey, c.cfg.SecretKey, c.opts.Now())
}

// decode reads an answer. Services answer writes with 200 where others have 201, 202 or 204 (§6.4).
func (c *Client) decode(call Call, o outcome, out any) error {
	switch {
	case o.status >= 300 && o.status < 400:
		return backup.Errorf(nil, "%s answers %s with a redirect (HTTP %d), which is not followed because the credentials would be sent elsewhere. "+
			"Check endpoint and auth_url of the provider.", c.api.Name, call, o.status)
	case o.status < 200 || o.status >= 300:
		return c.serviceError(call, o.status, o.header, o.body)
	case len(o.body) == 0:
		return nil
	}
	if out == nil {
		out = new(any) // What is not JSON did not come from the service.
	}
	if err := json.Unmarshal(o.body, out); err != nil {
		return &backup.ServiceError{
			HTTPStatus: o.status, Err: uncertain(call, err),
			Message: fmt.Sprintf("%s answers %s with something that is not the expected JSON. Is there a proxy or a login page in between?", c.api.Name, call),
		}
	}
	return nil
}

// uncertain marks the cause of a failed write.
func uncertain(call Call, err error) error {
	if call.Read {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUncertain, err)
}
