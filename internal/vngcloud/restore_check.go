package vngcloud

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// smallestRootDisk is in GB [2.9].
const smallestRootDisk = 20

// CheckRestore reports what the service cannot do with a restore.
func (s *Service) CheckRestore(ctx context.Context, r backup.RestoreRequest) []backup.Problem {
	o, extra, problems := restoreOptions(r)
	if o.Server != nil {
		problems = append(problems, o.Server.check(extra)...)
	}
	if o.Volume != nil {
		problems = append(problems, o.Volume.check(extra)...)
	}
	if r.PointID == "" {
		return problems
	}
	p, err := s.available(ctx, r.PointID)
	switch {
	case isNotFound(err):
		return append(problems, problem([]string{"point_id"}, "Point Not Found", err.Error()))
	case errors.Is(err, backup.ErrConflict):
		return append(problems, problem([]string{"point_id"}, "Point Not Available", err.Error()))
	case err != nil:
		return problems // shows again when the restore starts
	}
	if o.Volume != nil && o.Volume.VolumePointID != "" {
		v, err := volumeFor(p, o.Volume.VolumePointID)
		if err != nil {
			problems = append(problems, problem([]string{"vngcloud", "volume", "volume_point_id"}, "Volume Not Found", err.Error()))
		} else if least := sizeGB(v); o.Volume.SizeGB > 0 && o.Volume.SizeGB < least {
			problems = append(problems, tooSmall("volume", "size_gb", o.Volume.SizeGB, least))
		}
	}
	if o.Server != nil && o.Server.RootDiskSizeGB > 0 {
		boot := slices.IndexFunc(p.Volumes, func(v backup.VolumePoint) bool { return v.Bootable != nil && *v.Bootable })
		if boot >= 0 && o.Server.RootDiskSizeGB < sizeGB(p.Volumes[boot]) {
			problems = append(problems, tooSmall("server", "root_disk_size_gb", o.Server.RootDiskSizeGB, sizeGB(p.Volumes[boot])))
		}
	}
	return problems
}

func tooSmall(object, attribute string, got, least int64) backup.Problem {
	return problem([]string{"vngcloud", object, attribute}, "Disk Too Small", fmt.Sprintf("%s is %d GB; write %d or more.", attribute, got, least))
}

// sizeGB is the size of what was backed up, rounded up; 0 if it is not known.
func sizeGB(v backup.VolumePoint) int64 {
	if v.SourceSizeBytes == nil {
		return 0
	}
	return (*v.SourceSizeBytes + gib - 1) / gib
}

// missing reports attributes that are empty and not given in the extra body either. Each is an attribute,
// its value, and the member of the body that it becomes.
func missing(object string, extra map[string]json.RawMessage, wanted [][3]string) (problems []backup.Problem) {
	for _, w := range wanted {
		if _, given := extra[w[2]]; w[1] == "" && !given {
			problems = append(problems, problem([]string{"vngcloud", object, w[0]}, "Missing Attribute", fmt.Sprintf("The new %s needs %s.", object, w[0])))
		}
	}
	return problems
}

func (v ServerRestore) check(extra map[string]json.RawMessage) []backup.Problem {
	problems := missing("server", extra, [][3]string{
		{"name", v.Name, "name"}, {"flavor_id", v.FlavorID, "flavorId"}, {"network_id", v.NetworkID, "networkId"},
		{"subnet_id", v.SubnetID, "subnetId"}, {"root_disk_type_id", v.RootDiskTypeID, "rootDiskTypeId"},
	})
	if n := utf8.RuneCountInString(v.Name); n > 0 && (n < 5 || n > 65) {
		problems = append(problems, problem([]string{"vngcloud", "server", "name"}, "Invalid Name", fmt.Sprintf("The name of a server has 5 to 65 characters; %q has %d.", v.Name, n)))
	}
	if v.RootDiskSizeGB != 0 && v.RootDiskSizeGB < smallestRootDisk {
		problems = append(problems, tooSmall("server", "root_disk_size_gb", v.RootDiskSizeGB, smallestRootDisk))
	}
	return problems
}

func (v VolumeRestore) check(extra map[string]json.RawMessage) []backup.Problem {
	return missing("volume", extra, [][3]string{{"name", v.Name, "name"}, {"volume_point_id", v.VolumePointID, "backupVolumePointId"}})
}

// restoreBody is the request to make a server or a volume of a point, with what the point tells filled in.
func (s *Service) restoreBody(ctx context.Context, p backup.Point, o RestoreOptions, extra map[string]json.RawMessage) (map[string]json.RawMessage, error) {
	projected, err := s.api.ProjectedVolumePoints(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	body := map[string]any{}
	if v := o.Volume; v != nil {
		source, err := volumeFor(p, v.VolumePointID)
		if err != nil {
			return nil, err
		}
		size, kind := v.SizeGB, v.VolumeTypeID
		for _, row := range projected {
			if row.ID() == source.ID {
				kind = cmp.Or(kind, string(row.VolumeTypeID))
			}
		}
		body["backupVolumePointId"], body["name"], body["size"] = source.ID, v.Name, cmp.Or(size, sizeGB(source))
		body["volumeTypeId"], body["zoneId"] = kind, v.ZoneID
		return joined(body, extra)
	}
	v := o.Server
	image, encrypted, err := s.imageOf(ctx, p)
	if err != nil {
		return nil, err
	}
	disk := v.RootDiskSizeGB
	for _, row := range projected {
		if bytes := row.SourceBytes(); disk == 0 && row.BootIndex.Int() == 0 && bytes != nil {
			disk = max((*bytes+gib-1)/gib, smallestRootDisk)
		}
	}
	for name, value := range map[string]any{
		"backupInstancePointId": p.ID, "restoreBackup": true, "name": v.Name, "flavorId": v.FlavorID, "networkId": v.NetworkID,
		"subnetId": v.SubnetID, "imageId": cmp.Or(v.ImageID, image), "rootDiskSize": disk, "rootDiskTypeId": v.RootDiskTypeID,
		"encryptionVolume": encrypted, "zoneId": v.ZoneID, "securityGroup": v.SecurityGroupIDs, "sshKeyId": v.SSHKeyID,
	} {
		body[name] = value
	}
	return joined(body, extra)
}

// imageOf is the image of the server that was backed up, and whether its disks were encrypted.
func (s *Service) imageOf(ctx context.Context, p backup.Point) (image string, encrypted bool, err error) {
	rows, err := s.api.ProjectedPoints(ctx, p.ServerID)
	if err != nil {
		return "", false, err
	}
	for _, row := range rows {
		if row.ID == p.ID {
			image, encrypted = string(row.ServerInfo.ImageID), row.ServerInfo.EncryptionVolume
		}
	}
	return image, encrypted, nil
}

// joined encodes a body without what is empty, and puts the extra members over it.
func joined(body map[string]any, extra map[string]json.RawMessage) (map[string]json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	for name, value := range body {
		if list, isList := value.([]string); value == "" || (isList && len(list) == 0) {
			continue
		}
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		out[name] = raw
	}
	for name, raw := range extra {
		out[name] = raw
	}
	return out, nil
}
