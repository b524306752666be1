package vngcloud

import (
	"encoding/json"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// RestoreOptions are the options of a [backup.RestoreRequest] on this service: one of Server and Volume.
// A restore always makes something new [2.9].
type RestoreOptions struct {
	Server *ServerRestore
	Volume *VolumeRestore
	// ExtraBody is a JSON object whose members are added to the request, or replace those of it: nobody
	// has seen the request that the service wants.
	ExtraBody string
}

// ServerRestore is the server that is made. It comes up stopped.
type ServerRestore struct {
	// Name has 5 to 65 characters.
	Name           string
	FlavorID       string
	NetworkID      string
	SubnetID       string
	RootDiskTypeID string
	// ImageID is that of the backed up server if it is empty.
	ImageID string
	// RootDiskSizeGB is at least 20, and the size of the backed up disk; 0 is that size.
	RootDiskSizeGB   int64
	ZoneID           string
	SecurityGroupIDs []string
	SSHKeyID         string
}

// VolumeRestore is the volume that is made.
type VolumeRestore struct {
	VolumePointID string
	Name          string
	// SizeGB is at least the size of the backed up volume; 0 is that size.
	SizeGB int64
	// VolumeTypeID is that of the backed up volume if it is empty.
	VolumeTypeID string
	ZoneID       string
}

// restoreOptions are the options of a request, and the extra members of its body.
func restoreOptions(r backup.RestoreRequest) (o RestoreOptions, extra map[string]json.RawMessage, problems []backup.Problem) {
	o, ok := r.Options.(RestoreOptions)
	switch {
	case !ok || (o.Server == nil && o.Volume == nil):
		problems = append(problems, problem([]string{"vngcloud"}, "Missing Options",
			"A restore makes a new server or a new volume: write vngcloud = { server = { … } } or vngcloud = { volume = { … } }."))
	case o.Server != nil && o.Volume != nil:
		problems = append(problems, problem([]string{"vngcloud", "volume"}, "Conflicting Options", "server and volume are both set. Keep one."))
	}
	if o.ExtraBody != "" {
		if err := json.Unmarshal([]byte(o.ExtraBody), &extra); err != nil || extra == nil {
			problems = append(problems, problem([]string{"vngcloud", "extra_body"}, "Invalid JSON", "extra_body is no JSON object. Write it with jsonencode({ … })."))
		}
	}
	return o, extra, problems
}
