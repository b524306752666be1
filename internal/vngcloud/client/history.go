package client

import (
	"context"
	"net/url"
	"strconv"
	"time"
)

// HistoryQuery selects rows of the history. Other parameters are ignored by the service [2.5].
type HistoryQuery struct {
	PointID, ServerID, InstanceID string
	// From is the start; the zero time is everything. Without it the service shows the last 180 days
	// only, so it is always sent.
	From time.Time
}

// History lists runs in no order.
func (c *Client) History(ctx context.Context, q HistoryQuery) ([]Point, error) {
	from := int64(0)
	if !q.From.IsZero() {
		from = max(q.From.UnixMilli(), 0)
	}
	query := url.Values{"from_date": {strconv.FormatInt(from, 10)}}
	for name, value := range map[string]string{"id": q.PointID, "backupInstanceId": q.ServerID, "serverId": q.InstanceID} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return list[Point](ctx, c, "/v1/histories/backup-instances", query)
}

// RestoreRow is a row of the restore history [2.5].
type RestoreRow struct {
	ID            string `json:"id"`
	Type          Text   `json:"type"`
	Status        Text   `json:"status"`
	ErrorMessage  Text   `json:"errorMessage"`
	ServerID      string `json:"backupInstanceId"`
	ServerName    string `json:"backupInstanceName"`
	PointID       string `json:"backupInstancePointId"`
	VolumePointID string `json:"backupVolumePointId"`
	NewInstanceID string `json:"destinationServerId"`
	NewVolumeID   string `json:"destinationVolumeId"`
	CreatedAt     Time   `json:"createdAt"`
	FinishAt      Time   `json:"finishAt"`
}

func (r RestoreRow) key() string { return r.ID }

// Restores lists restores; pointID, serverID and instanceID may be empty.
func (c *Client) Restores(ctx context.Context, pointID, serverID string) ([]RestoreRow, error) {
	query := url.Values{}
	if pointID != "" {
		query.Set("backupInstancePointId", pointID)
	}
	if serverID != "" {
		query.Set("backupInstanceId", serverID)
	}
	return list[RestoreRow](ctx, c, "/v1/histories/restoration", query)
}

// LocationRow is a row of the location history [2.5].
type LocationRow struct {
	ID           string `json:"id"`
	LocationID   string `json:"backupDestinationId"`
	LocationName string `json:"backupDestinationName"`
	Action       Text   `json:"action"`
	Status       Text   `json:"status"`
	ErrorMessage Text   `json:"errorMessage"`
	CreatedAt    Time   `json:"createdAt"`
}

func (r LocationRow) key() string { return r.ID }

// LocationHistory lists what was done to one location, or to all with an empty id.
func (c *Client) LocationHistory(ctx context.Context, id string) ([]LocationRow, error) {
	path := "/v1/histories/backup-destinations"
	if id != "" {
		seg, err := segment(id)
		if err != nil {
			return nil, err
		}
		path += "/" + seg
	}
	return list[LocationRow](ctx, c, path, nil)
}
