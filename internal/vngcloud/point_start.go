package vngcloud

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud/client"
)

// CheckPoint reports what Backup Center cannot do with a request for a point. A backup now is always
// full, and carries nothing of the request [3.6].
func (s *Service) CheckPoint(ctx context.Context, r backup.PointRequest) []backup.Problem {
	problems := checkRequest(r)
	if r.ServerID == "" {
		return problems
	}
	row, err := s.serverRow(ctx, r.ServerID)
	switch {
	case isNotFound(err):
		problems = append(problems, problem([]string{"server_id"}, "Server Not Found", noServer(r.ServerID)))
	case err == nil && row.ServerDeleted:
		problems = append(problems, problem([]string{"server_id"}, "Instance Not Found", noInstance(row)))
	case err == nil:
		problems = append(problems, s.orphans(ctx, row)...)
	}
	return problems
}

// checkRequest is the part of CheckPoint that asks nobody.
func checkRequest(r backup.PointRequest) []backup.Problem {
	problems := backup.CheckName([]string{"name"}, r.Name)
	if r.Name != "" && len(problems) == 0 {
		problems = append(problems, unsupported("name", "Its points have none; leave it out."))
	}
	if r.Description != "" {
		problems = append(problems, unsupported("description", "Its points have none; leave it out."))
	}
	if r.Full != nil && !*r.Full {
		problems = append(problems, problem([]string{"full"}, "Incremental Point Not Supported",
			"A point on demand is always full on the vngcloud service. Write full = true, or leave it out."))
	}
	if len(r.Tags) > 0 {
		problems = append(problems, unsupported("tags", "Its points carry none; leave it out."))
	}
	return problems
}

func noInstance(row client.Server) string {
	return fmt.Sprintf("The instance %s of the backup server %q was deleted: its points can be restored, and no more can be taken.", row.InstanceID, row.Name)
}

func noServer(id string) string {
	return fmt.Sprintf("There is no backup server with the id %q in this region. An instance is put under backup by a serverbackup_server; server_id is the id of that, and begins with bk-ins-.", id)
}

// orphanAge is for how long after its end a point may be one that a run which was killed asked for.
const orphanAge = time.Hour

// orphans warns of points that an apply which was killed may have left. Points of this service carry no mark by
// which they would be found again, and one that was taken in the console or by another configuration looks the
// same: to take it for that of this request would let two states have it, and the first that destroys it deletes it.
func (s *Service) orphans(ctx context.Context, row client.Server) []backup.Problem {
	points, err := s.pointsOf(ctx, row.ID, backup.Cached)
	if err != nil {
		return nil
	}
	for _, p := range points {
		if p.ScheduleType != backup.SchedulePolicy && p.Status == backup.StatusAvailable && s.endedLately(p) && !s.isKnown(p.ID) {
			return []backup.Problem{{
				Path: []string{"server_id"}, Summary: "Recent Manual Point", Warning: true,
				Detail: fmt.Sprintf("The backup server %q has the point %s of %s, which this configuration may have asked for in a run that was interrupted. "+
					"The service does not say who asked for it. If it was this one, do not apply, which takes another point, but %s",
					row.Name, p.ID, p.CreatedAt.Format("2006-01-02 15:04 UTC"), importAdvice(p.ID)),
			}}
		}
	}
	return nil
}

// importAdvice says how a point comes under a resource.
func importAdvice(id string) string {
	return fmt.Sprintf("import it with\n\n    import {\n      to = <address of the resource>\n      id = %q\n    }\n\nor with\n\n    terraform import <address of the resource> %s", id, id)
}

// endedLately says whether a point was finished in the last hour. It was taken then if the service does not say.
func (s *Service) endedLately(p backup.Point) bool {
	at := p.FinishedAt
	if at.IsZero() {
		at = p.CreatedAt
	}
	return !at.IsZero() && s.cfg.Now().Sub(at).Abs() < orphanAge
}

func (s *Service) isKnown(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known[id]
}

func (s *Service) know(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known[id] = true
}

