package cbr

import (
	"context"
	"errors"
	"fmt"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
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
