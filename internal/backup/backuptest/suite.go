package backuptest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// suite is one running step.
type suite struct {
	*testing.T
	h   Harness
	svc backup.Service
	// ctx ends with the step.
	ctx context.Context
}

// must returns the value of a call, or ends the step on its error.
func must[V any](v V, err error) func(s *suite, what string) V {
	return func(s *suite, what string) V {
		s.Helper()
		if err != nil {
			s.Fatalf("%s: %v", what, err)
		}
		return v
	}
}

// ok ends the step on an error.
func (s *suite) ok(what string, err error) {
	s.Helper()
	if err != nil {
		s.Fatalf("%s: %v", what, err)
	}
}

// wantIs wants an error of a kind.
func (s *suite) wantIs(what string, err, kind error) {
	s.Helper()
	switch {
	case err == nil:
		s.Errorf("%s succeeds; it must fail with an error that matches %q", what, kind)
	case !errors.Is(err, kind):
		s.Errorf("%s fails with %q, which does not match %q", what, err, kind)
	}
}

// collect reads a list to its end.
func collect[V any](s *suite, what string, list iter.Seq2[V, error]) []V {
	s.Helper()
	var all []V
	for v, err := range list {
		if err != nil {
			s.Fatalf("listing %s: %v", what, err)
		}
		all = append(all, v)
	}
	return all
}

// firstError reads a list until it fails.
func firstError[V any](list iter.Seq2[V, error]) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

// complains says whether problems stop a plan at an attribute.
func complains(problems []backup.Problem, attribute string) bool {
	return slices.ContainsFunc(problems, func(p backup.Problem) bool {
		return !p.Warning && len(p.Path) > 0 && p.Path[0] == attribute
	})
}

// noProblems wants a Check method to be content.
func (s *suite) noProblems(what string, problems []backup.Problem) {
	s.Helper()
	for _, p := range problems {
		if !p.Warning {
			s.Errorf("%s: the check complains of %s: %s: %s", what, strings.Join(p.Path, "."), p.Summary, p.Detail)
		}
	}
}

func (s *suite) createPolicy(name string) backup.Policy {
	s.Helper()
	return must(s.svc.CreatePolicy(s.ctx, s.h.Policy(name)))(s, "CreatePolicy")
}

func (s *suite) createServer(name string) backup.Server {
	s.Helper()
	spec := s.h.Server(s.T, s.svc, name)
	s.noProblems("a valid server", s.svc.CheckServer(s.ctx, spec, nil))
	return must(s.svc.CreateServer(s.ctx, spec))(s, "CreateServer")
}

// take takes a point and waits until it is available.
func (s *suite) take(r backup.PointRequest) backup.Point {
	s.Helper()
	p := s.finish(must(s.svc.StartPoint(s.ctx, r))(s, "StartPoint"))
	if p.Status != backup.StatusAvailable {
		s.Fatalf("the point of %+v ends in status %q (%s), not in available", r, p.Status, p.Error)
	}
	return p
}

// finish waits until a point is stable.
func (s *suite) finish(p backup.Point) backup.Point {
	s.Helper()
	return must(backup.WaitPoint(s.ctx, s.svc, p, s.h.Wait))(s, "waiting for the point")
}

// change changes the data behind a server.
func (s *suite) change(server backup.Server) {
	s.Helper()
	if s.h.Change != nil {
		s.h.Change(s.T, s.svc, server)
	}
}

// gone waits until a point is deleted; services may take their time, but never show it as available.
func (s *suite) gone(id string) {
	s.Helper()
	for {
		p, err := s.svc.Point(s.ctx, id, backup.Fresh)
		switch {
		case errors.Is(err, backup.ErrNotFound):
			return
		case err != nil:
			s.Fatalf("Point after DeletePoint: %v; a point that is gone is ErrNotFound", err)
		case p.DeletionStatus == backup.DeletionSoftDeleted || p.DeletionStatus == backup.DeletionDeleted:
			return
		case p.Status != backup.StatusDeleting:
			s.Fatalf("after DeletePoint the point is still there with status %q; it must be not found, deleting or soft-deleted", p.Status)
		}
		s.pause()
	}
}

// pause waits a little, and ends the step if it takes too long.
func (s *suite) pause() {
	s.Helper()
	select {
	case <-s.ctx.Done():
		s.Fatalf("it takes too long: %v", context.Cause(s.ctx))
	case <-time.After(s.h.Wait.Interval):
	}
}

func ids(points []backup.Point) []string {
	list := make([]string, len(points))
	for i, p := range points {
		list[i] = p.ID
	}
	return list
}
