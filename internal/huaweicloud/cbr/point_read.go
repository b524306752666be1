package cbr

import (
	"context"
	"net/url"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// backup reads one backup with its children.
func (s *Service) backup(ctx context.Context, id string) (backupAnswer, error) {
	if ctx.Err() != nil {
		return backupAnswer{}, context.Cause(ctx)
	}
	if !isUUID(id) {
		return backupAnswer{}, notFound("point", id)
	}
	var answer oneBackup
	err := s.client.Do(ctx, huaweicloud.Get(nil, "backups", id), &answer)
	return answer.Backup, named(err, "point", id)
}

// Point returns one point. A cached read of a finished point is answered from a list, which shows no
// volumes; a fresh one has them, and progress or the reason of a failure.
func (s *Service) Point(ctx context.Context, id string, fresh backup.Freshness) (backup.Point, error) {
	if fresh == backup.Cached {
		p, ok, err := s.recent.get(ctx, id)
		if err != nil {
			return backup.Point{}, err
		}
		if ok && p.Status == backup.StatusAvailable {
			s.hear(p)
			return p, nil
		}
	}
	b, err := s.backup(ctx, id)
	if err != nil {
		return backup.Point{}, err
	}
	inv, err := s.inventory.Get(ctx)
	if err != nil {
		return backup.Point{}, err
	}
	p := inv.locate(b.point())
	if p.Status.Stable() {
		s.hear(p)
	}
	if p.Status != backup.StatusAvailable {
		err = s.explain(ctx, &p)
	}
	return p, err
}

// explain adds what the operation log knows: how far it is, or why it failed.
func (s *Service) explain(ctx context.Context, p *backup.Point) error {
	var kind string
	from := p.CreatedAt
	switch p.Status {
	case backup.StatusCreating, backup.StatusError:
		kind = wireBackup
	case backup.StatusRestoring:
		kind, from = wireRestore, s.now()
	case backup.StatusDeleting:
		kind, from = wireDelete, s.now()
	default:
		return nil
	}
	if p.Progress != nil {
		return nil
	}
	query := url.Values{"operation_type": {kind}, "resource_id": {p.ServerID}}
	last, err := s.lastLog(ctx, query, from, func(l logAnswer) bool { return l.backupID() == p.ID })
	if err != nil {
		return err
	}
	if p.Status == backup.StatusError {
		p.Error = last.failure()
		if p.Error == "" {
			p.Error = "The service does not say why; its operation log has no entry any more."
		}
		return nil
	}
	p.Progress = last.progress()
	return nil
}

// UpdatePoint has nothing to change: points carry no tags here.
func (s *Service) UpdatePoint(ctx context.Context, id string, u backup.PointUpdate) (backup.Point, error) {
	p, err := s.Point(ctx, id, backup.Cached)
	if err == nil && u.Tags != nil && len(*u.Tags) > 0 {
		return p, backup.Errorf(backup.ErrUnsupported, "tags: points of the cbr service carry no tags. Leave tags out.")
	}
	return p, err
}

// DeletePoint deletes a point and waits until it is gone, because that can fail.
func (s *Service) DeletePoint(ctx context.Context, id string) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if !isUUID(id) {
		return nil
	}
	return s.remove(ctx, removal{
		act:  "delete the point " + id,
		send: func() error { return s.client.Do(ctx, huaweicloud.Delete(nil, "backups", id), nil) },
		look: func() (string, bool, error) {
			b, err := s.backup(ctx, id)
			return string(b.Status), statusOf(string(b.Status)) == backup.StatusDeleting, err
		},
		tasks:  url.Values{"operation_type": {wireDelete}},
		isTask: func(l logAnswer) bool { return l.backupID() == id },
	})
}
