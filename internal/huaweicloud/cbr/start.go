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
	// looks is how often a new point is looked for before it is given up: half a minute.
	looks = 6
)

// codeNothing is the answer to a run that has no server to back up (§3.3).
const codeNothing = "BackupService.0001"

// StartPoint asks for a point. A run of the same request that nobody heard of is taken up instead of
// starting a second one.
func (s *Service) StartPoint(ctx context.Context, r backup.PointRequest) (backup.Point, error) {
	srv, err := s.Server(ctx, r.ServerID)
	if err != nil {
		return backup.Point{}, err
	}
	if err := refuse(checkRequest(r)); err != nil {
		return backup.Point{}, err
	}
	unlock, err := s.starting.lock(ctx, srv.ID)
	if err != nil {
		return backup.Point{}, err
	}
	defer unlock()

	mark := markOf(r)
	before, err := s.newest(ctx, srv.ID)
	if err != nil {
		return backup.Point{}, err
	}
	if lost, err := s.unheardOf(before, mark); err != nil || lost.ID != "" {
		return s.heard(lost), err
	}
	started, err := s.start(ctx, srv, r, mark, before)
	s.changed()
	return s.heard(started), err
}

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
				"The point %s of the same request was finished at %s, perhaps for a run that was killed before it heard of it. To keep it, import it: "+
					"terraform import <address> %s. To take another one, change triggers or name, or try again %s after that time.",
				p.ID, p.updated.Format(time.RFC3339), p.ID, unheardFor)
		}
	}
	return backup.Point{}, nil
}

// start asks for a point that was not there before. An answer that got lost is not asked for again: the
// point is looked for by its mark.
func (s *Service) start(ctx context.Context, srv backup.Server, r backup.PointRequest, mark string, before []markedPoint) (backup.Point, error) {
	request := checkpointRequest{VaultID: srv.LocationID, Parameters: checkpointParameters{
		Name: r.Name, Description: addMark(r.Description, mark), Resources: []string{srv.ID},
	}}
	if r.Full != nil {
		request.Parameters.Incremental = new(!*r.Full)
	}
	var answer oneCheckpoint
	err := s.client.Do(ctx, huaweicloud.Post(map[string]any{"checkpoint": request}, "checkpoints"), &answer)
	switch {
	case err != nil && !uncertain(err):
		return backup.Point{}, s.busyOr(ctx, srv, err)
	case err == nil:
		for _, skipped := range answer.Checkpoint.Vault.Skipped {
			if string(skipped.ID) == srv.ID {
				return backup.Point{}, s.skipped(string(skipped.Code), string(skipped.Reason))
			}
		}
	}
	p, lookErr := s.findStarted(ctx, srv.ID, string(answer.Checkpoint.ID), mark, before)
	switch {
	case lookErr == nil:
		return p, nil
	case err != nil:
		return backup.Point{}, fmt.Errorf("%w\n\nNo point of this request shows up. Should one come up later, the next apply takes it up instead of starting another one", err)
	}
	return backup.Point{}, &backup.ServiceError{
		Kind: backup.ErrBusy, Err: lookErr,
		Message: fmt.Sprintf("The backup of the server %q was started (checkpoint %s), but its point does not show yet. The next attempt takes it up.", srv.Name, string(answer.Checkpoint.ID)),
	}
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

// busyOr makes a refusal that has no better reason than that there is nothing to back up one that says
// why: the server is being backed up already.
func (s *Service) busyOr(ctx context.Context, srv backup.Server, err error) error {
	var service *backup.ServiceError
	if !errors.As(err, &service) || service.Code != codeNothing {
		return err
	}
	newest, lookErr := s.newest(ctx, srv.ID)
	if lookErr != nil {
		return err
	}
	for _, p := range newest {
		if !p.Status.Stable() && p.Status != backup.StatusDeleting {
			return &backup.ServiceError{
				Kind: backup.ErrBusy, Err: err, HTTPStatus: service.HTTPStatus, Code: service.Code, RequestID: service.RequestID,
				Message: fmt.Sprintf("The server %q is busy with its point %s. %s", srv.Name, p.ID, waitAdvice),
			}
		}
	}
	return err
}

// skipped is the error of a run that left its only server out.
func (s *Service) skipped(code, reason string) error {
	return &backup.ServiceError{
		Kind: codes[code].Kind, Code: code,
		Message: fmt.Sprintf("The service did not back the server up: %s %s", reason, codes[code].Advice),
	}
}

// heard notes that the caller knows of a point, so that it is never taken for a lost one.
func (s *Service) heard(p backup.Point) backup.Point {
	if p.ID != "" {
		s.hear(p.ID)
	}
	return p
}

func (s *Service) hear(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken[id] = true
}

func (s *Service) isTaken(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken[id]
}
