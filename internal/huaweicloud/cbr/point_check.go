package cbr

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"
	"unicode/utf8"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

const (
	maxDescription = 255
	// fullEvery is the time between two full backups of a server (§3.3).
	fullEvery = 24 * time.Hour
)

// checkRequest is what can be said of a request without asking the service.
func checkRequest(r backup.PointRequest) []backup.Problem {
	problems := checkObjectName(r.Name)
	if n, most := utf8.RuneCountInString(r.Description), maxDescription-markLength; n > most {
		problems = append(problems, problem("description", "Description Too Long",
			"The description has %d characters; %d are allowed, because a mark of %d is kept behind it, by which a lost point is found again.", n, most, markLength))
	}
	if len(r.Tags) > 0 {
		problems = append(problems, unsupported("tags", "Points of this service carry none; set cbr.tags of the location."))
	}
	return problems
}

// CheckPoint reports what the service cannot do with a request for a point.
func (s *Service) CheckPoint(ctx context.Context, r backup.PointRequest) []backup.Problem {
	problems := checkRequest(r)
	if r.ServerID == "" {
		return problems
	}
	if _, err := s.Server(ctx, r.ServerID); err != nil {
		if errors.Is(err, backup.ErrNotFound) {
			problems = append(problems, problem("server_id", "Server Not Found", "%s", err.Error()))
		}
		return problems
	}
	if r.Full != nil && *r.Full {
		problems = append(problems, s.checkFull(ctx, r.ServerID)...)
	}
	return append(problems, s.checkLost(ctx, r)...)
}

// checkLost warns of a finished point of the same request that this process does not know: a run that was killed may
// have asked for it. Some state may have it all the same, so that it is not taken up.
func (s *Service) checkLost(ctx context.Context, r backup.PointRequest) []backup.Problem {
	newest, err := s.newest(ctx, r.ServerID)
	if err != nil {
		return nil // The apply says it; a plan need not fail for it.
	}
	for _, p := range newest {
		if p.mark == markOf(r) && p.Status == backup.StatusAvailable && s.now().Sub(p.updated) < warnedFor && !s.isTaken(p.ID) {
			return []backup.Problem{{
				Path: []string{"server_id"}, Summary: "Recent Point of the Same Request", Warning: true,
				Detail: fmt.Sprintf("The point %s of the same request was finished at %s. If a run that was interrupted asked for it, and no state has it, "+
					"do not apply, which takes another one, but %s", p.ID, p.updated.Format(time.RFC3339), importAdvice(p.ID)),
			}}
		}
	}
	return nil
}

// checkFull reports a full point that comes less than a day after the last one.
func (s *Service) checkFull(ctx context.Context, server string) []backup.Problem {
	now := s.now()
	query := url.Values{"resource_id": {server}}
	setRange(query, now.Add(-fullEvery), time.Time{})
	for b, err := range s.backups(ctx, query) {
		if err != nil {
			return nil // The apply says it; a plan need not fail for it.
		}
		p := b.point()
		if p.Type == backup.TypeFull && p.Status != backup.StatusError && now.Sub(p.CreatedAt) < fullEvery {
			return []backup.Problem{problem("full", "Full Point Too Early",
				"The service takes one full point of a server a day, and took %s at %s. Leave full out for an incremental one, or wait until %s.",
				p.ID, p.CreatedAt.Format(time.RFC3339), p.CreatedAt.Add(fullEvery).Format(time.RFC3339))}
		}
	}
	return nil
}
