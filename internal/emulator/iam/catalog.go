package iam

import (
	"encoding/json"
	"net/http"
)

func (i *IAM) catalog(w http.ResponseWriter, r *http.Request) {
	Reply(w, http.StatusOK, map[string]any{"catalog": i.entries(r)})
}

// entries is the catalog, with addresses at the host that the request came to.
func (i *IAM) entries(r *http.Request) []any {
	i.mu.Lock()
	defer i.mu.Unlock()
	entries := make([]any, 0, len(i.services))
	for _, s := range i.services {
		entries = append(entries, map[string]any{
			"id": "service-" + s.name, "name": s.name, "type": s.kind,
			"endpoints": []any{map[string]string{
				"id": "endpoint-" + s.name, "interface": "public",
				"region": i.Account.Region, "region_id": i.Account.Region, "url": i.url(r, s),
			}},
		})
	}
	return entries
}

func (i *IAM) url(r *http.Request, s service) string {
	url := base(r) + "/" + s.version
	if s.name != "iam" {
		url += "/" + i.Account.ProjectID
	}
	return url
}

// listServices and listEndpoints are the catalog in two halves, as clients with an access key read it.
func (i *IAM) listServices(w http.ResponseWriter, _ *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	list := []any{}
	for _, s := range i.services {
		list = append(list, map[string]any{"id": "service-" + s.name, "name": s.name, "type": s.kind, "enabled": true})
	}
	Reply(w, http.StatusOK, map[string]any{"services": list, "links": map[string]any{"next": nil}})
}

func (i *IAM) listEndpoints(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	list := []any{}
	for _, s := range i.services {
		list = append(list, map[string]any{
			"id": "endpoint-" + s.name, "service_id": "service-" + s.name, "interface": "public", "enabled": true,
			"region": i.Account.Region, "region_id": i.Account.Region, "url": i.url(r, s),
		})
	}
	Reply(w, http.StatusOK, map[string]any{"endpoints": list, "links": map[string]any{"next": nil}})
}

// base is the address that a request came to.
func base(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// Reply answers with JSON.
func Reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