// StartPoint starts a backup and finds the point that it makes: the service answers without its id, and
// shows it some seconds later. From the request on, it does not end with ctx, because the backup does not
// either.
func (s *Service) StartPoint(ctx context.Context, r backup.PointRequest) (backup.Point, error) {
	row, err := s.serverRow(ctx, r.ServerID)
	if isNotFound(err) {
		return backup.Point{}, &backup.ServiceError{Kind: backup.ErrNotFound, Message: noServer(r.ServerID), Err: err}
	}
	if err != nil {
		return backup.Point{}, err
	}
	if err := refuse(checkRequest(r)); err != nil {
		return backup.Point{}, err
	}
	if row.ServerDeleted {
		return backup.Point{}, backup.Errorf(backup.ErrConflict, "%s", noInstance(row))
	}
	h, err := s.where(ctx)
	if err != nil {
		return backup.Point{}, err
	}
	release, err := s.startOne(ctx, row.ID)
	if err != nil {
		return backup.Point{}, err
	}
	defer release()
	before, err := s.pointsOf(ctx, row.ID, backup.Fresh)
	if err != nil {
		return backup.Point{}, err
	}
	if err := s.busyWith(row, before); err != nil {
		return backup.Point{}, err
	}

	err = s.api.BackupNow(ctx, row.InstanceID, h.backend, h.project)
	ambiguous := errors.Is(err, client.ErrAmbiguous)
	if err != nil && !ambiguous {
		return backup.Point{}, err
	}
	s.dropServers()
	p, lookErr := s.appears(context.WithoutCancel(ctx), row.ID, before, ambiguous)
	if lookErr != nil {
		return p, errors.Join(lookErr, err)
	}
	s.know(p.ID)
	if why, err := s.explained(context.WithoutCancel(ctx), p); err == nil {
		p = why
	}
	return p, nil
}

// startOne waits for its turn to start a point of a backup server.
func (s *Service) startOne(ctx context.Context, serverID string) (release func(), err error) {
	s.mu.Lock()
	gate := s.starting[serverID]
	if gate == nil {
		gate = make(chan struct{}, 1)
		s.starting[serverID] = gate
	}
	s.mu.Unlock()
	select {
	case gate <- struct{}{}:
		return func() { <-gate }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// busyWith says what a backup server is busy with. A run of its policy, or one that this process knows, passes, and
// can be waited for. Any other may be that of an apply which was killed: to wait for it and then take
// another would be a second backup for one request.
func (s *Service) busyWith(row client.Server, points []backup.Point) error {
	for _, p := range points {
		if p.Status != backup.StatusCreating {
			continue
		}
		if p.ScheduleType == backup.SchedulePolicy || s.isKnown(p.ID) {
			return backup.Errorf(backup.ErrBusy, "The backup server %q is taking the point %s.", row.Name, p.ID)
		}
		return backup.Errorf(backup.ErrConflict, "The backup server %q is taking a point already: %s, since %s. "+
			"Another one can be taken when it is finished. If a run of this configuration that was interrupted asked for it, %s",
			row.Name, p.ID, p.CreatedAt.Format("2006-01-02 15:04:05 UTC"), importAdvice(p.ID))
	}
	return nil
}

// patience is how many times longer than usual is looked for the point of a backup that was accepted.
const patience = 5

// appears looks for the point that was not there before. After a request that may not have been taken,
// only a point that is known to be manual is taken for its own.
func (s *Service) appears(ctx context.Context, serverID string, before []backup.Point, ambiguous bool) (made backup.Point, err error) {
	times := lookups * patience
	if ambiguous {
		times = lookups
	}
	var doubtful string
	found, err := s.poll(ctx, times, func() (bool, error) {
		points, err := s.pointsOf(ctx, serverID, backup.Fresh)
		if err != nil {
			return false, err
		}
		for _, p := range slices.Backward(points) { // oldest first
			isNew := !slices.ContainsFunc(before, func(q backup.Point) bool { return q.ID == p.ID })
			switch {
			case !isNew || p.ScheduleType == backup.SchedulePolicy:
			case ambiguous && p.ScheduleType == "":
				doubtful = p.ID
				return true, nil
			default:
				made = p
				return true, nil
			}
		}
		return false, nil
	})
	switch {
	case err != nil:
		return made, fmt.Errorf("the backup was asked for, but its point cannot be looked for; look in the history of backup server %s before applying again: %w", serverID, err)
	case doubtful != "":
		return made, backup.Errorf(nil, "It is not known whether the backup was started: the answer was lost. The point %s appeared since. If no schedule took it, %s", doubtful, importAdvice(doubtful))
	case !found && ambiguous:
		return made, backup.Errorf(nil, "It is not known whether the backup was started: the answer was lost, and no point has appeared. Look in the history of backup server %s before applying again.", serverID)
	case !found:
		return made, backup.Errorf(nil, "The backup was started, but its point has not appeared. Look in the history of backup server %s, and import the point by its id.", serverID)
	}
	return made, nil
}
