package csbs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// RestoreOptions are the options of a [backup.RestoreRequest] on this service.
type RestoreOptions struct {
	// ServerID is the instance whose disks are overwritten.
	ServerID string
	// PowerOn starts the instance after the restore; nil is true.
	PowerOn *bool
	// VolumeMapping says to which disk of the instance each disk of the point goes. Nil is to where it
	// came from, which only the instance of the point has.
	VolumeMapping map[string]string
}

// mapping is one disk of a restore on the wire (§2.11).
type mapping struct {
	BackupID string `json:"backup_id"`
	VolumeID string `json:"volume_id"`
}

// CheckRestore reports what csbs cannot do with a restore.
func (s *Service) CheckRestore(ctx context.Context, r backup.RestoreRequest) []backup.Problem {
	_, _, problems := s.checkRestore(ctx, r)
	return problems
}

// checkRestore also returns the item and the disks, if they could be found.
func (s *Service) checkRestore(ctx context.Context, r backup.RestoreRequest) (item, []mapping, []backup.Problem) {
	var problems []backup.Problem
	if !r.OverwriteExistingData {
		problems = append(problems, problem([]string{"overwrite_existing_data"}, "Restore Overwrites Data",
			"A restore on csbs shuts the server down and overwrites its disks, which cannot be undone. Write overwrite_existing_data = true if that is meant."))
	}
	o, ok := r.Options.(RestoreOptions)
	if !ok || o.ServerID == "" {
		problems = append(problems, problem([]string{ServiceName}, "Missing Options",
			"The service csbs needs to know which server to restore to: write csbs = { server_id = \"...\" }."))
	}
	if r.PointID == "" {
		return item{}, nil, problems
	}
	it, err := s.showItem(ctx, r.PointID)
	switch {
	case errors.Is(err, backup.ErrNotFound):
		return it, nil, append(problems, problem([]string{"point_id"}, "Point Not Found", "%v", err))
	case err != nil:
		return it, nil, problems // Whoever restores will hear of it.
	case it.Status != available:
		return it, nil, append(problems, problem([]string{"point_id"}, "Point Not Available",
			"The point %s is %s; only an available point can be restored. %s", it.ID, it.Status, it.point().Error))
	case len(problems) > 0:
		return it, nil, problems
	}
	disks, problems := mappings(it, o)
	return it, disks, problems
}

// mappings are the disks of a restore: every disk of the point has to go somewhere (§2.11).
func mappings(it item, o RestoreOptions) ([]mapping, []backup.Problem) {
	at := []string{ServiceName, "volume_mapping"}
	if o.VolumeMapping == nil && o.ServerID != it.ResourceID {
		return nil, []backup.Problem{problem(at, "Missing Volume Mapping",
			"The point %s is of server %s, and server %s has other disks. Write volume_mapping with a disk of that server for each of: %s.",
			it.ID, it.ResourceID, o.ServerID, strings.Join(it.sources(), ", "))}
	}
	var list []mapping
	var problems []backup.Problem
	for _, v := range it.ExtendInfo.Volumes {
		target := v.SourceVolumeID
		if o.VolumeMapping != nil {
			target = o.VolumeMapping[v.SourceVolumeID]
		}
		if target == "" {
			problems = append(problems, problem(at, "Incomplete Volume Mapping",
				"The disk %s of the point is missing; csbs restores all disks of a point or none.", v.SourceVolumeID))
		}
		list = append(list, mapping{BackupID: v.ID, VolumeID: target})
	}
	for _, source := range slices.Sorted(maps.Keys(o.VolumeMapping)) {
		if !slices.Contains(it.sources(), source) {
			problems = append(problems, problem(at, "Unknown Volume",
				"The point %s has no disk %s. Its disks are: %s.", it.ID, source, strings.Join(it.sources(), ", ")))
		}
	}
	if len(list) == 0 {
		problems = append(problems, problem([]string{"point_id"}, "Point Without Disks", "The service shows no disks of the point %s, so that it cannot be restored. Choose another point.", it.ID))
	}
	return list, problems
}

// sources are the disks that an item is of.
func (i item) sources() []string {
	var list []string
	for _, v := range i.ExtendInfo.Volumes {
		list = append(list, v.SourceVolumeID)
	}
	return list
}

