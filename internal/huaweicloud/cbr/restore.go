package cbr

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// RestoreOptions say where a point goes.
type RestoreOptions struct {
	// ServerID is the Elastic Cloud Server whose disks are overwritten.
	ServerID string
	// PowerOn starts it afterwards.
	PowerOn bool
	// VolumeMapping is the disk to overwrite by the disk that was backed up; nil writes each to itself.
	VolumeMapping map[string]string
}

// StartRestore begins a restore. Its id is that of its operation log. A restore whose answer got lost is
// not asked for again, but looked for among the logs.
func (s *Service) StartRestore(ctx context.Context, r backup.RestoreRequest) (backup.Restore, error) {
	b, err := s.backup(ctx, r.PointID)
	if err != nil {
		return backup.Restore{}, err
	}
	if err := refuse(s.CheckRestore(ctx, r)); err != nil {
		return backup.Restore{}, err
	}
	o, _ := r.Options.(RestoreOptions)
	request := restoreRequest{ServerID: o.ServerID, PowerOn: o.PowerOn, Mappings: o.mappings(b)}

	unlock, err := s.starting.lock(ctx, o.ServerID)
	if err != nil {
		return backup.Restore{}, err
	}
	defer unlock()
	before, err := s.restoreLogs(ctx, b)
	if err != nil {
		return backup.Restore{}, err
	}
	var answer struct {
		JobID huaweicloud.Text `json:"job_id"`
	}
	err = s.client.Do(ctx, huaweicloud.Post(map[string]any{"restore": request}, "backups", r.PointID, "restore"), &answer)
	s.changed()
	if err != nil && !uncertain(err) {
		return backup.Restore{}, err
	}
	if answer.JobID != "" {
		return s.Restore(ctx, string(answer.JobID))
	}
	l, lookErr := s.findRestore(ctx, b, before)
	switch {
	case lookErr == nil:
		return l.restore(), nil
	case err != nil:
		return backup.Restore{}, fmt.Errorf("%w\n\nNo task of this restore shows up. Look at the vault's tasks in the console before it is tried again", err)
	}
	return backup.Restore{}, fmt.Errorf("the restore of the point %s was started, but its task does not show; look at the vault's tasks in the console before it is tried again: %w", r.PointID, lookErr)
}

// mappings are the disks to write, for every disk of the backup (§3.4).
func (o RestoreOptions) mappings(b backupAnswer) []mapping {
	list := make([]mapping, 0, len(b.Children))
	for _, child := range b.Children {
		target := string(child.ResourceID)
		if o.VolumeMapping != nil {
			target = o.VolumeMapping[target]
		}
		list = append(list, mapping{BackupID: backupID(child), VolumeID: target})
	}
	return list
}

// restoreLogs are the tasks of restores of a backup that are at most a day old, by id. Whether their resource is the
// server of the backup or the one that is written is not documented, so that they are not selected by it.
func (s *Service) restoreLogs(ctx context.Context, b backupAnswer) (map[string]logAnswer, error) {
	query := url.Values{"operation_type": {wireRestore}}
	setRange(query, s.now(), s.now().Add(slack))
	found := map[string]logAnswer{}
	for l, err := range s.logs(ctx, query) {
		if err != nil {
			return nil, err
		}
		if l.backupID() == backupID(b) {
			found[string(l.ID)] = l
		}
	}
	return found, nil
}

// findRestore looks for a task that was not there before.
func (s *Service) findRestore(ctx context.Context, b backupAnswer, before map[string]logAnswer) (logAnswer, error) {
	ctx, cancel := detached(ctx)
	defer cancel()
	var found logAnswer
	left := looks
	err := s.until(ctx, func() (bool, error) {
		left--
		now, err := s.restoreLogs(ctx, b)
		if err != nil {
			return false, err
		}
		for id, l := range now {
			if _, old := before[id]; !old {
				found = l
				return true, nil
			}
		}
		if left == 0 {
			return false, errors.New("the task does not show")
		}
		return false, nil
	})
	return found, err
}

// Restore returns a restore as it is now.
func (s *Service) Restore(ctx context.Context, id string) (backup.Restore, error) {
	if ctx.Err() != nil {
		return backup.Restore{}, context.Cause(ctx)
	}
	if !isUUID(id) {
		return backup.Restore{}, notFound("restore", id)
	}
	var answer oneLog
	if err := s.client.Do(ctx, huaweicloud.Get(nil, "operation-logs", id), &answer); err != nil {
		return backup.Restore{}, named(err, "restore", id)
	}
	if answer.Log.OperationType != wireRestore {
		return backup.Restore{}, notFound("restore", id)
	}
	return answer.Log.restore(), nil
}

func (l logAnswer) restore() backup.Restore {
	r := backup.Restore{
		ID:         string(l.ID),
		PointID:    l.backupID(),
		Status:     l.status(),
		Error:      l.failure(),
		StartedAt:  l.started(),
		FinishedAt: l.EndedAt.Time,
		RestoredID: string(l.Extra.Value.Restore.TargetResourceID),
	}
	if r.Status == backup.HistoryRunning {
		r.Progress = l.progress()
	}
	return r
}
