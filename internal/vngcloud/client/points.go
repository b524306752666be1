package client

import (
	"context"
	"net/http"
	"net/url"
)

// Point is a backup server point [2.4]. A row of the history [2.5] has its id and most of its members.
type Point struct {
	ID           string `json:"id"`
	ServerID     string `json:"backupInstanceId"`
	ServerName   string `json:"backupInstanceName"`
	InstanceID   string `json:"serverId"`
	Status       Text   `json:"status"`
	ErrorMessage Text   `json:"errorMessage"`
	SnapshotTime Time   `json:"snapshotTime"`
	FinishTime   Time   `json:"finishTime"`
	CreatedAt    Time   `json:"createdAt"`
	// Size is the provisioned size of the volumes, Usage what is billed, in bytes.
	Size           Number                 `json:"size"`
	Usage          Number                 `json:"usage"`
	Destination    *Reference             `json:"destination"`
	DestinationID  Text                   `json:"destinationId"`
	Snapshot       Nested[Reference]      `json:"destinationSnapshot"`
	PolicyID       Text                   `json:"policyId"`
	Policy         Nested[PolicySnapshot] `json:"policySnapshot"`
	DeletionStatus Text                   `json:"deletionStatus"`
	Volumes        []VolumePoint          `json:"backupVolumePoints"`
}

func (p Point) key() string { return p.ID }

// PolicySnapshot is the policy as it was when a point was taken. It may be the only source of the type
// of a point [3.3].
type PolicySnapshot struct {
	ID         Text    `json:"id"`
	Name       Text    `json:"name"`
	Modes      Strings `json:"modes"`
	BackupType Text    `json:"backupType"`
}

// VolumePoint is the slice of a point for one volume, in both of its shapes [2.4].
type VolumePoint struct {
	GenericID   string `json:"id"`
	ProjectedID string `json:"backupVolumePointId"`
	VolumeID    string `json:"volumeId"`
	Name        Text   `json:"name"`
	Status      Text   `json:"status"`
	// VolumeSize and VolumeUsage are of the generic shape, Size of the projected one, in bytes.
	VolumeSize   Number `json:"volumeSize"`
	VolumeUsage  Number `json:"volumeUsage"`
	Size         Number `json:"size"`
	BootIndex    Number `json:"bootIndex"`
	Bootable     *bool  `json:"bootable"`
	VolumeTypeID Text   `json:"volumeTypeId"`
	MultiAttach  *bool  `json:"multiAttach"`
}

// ID is the id of the volume point.
func (v VolumePoint) ID() string {
	if v.GenericID != "" {
		return v.GenericID
	}
	return v.ProjectedID
}

// SourceBytes is the provisioned size of the volume.
func (v VolumePoint) SourceBytes() *int64 {
	if size := v.VolumeSize.Int64(); size != nil {
		return size
	}
	return v.Size.Int64()
}

// Points lists the points of a backup server.
func (c *Client) Points(ctx context.Context, serverID string) ([]Point, error) {
	seg, err := segment(serverID)
	if err != nil {
		return nil, err
	}
	rows, _, err := rowsOf[Point](ctx, c, c.cfg.Backup, "/v1/backup-instances/"+seg+"/backup-instance-points", url.Values{})
	return rows, err
}

// BackupNow starts a full point. What it becomes is seen in the points of the backup server only.
func (c *Client) BackupNow(ctx context.Context, instanceID, backendID, projectID string) error {
	return c.writeTo(ctx, http.MethodPost, "/v1/backup-instances/backup-now/", instanceID, "",
		map[string]string{"backendId": backendID, "projectId": projectID})
}

// DeletePoint deletes a point.
func (c *Client) DeletePoint(ctx context.Context, id string) error {
	return c.writeTo(ctx, http.MethodDelete, "/v1/backup-instance-points/", id, "", nil)
}

// ProjectedVolumePoints are the volumes of a point with what a restore has to know [2.7].
func (c *Client) ProjectedVolumePoints(ctx context.Context, pointID string) ([]VolumePoint, error) {
	seg, err := segment(pointID)
	if err != nil {
		return nil, err
	}
	rows, _, err := rowsOf[VolumePoint](ctx, c, c.cfg.Backup, "/v1/vserver/backup-instance-points/"+seg+"/backup-volume-points", url.Values{})
	return rows, err
}

// ProjectedPoint is a point as a restore sees it [2.7].
type ProjectedPoint struct {
	ID         string `json:"backupInstancePointId"`
	ServerInfo struct {
		ImageID          Text `json:"imageId"`
		EncryptionVolume bool `json:"encryptionVolume"`
	} `json:"serverInfo"`
}

// ProjectedPoints are the points of a backup server as a restore sees them.
func (c *Client) ProjectedPoints(ctx context.Context, serverID string) ([]ProjectedPoint, error) {
	seg, err := segment(serverID)
	if err != nil {
		return nil, err
	}
	rows, _, err := rowsOf[ProjectedPoint](ctx, c, c.cfg.Backup, "/v1/vserver/backup-instances/"+seg+"/backup-instance-points", url.Values{})
	return rows, err
}
