package cbr

import (
	"context"
	"errors"
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
	return problems
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
