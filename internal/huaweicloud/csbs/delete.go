package csbs

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// Pauses between looks at something that takes its time; they grow.
const (
	firstLook = 2 * time.Second
	lastLook  = 30 * time.Second
)

// goneLooks is how often a policy is looked for that was deleted, with lostPause between: half a minute.
const goneLooks = 15

// DeletePoint deletes one item of its checkpoint and waits until it is gone. Without checkpoint_items the
// whole run would go, with the points of every other server in it (§2.10).
func (s *Service) DeletePoint(ctx context.Context, id string) error {
	it, err := s.showItem(ctx, id)
	if err != nil {
		return ignoreNotFound(err)
	}
	switch {
	case it.CheckpointID == "" || it.ID != id:
		return backup.Errorf(nil, "The service does not say which checkpoint the point %s belongs to, so that it cannot be deleted alone.", id)
	case statuses[it.Status] == backup.StatusDeleting:
		return s.awaitGone(ctx, it, nil)
	case statuses[it.Status] == backup.StatusCreating, statuses[it.Status] == backup.StatusRestoring:
		return backup.Errorf(backup.ErrBusy, "The point %s is %s and cannot be deleted before that has ended.", id, statuses[it.Status])
	}
	defer s.dropPoints()
	call := huaweicloud.Delete(url.Values{"checkpoint_items": {id}}, "providers", providerID, "checkpoints", it.CheckpointID)
	err = s.client.Do(ctx, call, nil)
	switch {
	case errors.Is(err, backup.ErrNotFound):
		return nil
	case errors.Is(err, huaweicloud.ErrUncertain) && ctx.Err() == nil:
		// Looking tells.
	case busy(err):
		return errors.Join(backup.ErrBusy, err)
	case err != nil:
		return err
	}
	return s.awaitGone(ctx, it, err)
}

// busy says whether a refusal with 409 is that of a busy item, which has 400 elsewhere (§6.4, 3).
func busy(err error) bool {
	var refused *backup.ServiceError
	return errors.As(err, &refused) && refused.HTTPStatus == http.StatusConflict
}

// awaitGone looks until a point is gone, which was as given before. What is not being deleted after some looks
// stays: the deletion can have failed before the first of them. lost is why the request may not have been taken,
// if so.
func (s *Service) awaitGone(ctx context.Context, before item, lost error) error {
	id, idle := before.ID, 0
	for wait := firstLook; ; wait = min(2*wait, lastLook) {
		it, err := s.showItem(ctx, id)
		switch {
		case err != nil:
			return ignoreNotFound(err)
		case statuses[it.Status] == backup.StatusDeleting:
			idle = 0
		case it.ExtendInfo.FailOp == "delete" && !it.UpdatedAt.Equal(before.UpdatedAt.Time):
			return backup.Errorf(nil, "The point %s could not be deleted; its status is %q. %s Apply again.", id, it.Status, it.failure())
		default:
			// The deletion may not show at once.
			idle++
			if idle >= lostLooks && lost != nil {
				return lost
			}
			if idle >= lostLooks {
				return backup.Errorf(nil, "The service took the request to delete the point %s, but does not delete it: its status is %q. "+
					"Look in the console whether something uses it, and apply again.", id, it.Status)
			}
		}
		if err := s.pause(ctx, wait); err != nil {
			return backup.Errorf(err, "The point %s is still being deleted; the service goes on with it.", id)
		}
	}
}
