package huaweicloud

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// tokens keeps the token of the client. One request for a token is under way at a time.
type tokens struct {
	minting sync.Mutex

	mu      sync.Mutex
	value   string
	ends    time.Time
	project string
	catalog []catalogEntry
}

func (t *tokens) current() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.value
}

// good returns the token if it lasts for a while.
func (t *tokens) good(now time.Time) (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.value, t.value != "" && now.Add(tokenMargin).Before(t.ends)
}

// drop forgets a token that was refused, unless there is a newer one.
func (t *tokens) drop(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.value == token {
		t.ends = time.Time{}
	}
}

// The request and the answer of POST /v3/auth/tokens (§1.2).
type (
	tokenRequest struct {
		Auth struct {
			Identity struct {
				Methods  []string `json:"methods"`
				Password struct {
					User tokenUser `json:"user"`
				} `json:"password"`
			} `json:"identity"`
			Scope struct {
				Project named `json:"project"`
			} `json:"scope"`
		} `json:"auth"`
	}
	tokenUser struct {
		Name     string `json:"name"`
		Password string `json:"password"`
		Domain   named  `json:"domain"`
	}
	// named is a reference by id or by name; the id counts if there are both.
	named struct {
		ID   string `json:"id,omitempty"`
		Name string `json:"name,omitempty"`
	}
	tokenAnswer struct {
		Token struct {
			ExpiresAt Time           `json:"expires_at"`
			Catalog   []catalogEntry `json:"catalog"`
			Project   struct {
				ID   string `json:"id"`
				Name string `json:"name"`
			} `json:"project"`
		} `json:"token"`
	}
)

func reference(id, name string) named {
	if id != "" {
		return named{ID: id}
	}
	return named{Name: name}
}

// token returns a token that is good for a while.
func (c *Client) token(ctx context.Context) (string, error) {
	c.tokens.minting.Lock()
	defer c.tokens.minting.Unlock()
	if token, ok := c.tokens.good(c.opts.Now()); ok {
		return token, nil
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	return c.mint(ctx)
}

func (c *Client) mint(ctx context.Context) (string, error) {
	var ask tokenRequest
	ask.Auth.Identity.Methods = []string{"password"}
	ask.Auth.Identity.Password.User = tokenUser{
		Name: c.cfg.UserName, Password: c.cfg.Password, Domain: reference(c.cfg.DomainID, c.cfg.DomainName),
	}
	ask.Auth.Scope.Project = reference(c.cfg.ProjectID, c.cfg.ProjectName)
	body, err := encode(ask)
	if err != nil {
		return "", err
	}
	// A second token does no harm, so that asking for one is a read.
	call := Call{Method: http.MethodPost, Path: []string{"auth", "tokens"}, Read: true}
	o := c.send(ctx, call, c.cfg.AuthURL+"/auth/tokens", body, func(*http.Request) {})
	if o.err != nil {
		return "", c.transportError(ctx, call, o)
	}
	if o.status == http.StatusUnauthorized {
		e := decodeEnvelope(o.body)
		return "", &backup.ServiceError{
			Kind: backup.ErrDenied, HTTPStatus: o.status, Code: string(e.Code),
			Message: c.clean("The identity service refused user " + c.cfg.UserName + ": " + oneLine(string(e.Message)) +
				" Check user_name, password, domain and project of the provider."),
		}
	}
	var answer tokenAnswer
	if err := c.decode(call, o, &answer); err != nil {
		return "", err
	}
	value := o.header.Get("X-Subject-Token")
	if value == "" {
		return "", backup.Errorf(nil, "The identity service gave no token (HTTP %d). Check auth_url of the provider.", o.status)
	}
	c.tokens.mu.Lock()
	defer c.tokens.mu.Unlock()
	c.tokens.value, c.tokens.ends = value, answer.Token.ExpiresAt.Time
	if c.tokens.ends.IsZero() {
		c.tokens.ends = c.opts.Now().Add(time.Hour)
	}
	c.tokens.project, c.tokens.catalog = answer.Token.Project.ID, answer.Token.Catalog
	return value, nil
}

// resolveTarget finds out once where the project's calls go.
func (c *Client) resolveTarget(ctx context.Context) (target, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.target.base != "" {
		return c.target, nil
	}
	project, endpoint, err := c.locate(ctx)
	if err != nil {
		return target{}, err
	}
	if endpoint == "" {
		return target{}, backup.Errorf(nil, "There is no address for %[1]s: neither the catalog nor auth_url tells one for region %[2]q. "+
			"Check %[1]s.region, or set %[1]s.endpoint.", c.api.Name, c.cfg.Region)
	}
	base, err := baseURL(endpoint, c.api.Version, project)
	if err != nil {
		return target{}, err
	}
	c.target = target{base: base, project: project}
	return c.target, nil
}

// locate returns the id of the project and the address of the service.
func (c *Client) locate(ctx context.Context) (project, endpoint string, err error) {
	endpoint = c.cfg.Endpoint
	if c.cfg.signs() {
		if project = c.cfg.ProjectID; project == "" {
			project, err = c.projectID(ctx)
		}
		return project, first(endpoint, derivedEndpoint(c.cfg.AuthURL, c.api.Name, c.cfg.Region)), err
	}
	if _, err = c.token(ctx); err != nil {
		return "", "", err
	}
	c.tokens.mu.Lock()
	defer c.tokens.mu.Unlock()
	project = first(c.tokens.project, c.cfg.ProjectID)
	if project == "" || (c.cfg.ProjectID != "" && project != c.cfg.ProjectID) {
		return "", "", backup.Errorf(backup.ErrDenied, "The token of the identity service is for project %q, not for the one that is configured. Check project_id and project_name.", project)
	}
	if endpoint == "" {
		endpoint = find(c.tokens.catalog, c.api.Types, c.cfg.Region)
		if endpoint != "" && isPlain(endpoint) && !isPlain(c.cfg.AuthURL) {
			return "", "", backup.Errorf(nil, "The catalog has an address for %[1]s without TLS, and the token would be sent in the clear. Set %[1]s.endpoint.", c.api.Name)
		}
	}
	return project, first(endpoint, derivedEndpoint(c.cfg.AuthURL, c.api.Name, c.cfg.Region)), nil
}

// projectID asks IAM for the id of the project with an access key.
func (c *Client) projectID(ctx context.Context) (string, error) {
	call := Call{Method: http.MethodGet, Path: []string{"projects"}, Read: true}
	o := c.send(ctx, call, c.cfg.AuthURL+"/projects?name="+escape(c.cfg.ProjectName), nil, func(req *http.Request) {
		if c.cfg.DomainID != "" {
			req.Header.Set("X-Domain-Id", c.cfg.DomainID)
		}
		c.sign(req, nil, "")
	})
	if o.err != nil {
		return "", c.transportError(ctx, call, o)
	}
	var answer struct {
		Projects []struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"projects"`
	}
	if err := c.decode(call, o, &answer); err != nil {
		return "", err
	}
	for _, p := range answer.Projects {
		if p.Name == c.cfg.ProjectName {
			return p.ID, nil
		}
	}
	return "", backup.Errorf(backup.ErrNotFound, "There is no project %q for this access key. Set project_name or project_id.", c.cfg.ProjectName)
}
