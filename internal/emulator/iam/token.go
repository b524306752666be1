package iam

import (
	"encoding/json"
	"net/http"
)

// timeLayout has microseconds and a Z (§1.2).
const timeLayout = "2006-01-02T15:04:05.000000Z"

type reference struct {
	ID     string     `json:"id"`
	Name   string     `json:"name"`
	Domain *reference `json:"domain"`
}

func (r *reference) is(id, name string) bool {
	return r != nil && (r.ID == id || (r.ID == "" && r.Name == name))
}

type tokenRequest struct {
	Auth struct {
		Identity struct {
			Methods  []string `json:"methods"`
			Password struct {
				User struct {
					ID       string     `json:"id"`
					Name     string     `json:"name"`
					Password string     `json:"password"`
					Domain   *reference `json:"domain"`
				} `json:"user"`
			} `json:"password"`
		} `json:"identity"`
		Scope struct {
			Project *reference `json:"project"`
			Domain  *reference `json:"domain"`
		} `json:"scope"`
	} `json:"auth"`
}

const userID = "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"

// issue is POST /v3/auth/tokens (§1.2).
func (i *IAM) issue(w http.ResponseWriter, r *http.Request) {
	var req tokenRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&req); err != nil {
		identityError(w, http.StatusBadRequest, "Expecting to find valid JSON in request body.")
		return
	}
	a, user := i.Account, req.Auth.Identity.Password.User
	named := user.ID == userID || (user.Name == a.UserName && user.Domain.is(a.DomainID, a.DomainName))
	if len(req.Auth.Identity.Methods) != 1 || req.Auth.Identity.Methods[0] != "password" || !named || user.Password != a.Password {
		identityError(w, http.StatusUnauthorized, "The username or password is wrong.")
		return
	}
	now := i.e.Clock.Now()
	domain := map[string]string{"id": a.DomainID, "name": a.DomainName}
	token := map[string]any{
		"methods": []string{"password"}, "issued_at": now.Format(timeLayout), "expires_at": now.Add(TokenLifetime).Format(timeLayout),
		"user":  map[string]any{"id": userID, "name": a.UserName, "domain": domain, "password_expires_at": ""},
		"roles": []any{map[string]string{"id": "0", "name": "te_admin"}},
	}
	switch scope := req.Auth.Scope; {
	case scope.Project.is(a.ProjectID, a.ProjectName):
		token["project"] = map[string]any{"id": a.ProjectID, "name": a.ProjectName, "domain": domain}
	case scope.Project != nil:
		identityError(w, http.StatusUnauthorized, "The project is not found or the user has no roles in it.")
		return
	default:
		token["domain"] = domain
	}
	if _, no := r.URL.Query()["nocatalog"]; !no {
		token["catalog"] = i.entries(r)
	}
	w.Header().Set("X-Subject-Token", i.e.Tokens.Issue(TokenLifetime))
	Reply(w, http.StatusCreated, map[string]any{"token": token})
}

// identityError has IAM's own form (§1.5).
func identityError(w http.ResponseWriter, status int, message string) {
	Reply(w, status, map[string]any{"error": map[string]any{
		"code": status, "message": message, "title": http.StatusText(status),
	}})
}
