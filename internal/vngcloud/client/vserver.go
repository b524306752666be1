package client

import (
	"context"
	"encoding/json"
	"net/url"
)

// Instance is a machine of vServer [2.9].
type Instance struct {
	ID     string `json:"uuid"`
	Name   Text   `json:"name"`
	Status Text   `json:"status"`
}

// Instance reads one machine.
func (c *Client) Instance(ctx context.Context, projectID, id string) (i Instance, err error) {
	seg, err := segment(id)
	if err != nil {
		return i, err
	}
	v, err := get[struct {
		Data Instance `json:"data"`
	}](ctx, c, c.cfg.VServer, "/v2/"+url.PathEscape(projectID)+"/servers/"+seg)
	return v.Data, err
}

// RestoreServer makes a server from a point and returns its id. The body is the caller's, since nobody
// has seen the one that the service wants [2.9].
func (c *Client) RestoreServer(ctx context.Context, projectID string, body map[string]json.RawMessage) (string, error) {
	return c.restore(ctx, "/v2/"+url.PathEscape(projectID)+"/servers", body)
}

// RestoreVolume makes a volume from a volume point and returns its id.
func (c *Client) RestoreVolume(ctx context.Context, projectID string, body map[string]json.RawMessage) (string, error) {
	return c.restore(ctx, "/v2/"+url.PathEscape(projectID)+"/volumes", body)
}

func (c *Client) restore(ctx context.Context, path string, body map[string]json.RawMessage) (string, error) {
	v, err := create[struct {
		Data struct {
			ID string `json:"uuid"`
		} `json:"data"`
	}](ctx, c, c.cfg.VServer, path, body)
	return v.Data.ID, err
}
