// Package iam emulates the IAM v3 of Open Telekom Cloud and Huawei Cloud as far as backup services need
// it: tokens for a user with a password, a catalog whose addresses lead back to the emulator, and the
// check of tokens and of requests signed with an access key. Section numbers in comments are those of
// the wire reference of these services.
package iam

import (
	"net/http"
	"sync"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
)

// Account is the one user of the emulator, with its account (domain), project and access key.
type Account struct {
	UserName      string
	Password      string
	DomainID      string
	DomainName    string
	Region        string
	ProjectID     string
	ProjectName   string
	AccessKey     string
	SecretKey     string
	SecurityToken string
}

// DefaultAccount is what users of the emulator need not think of.
func DefaultAccount() Account {
	return Account{
		UserName: "emulator", Password: "emulator",
		DomainID: "d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0", DomainName: "emulator",
		Region: "eu-de", ProjectID: "0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e", ProjectName: "eu-de",
		AccessKey: "emulator", SecretKey: "emulator",
	}
}

// TokenLifetime is that of the cloud (§1.2).
const TokenLifetime = 24 * time.Hour

// IAM is the identity service.
type IAM struct {
	Account Account

	e *emulator.Emulator

	mu       sync.Mutex
	services []service
}

// service is an entry of the catalog.
type service struct {
	name, kind, version string
}

// New returns an identity service that hands out the tokens of an emulator.
func New(e *emulator.Emulator, account Account) *IAM {
	return &IAM{Account: account, e: e, services: []service{{name: "iam", kind: "identity", version: "v3"}}}
}

// Publish puts a service into the catalog; its calls are below /<version>/<project>.
func (i *IAM) Publish(name, kind, version string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.services = append(i.services, service{name: name, kind: kind, version: version})
}

// Register adds the calls of the identity service to a mux.
func (i *IAM) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /v3", i.version)
	mux.HandleFunc("GET /v3/{$}", i.version)
	mux.HandleFunc("POST /v3/auth/tokens", i.issue)
	mux.Handle("GET /v3/auth/catalog", i.known(i.catalog))
	mux.Handle("GET /v3/auth/projects", i.known(i.projects))
	mux.Handle("GET /v3/auth/domains", i.known(i.domains))
	mux.Handle("GET /v3/projects", i.known(i.projects))
	mux.Handle("GET /v3/services", i.known(i.listServices))
	mux.Handle("GET /v3/endpoints", i.known(i.listEndpoints))
}

func (i *IAM) version(w http.ResponseWriter, r *http.Request) {
	Reply(w, http.StatusOK, map[string]any{"version": map[string]any{
		"id": "v3.6", "status": "stable", "links": []any{map[string]string{"rel": "self", "href": base(r) + "/v3/"}},
	}})
}

func (i *IAM) projects(w http.ResponseWriter, r *http.Request) {
	list := []any{}
	if name := r.URL.Query().Get("name"); name == "" || name == i.Account.ProjectName {
		list = append(list, map[string]any{
			"id": i.Account.ProjectID, "name": i.Account.ProjectName, "domain_id": i.Account.DomainID, "enabled": true,
		})
	}
	Reply(w, http.StatusOK, map[string]any{"projects": list})
}

func (i *IAM) domains(w http.ResponseWriter, _ *http.Request) {
	Reply(w, http.StatusOK, map[string]any{"domains": []any{
		map[string]any{"id": i.Account.DomainID, "name": i.Account.DomainName, "enabled": true},
	}})
}
