package cbr

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

const (
	// newestLooked is how many of a server's newest points are looked at for the point of a request.
	newestLooked = 50
	// unheardFor is how long after its end a point may be one that a killed run lost.
	unheardFor = 15 * time.Minute
	// warnedFor is how long after its end a plan warns of such a point.
	warnedFor = time.Hour
	// looks is how often a new point is looked for before it is given up: half a minute.
	looks = 6
)

// unheardOf returns the running point of an earlier run of the same request. A finished one is an error:
// some state may have it, and would delete it with the point that it replaces.
func (s *Service) unheardOf(newest []markedPoint, mark string) (backup.Point, error) {
	for _, p := range newest {
		if p.mark != mark || s.isTaken(p.ID) {
			continue
		}
		switch {
		case p.Status == backup.StatusCreating:
			return p.Point, nil
		case p.Status == backup.StatusAvailable && s.now().Sub(p.updated) < unheardFor:
			return backup.Point{}, backup.Errorf(backup.ErrConflict,
				"The point %s of the same request was finished at %s, perhaps for a run that was killed before it heard of it. "+
					"To take another one, change triggers or name, or try again %s after that time. To keep it, %s",
				p.ID, p.updated.Format(time.RFC3339), unheardFor, importAdvice(p.ID))
		}
	}
	return backup.Point{}, nil
}

// importAdvice says how a point comes under a resource.
func importAdvice(id string) string {
	return fmt.Sprintf("import it with\n\n    import {\n      to = <address of the resource>\n      id = %q\n    }\n\nor with\n\n    terraform import <address of the resource> %s", id, id)
}

// findStarted looks for the point of a checkpoint, or, without one, for a new point with the mark.
func (s *Service) findStarted(ctx context.Context, server, checkpoint, mark string, before []markedPoint) (backup.Point, error) {
	ctx, cancel := detached(ctx)
	defer cancel()
	old := map[string]bool{}
	for _, p := range before {
		old[p.ID] = true
	}
	var found backup.Point
	left := looks
	err := s.until(ctx, func() (bool, error) {
		left--
		newest, err := s.newest(ctx, server)
		if err != nil {
			return false, err
		}
		for _, p := range newest {
			if (checkpoint != "" && p.checkpoint == checkpoint) || (checkpoint == "" && p.mark == mark && !old[p.ID]) {
				found = p.Point
				return true, nil
			}
		}
		if left == 0 {
			return false, errors.New("the point does not show")
		}
		return false, nil
	})
	if err == nil && found.Status.Stable() {
		// It showed late, and nobody will wait for it.
		return s.Point(ctx, found.ID, backup.Fresh)
	}
	return found, err
}

// markedPoint is a point with what recognises its request.
type markedPoint struct {
	backup.Point
	mark, checkpoint string
	updated          time.Time
}

// newest returns the newest points of a server, past any cache.
func (s *Service) newest(ctx context.Context, server string) ([]markedPoint, error) {
	var answer manyBackups
	query := window(allOf(url.Values{"resource_id": {server}}), newestLooked, 0)
	if err := s.client.Do(ctx, huaweicloud.Get(query, "backups"), &answer); err != nil {
		return nil, err
	}
	list := make([]markedPoint, 0, len(answer.Backups))
	for _, b := range answer.Backups {
		_, mark := cutMark(b.Description)
		list = append(list, markedPoint{Point: b.point(), mark: mark, checkpoint: string(b.CheckpointID), updated: b.UpdatedAt.Time})
	}
	return list, nil
}

// heard notes that the caller knows of a point, so that it is never taken for a lost one.
func (s *Service) heard(p backup.Point) backup.Point {
	if p.ID != "" {
		s.hear(p)
	}
	return p
}

// hear also forgets what was read while a point was running, once it is not any more: what was read says
// nothing of its size.
func (s *Service) hear(p backup.Point) {
	s.mu.Lock()
	ended, known := s.taken[p.ID]
	s.taken[p.ID] = p.Status.Stable()
	s.mu.Unlock()
	if known && !ended && p.Status.Stable() {
		s.changed()
	}
}

func (s *Service) isTaken(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.taken[id]
	return known
}
