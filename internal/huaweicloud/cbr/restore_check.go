package cbr

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// CheckRestore reports what the service cannot do with a restore.
func (s *Service) CheckRestore(ctx context.Context, r backup.RestoreRequest) []backup.Problem {
	var problems []backup.Problem
	add := func(attribute, summary, format string, args ...any) {
		problems = append(problems, problem(attribute, summary, format, args...))
	}
	if !r.OverwriteExistingData {
		add("overwrite_existing_data", "Restore Overwrites Disks",
			"A restore shuts the server down and overwrites its disks, and cannot be undone. Write overwrite_existing_data = true if that is meant.")
	}
	o, ok := r.Options.(RestoreOptions)
	switch {
	case !ok:
		add("cbr", "Missing Options", "The cbr service needs to know which server to restore to: write cbr = { server_id = \"…\" }.")
	case o.ServerID != "" && !isUUID(o.ServerID):
		add("cbr.server_id", "Invalid Server", "server_id is %.80q, which is no id of an Elastic Cloud Server. Write its UUID.", o.ServerID)
	case o.ServerID == "":
		add("cbr.server_id", "Missing Server", "The service needs the id of the server whose disks are overwritten.")
	}
	if r.PointID == "" {
		return problems
	}
	b, err := s.backup(ctx, r.PointID)
	switch {
	case errors.Is(err, backup.ErrNotFound):
		add("point_id", "Point Not Found", "%s", err.Error())
	case err != nil:
		// The apply says it; a plan need not fail for it.
	case statusOf(string(b.Status)) != backup.StatusAvailable:
		add("point_id", "Point Not Available", "The point %s has status %s; only one that is available can be restored.", r.PointID, statusOf(string(b.Status)))
	case ok && o.ServerID != "":
		problems = append(problems, o.checkMapping(b)...)
	}
	return problems
}

// checkMapping wants a target for every disk of the point, and none for others (§3.4).
func (o RestoreOptions) checkMapping(b backupAnswer) []backup.Problem {
	const attribute, summary = "cbr.volume_mapping", "Invalid Volume Mapping"
	sources := make([]string, 0, len(b.Children))
	for _, child := range b.Children {
		sources = append(sources, string(child.ResourceID))
	}
	slices.Sort(sources)
	disks := strings.Join(sources, ", ")
	if o.VolumeMapping == nil {
		if o.ServerID == string(b.ResourceID) {
			return nil
		}
		return []backup.Problem{problem(attribute, summary,
			"To restore to another server than the point's own, %s, write the disk to overwrite for each of its disks: %s.", string(b.ResourceID), disks)}
	}
	var problems []backup.Problem
	for _, source := range sources {
		if target, ok := o.VolumeMapping[source]; !ok || target == "" {
			problems = append(problems, problem(attribute, summary, "The disk %s of the point has no target. The service restores all disks: %s.", source, disks))
		}
	}
	targets := map[string]string{}
	for _, source := range slices.Sorted(maps.Keys(o.VolumeMapping)) {
		target := o.VolumeMapping[source]
		if !slices.Contains(sources, source) {
			problems = append(problems, problem(attribute, summary, "%.80q is no disk of the point, which has %s.", source, disks))
		}
		if other, twice := targets[target]; twice && target != "" {
			problems = append(problems, problem(attribute, summary, "The disks %s and %s have the same target, %s.", other, source, target))
		}
		targets[target] = source
	}
	return problems
}
