package client

import (
	"context"
	"net/http"
	"net/url"
)

// Server is a backup server, which the API calls a backup instance [2.3].
type Server struct {
	ID            string `json:"id"`
	Name          string `json:"name"`
	InstanceID    string `json:"serverId"`
	ServerDeleted bool   `json:"serverDeleted"`
	Status        Text   `json:"status"`
	BackupEnabled bool   `json:"backupEnabled"`
	BackendID     string `json:"backendId"`
	ProjectID     string `json:"projectId"`
	LatestRecord  Time   `json:"latestRecord"`
	CreatedAt     Time   `json:"createdAt"`
	Volumes       []struct {
		ID            string `json:"volumeId"`
		BackupEnabled bool   `json:"backupEnabled"`
	} `json:"volumes"`
	PolicyID   string     `json:"backupPolicyId"`
	LocationID string     `json:"backupDestinationId"`
	Policy     *Reference `json:"policy"`
	Location   *Reference `json:"destination"`
}

func (s Server) key() string { return s.ID }

// Reference is an object inside of another.
type Reference struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// ServerWrite is what a backup server is created with. Policy and location are required.
type ServerWrite struct {
	BackendID     string         `json:"backendId"`
	ProjectID     string         `json:"projectId"`
	ServerConfig  []ServerConfig `json:"serverConfig"`
	PolicyID      string         `json:"backupPolicyId"`
	LocationID    string         `json:"backupDestinationId"`
	Description   string         `json:"description"`
	BackupEnabled bool           `json:"backupEnabled"`
}

// ServerConfig names an instance. Without volumes the platform takes them all.
type ServerConfig struct {
	InstanceID string   `json:"serverId"`
	Volumes    []string `json:"volumes"`
}

// Servers lists the backup servers of the account.
func (c *Client) Servers(ctx context.Context) ([]Server, error) {
	return list[Server](ctx, c, "/v1/backup-instances", nil)
}

// ServerOf finds the backup server of an instance; there is one at most [3.1].
func (c *Client) ServerOf(ctx context.Context, instanceID string) (Server, bool, error) {
	servers, err := list[Server](ctx, c, "/v1/backup-instances", url.Values{"serverId": {instanceID}})
	for _, s := range servers {
		if s.InstanceID == instanceID {
			return s, true, err
		}
	}
	return Server{}, false, err
}

// Server reads one backup server.
func (c *Client) Server(ctx context.Context, id string) (s Server, err error) {
	seg, err := segment(id)
	if err != nil {
		return s, err
	}
	return get[Server](ctx, c, c.cfg.Backup, "/v1/backup-instances/"+seg)
}

// CreateServer puts an instance under backup. The answer may be an array or empty, so it is not read.
func (c *Client) CreateServer(ctx context.Context, w ServerWrite) error {
	return c.write(ctx, http.MethodPost, "/v1/backup-instances", w)
}

// DeleteServer deletes a backup server with all of its points.
func (c *Client) DeleteServer(ctx context.Context, id string) error {
	return c.writeTo(ctx, http.MethodDelete, "/v1/backup-instances/", id, "", nil)
}

// EnableServer switches the schedule of a backup server on or off.
func (c *Client) EnableServer(ctx context.Context, id string, enabled bool) error {
	suffix := "/disabled"
	if enabled {
		suffix = "/enabled"
	}
	return c.writeTo(ctx, http.MethodPut, "/v1/backup-instances/", id, suffix, nil)
}

// SetServerPolicy gives a backup server another policy.
func (c *Client) SetServerPolicy(ctx context.Context, id, policyID string) error {
	return c.writeTo(ctx, http.MethodPut, "/v1/backup-instances/", id, "/policies", map[string]string{"id": policyID})
}

// SetServerLocation sends the points to come elsewhere.
func (c *Client) SetServerLocation(ctx context.Context, id, locationID string) error {
	return c.writeTo(ctx, http.MethodPut, "/v1/backup-instances/", id, "/destination", map[string]string{"backupDestinationId": locationID})
}

// SetServerVolume includes a volume in the points to come, or leaves it out.
func (c *Client) SetServerVolume(ctx context.Context, id, volumeID string, enabled bool) error {
	return c.writeTo(ctx, http.MethodPut, "/v1/backup-instances/", id, "/volumes", map[string]any{"volumeId": volumeID, "backupEnabled": enabled})
}
