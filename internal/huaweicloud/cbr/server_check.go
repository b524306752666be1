package cbr

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// isUUID says whether an id has the form of all ids of this service; it answers others with a login problem (§1.5).
func isUUID(id string) bool { return len(id) == 36 && uuid.Validate(id) == nil }

// CheckServer reports what the service cannot do with a server.
func (s *Service) CheckServer(ctx context.Context, srv backup.Server, prior *backup.Server) []backup.Problem {
	var problems []backup.Problem
	add := func(attribute, summary, format string, args ...any) {
		problems = append(problems, problem(attribute, summary, format, args...))
	}
	switch {
	case srv.InstanceID == "":
		add("instance_id", "Missing Instance", "The service needs the id of the Elastic Cloud Server in instance_id.")
	case !isUUID(srv.InstanceID):
		add("instance_id", "Invalid Instance", "instance_id is %.80q, which is no id of an Elastic Cloud Server. Write its UUID.", srv.InstanceID)
	}
	if srv.LocationID == "" {
		add("location_id", "Missing Location", "The service needs the location (vault) of the server in location_id.")
	}
	if srv.Name != "" && (prior == nil || srv.Name != prior.Name) {
		problems = append(problems, unsupported("name", "The name is that of the instance; leave it out."))
	}
	if srv.PolicyID != "" && (prior == nil || srv.PolicyID != prior.PolicyID) {
		problems = append(problems, unsupported("policy_id", "The policy of a server is that of its location: write it in cbr.policy_id of serverbackup_location."))
	}
	if srv.Options != nil {
		problems = append(problems, unsupported("cbr", "Servers have no options here; leave it out."))
	}
	if prior != nil && !sameSet(srv.ExcludeVolumeIDs, prior.ExcludeVolumeIDs) {
		add("exclude_volume_ids", "Attribute Cannot Be Changed",
			"The service can leave disks out only when a server comes into its location. To take the server out and in again deletes its points: "+
				"destroy it with points_on_destroy = \"delete\" if that is meant.")
	}
	for _, id := range srv.ExcludeVolumeIDs {
		if !isUUID(id) {
			add("exclude_volume_ids", "Invalid Disk", "%.80q is no id of a disk. Write UUIDs.", id)
		}
	}
	return append(problems, s.checkServerInventory(ctx, srv, prior)...)
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Compact(slices.Sorted(slices.Values(a))), slices.Compact(slices.Sorted(slices.Values(b))))
}

// checkServerInventory is about what the vaults tell.
func (s *Service) checkServerInventory(ctx context.Context, srv backup.Server, prior *backup.Server) []backup.Problem {
	var problems []backup.Problem
	inv, err := s.inventory.Get(ctx)
	if err != nil {
		return nil // The apply says it; a plan need not fail for it.
	}
	if srv.LocationID != "" && inv.byID[srv.LocationID] == nil {
		problems = append(problems, problem("location_id", "Location Not Found", "There is no location (vault) with the id %q.", srv.LocationID))
	}
	was := prior == nil || prior.Enabled
	if srv.Enabled != was && s.cannotSuspend(inv, prior) {
		problems = append(problems, unsupported("enabled", onlyHuawei+" Move the server to a location without a policy instead."))
	}
	return problems
}

// cannotSuspend says whether it is known that the automatic backup of one server cannot be turned off:
// clouds that can tell of each server whether it is on (§3.2).
func (s *Service) cannotSuspend(inv *inventory, prior *backup.Server) bool {
	if s.telekom || prior == nil {
		return s.telekom
	}
	_, r := inv.find(prior.ID)
	return r != nil && !r.AutoProtect.Known
}
