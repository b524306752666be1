package csbs

import (
	"context"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// Path segments of what has tags (§2.1).
const (
	itemTagsPath   = "csbs_backup"
	policyTagsPath = "csbs_backup_policy"
)

// setTags changes the tags of a point or policy. What goes is removed first: there is room for ten.
func (s *Service) setTags(ctx context.Context, kind, id string, have, want map[string]string) error {
	gone, added := map[string]string{}, map[string]string{}
	for key := range have {
		if _, stays := want[key]; !stays {
			gone[key] = ""
		}
	}
	for key, value := range want {
		if old, ok := have[key]; !ok || old != value {
			added[key] = value
		}
	}
	for _, step := range []struct {
		action string
		tags   map[string]string
	}{{"delete", gone}, {"create", added}} {
		if len(step.tags) == 0 {
			continue
		}
		body := map[string]any{"action": step.action, "tags": tagList(step.tags)}
		if err := s.client.Do(ctx, huaweicloud.Post(body, kind, id, "tags", "action"), nil); err != nil {
			return err
		}
	}
	return nil
}

// UpdatePoint changes the tags of a point.
func (s *Service) UpdatePoint(ctx context.Context, id string, u backup.PointUpdate) (backup.Point, error) {
	it, err := s.showItem(ctx, id)
	if err != nil || u.Tags == nil {
		return it.point(), err
	}
	if err := refuse(checkTags(*u.Tags)); err != nil {
		return backup.Point{}, err
	}
	defer s.dropPoints()
	if len(*u.Tags) == maxTags && it.mark() != "" {
		if err := s.unmark(ctx, id); err != nil {
			return backup.Point{}, err
		}
	}
	if err := s.setTags(ctx, itemTagsPath, id, it.userTags(), *u.Tags); err != nil {
		return backup.Point{}, err
	}
	it, err = s.showItem(ctx, id)
	return it.point(), err
}
