package vngcloud

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud/client"
)

// CheckServer reports what Backup Center cannot do with a server.
func (s *Service) CheckServer(ctx context.Context, srv backup.Server, prior *backup.Server) []backup.Problem {
	var problems []backup.Problem
	add := func(attribute, summary, format string, args ...any) {
		problems = append(problems, problem([]string{attribute}, summary, fmt.Sprintf(format, args...)))
	}
	if srv.Name != "" && (prior == nil || srv.Name != prior.Name) {
		problems = append(problems, unsupported("name", "The service names a backup server after its instance."))
	}
	switch {
	case srv.InstanceID == "" && prior == nil:
		add("instance_id", "Missing Instance", "The vngcloud service needs the id of the instance to back up, for example instance_id = \"ins-…\".")
	case srv.InstanceID != "" && !strings.HasPrefix(srv.InstanceID, "ins-"):
		add("instance_id", "Invalid Instance", "%q is no id of an instance; those begin with ins-.", srv.InstanceID)
	case prior != nil && srv.InstanceID != "" && srv.InstanceID != prior.InstanceID:
		add("instance_id", "Instance Cannot Change", "A backup server is of one instance. Make another one for %s.", srv.InstanceID)
	}
	if srv.Options != nil {
		add("vngcloud", "Invalid Options", "A server has no options on this service.")
	}
	if prior != nil {
		problems = append(problems, s.unknownVolumes(ctx, srv)...)
	}
	for _, id := range srv.ExcludeVolumeIDs {
		if !strings.HasPrefix(id, "vol-") {
			add("exclude_volume_ids", "Invalid Volume", "%q is no id of a volume; those begin with vol-.", id)
		}
	}
	return problems
}

// unknownVolumes reports volumes that a backup server does not have.
func (s *Service) unknownVolumes(ctx context.Context, srv backup.Server) []backup.Problem {
	if len(srv.ExcludeVolumeIDs) == 0 || srv.ID == "" {
		return nil
	}
	row, err := s.serverRow(ctx, srv.ID)
	if err != nil || len(row.Volumes) == 0 {
		return nil
	}
	have := volumeIDs(row)
	var problems []backup.Problem
	for _, id := range srv.ExcludeVolumeIDs {
		if !slices.Contains(have, id) {
			problems = append(problems, problem([]string{"exclude_volume_ids"}, "Volume Not Found", fmt.Sprintf(
				"The volume %s is none of instance %s, which has %s.", id, row.InstanceID, strings.Join(have, ", "))))
		}
	}
	return problems
}

func volumeIDs(r client.Server) []string {
	ids := make([]string, len(r.Volumes))
	for i, v := range r.Volumes {
		ids[i] = v.ID
	}
	return ids
}