// StartRestore overwrites the disks of a server. The service says in time what it would refuse, so it is
// asked first (§2.4).
func (s *Service) StartRestore(ctx context.Context, r backup.RestoreRequest) (backup.Restore, error) {
	if _, err := s.showItem(ctx, r.PointID); err != nil {
		return backup.Restore{}, err
	}
	it, disks, problems := s.checkRestore(ctx, r)
	if err := refuse(problems); err != nil {
		return backup.Restore{}, err
	}
	o, _ := r.Options.(RestoreOptions)
	if err := s.restorable(ctx, it, o.ServerID, disks); err != nil {
		return backup.Restore{}, err
	}
	body := map[string]any{"restore": map[string]any{
		"provider_id": providerID, "checkpoint_id": it.CheckpointID,
		"parameters": map[string]any{
			"checkpoint_item_id": it.ID, "power_on": o.PowerOn == nil || *o.PowerOn,
			"targets": map[string]any{"server_id": o.ServerID, "volumes": disks},
		},
	}}
	defer s.dropPoints()
	id := restoreID{item: it.ID, server: o.ServerID, at: s.now().UTC().Truncate(time.Second)}
	err := s.client.Do(ctx, huaweicloud.Post(body, "restores"), nil)
	lost := errors.Is(err, huaweicloud.ErrUncertain)
	if err != nil && !lost {
		return backup.Restore{}, err
	}
	settle, cancel := settleContext(ctx)
	defer cancel()
	// Right after the request the item may still show what it did before, which looks like a restore that has ended.
	for look := range goneLooks {
		if look > 0 && s.pause(settle, lostPause) != nil {
			break
		}
		now, showErr := s.showItem(settle, it.ID)
		if showErr == nil && (now.Status != it.Status || !now.UpdatedAt.Equal(it.UpdatedAt.Time)) {
			return id.restore(now), nil
		}
	}
	if lost {
		return backup.Restore{}, fmt.Errorf("%w\n\nThe service shows no restore of the point %s now. Look at it before another try: the server's disks may be overwritten", err, it.ID)
	}
	return backup.Restore{}, backup.Errorf(nil, "The service took the request to restore the point %s, but shows no restore of it: its status is %q. "+
		"Look in the console before another try: the disks of server %s may be overwritten.", it.ID, it.Status, o.ServerID)
}

// restorable asks the service what it would refuse.
func (s *Service) restorable(ctx context.Context, it item, serverID string, disks []mapping) error {
	call := huaweicloud.Call{
		Method: http.MethodPost, Path: []string{"providers", providerID, "resources", "action"}, Read: true,
		Body: map[string]any{"check_restorable": []any{map[string]any{
			"checkpoint_item_id": it.ID,
			"target":             map[string]any{"resource_id": serverID, "resource_type": serverType, "volumes": disks},
		}}},
	}
	var answer struct {
		Restorable []struct {
			Result  huaweicloud.Bool `json:"result"`
			Code    huaweicloud.Text `json:"error_code"`
			Message huaweicloud.Text `json:"error_msg"`
		} `json:"restorable"`
	}
	if err := s.client.Do(ctx, call, &answer); err != nil {
		return err
	}
	for _, r := range answer.Restorable {
		if r.Result.Known && !r.Result.Value {
			known := codes[string(r.Code)]
			return &backup.ServiceError{
				Kind: known.Kind, Code: string(r.Code),
				Message: strings.TrimSpace(fmt.Sprintf("The point %s cannot be restored to server %s: %s %s", it.ID, serverID, r.Message, known.Advice)),
			}
		}
	}
	return nil
}

// restoreID is all that is known of a restore: the API shows none (§2.11). What became of it is told by
// the item.
type restoreID struct {
	item, server string
	at           time.Time
}

func (id restoreID) String() string {
	return strings.Join([]string{id.item, id.server, id.at.Format(time.RFC3339)}, "/")
}

func parseRestoreID(text string) (restoreID, bool) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 || !huaweicloud.ValidID(parts[0]) || !huaweicloud.ValidID(parts[1]) {
		return restoreID{}, false
	}
	at, err := time.Parse(time.RFC3339, parts[2])
	return restoreID{item: parts[0], server: parts[1], at: at.UTC()}, err == nil
}

// restore is what an item tells of a restore.
func (id restoreID) restore(it item) backup.Restore {
	r := backup.Restore{ID: id.String(), PointID: id.item, Status: backup.HistorySucceeded, StartedAt: id.at, RestoredID: id.server}
	switch {
	case statuses[it.Status] == backup.StatusRestoring:
		r.Status, r.Progress = backup.HistoryRunning, percent(it.ExtendInfo.Progress)
		return r
	case it.ExtendInfo.FailOp == "restore":
		r.Status, r.Error = backup.HistoryFailed, it.failure()
	}
	if it.UpdatedAt.After(id.at) {
		r.FinishedAt = it.UpdatedAt.Time
	}
	return r
}

// Restore returns a restore as its point tells of it.
func (s *Service) Restore(ctx context.Context, id string) (backup.Restore, error) {
	if ctx.Err() != nil {
		return backup.Restore{}, context.Cause(ctx)
	}
	parsed, ok := parseRestoreID(id)
	if !ok {
		return backup.Restore{}, notFound("restore", id)
	}
	it, err := s.showItem(ctx, parsed.item)
	if err != nil {
		return backup.Restore{}, err
	}
	return parsed.restore(it), nil
}
