package backuptest

import (
	"context"
	"errors"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// verify wants a good point to be read back in full, and one that is not there to be an error.
func verify(s *suite) {
	verifier, ok := s.svc.(backup.Verifier)
	if !ok {
		s.Skip("the service is no Verifier")
	}
	_, err := verifier.VerifyPoint(s.ctx, "no-such-id", nil)
	s.wantIs("VerifyPoint of an unknown id", err, backup.ErrNotFound)

	server := s.createServer("server")
	s.take(backup.PointRequest{ServerID: server.ID})
	s.change(server)
	point := s.take(backup.PointRequest{ServerID: server.ID})
	var last int64
	v := must(verifier.VerifyPoint(s.ctx, point.ID, s.progress("VerifyPoint", &last)))(s, "VerifyPoint")
	field(s, "a good point", "Damages", v.Damages, nil)
	if point.SizeBytes != nil {
		field(s, "a good point", "Bytes", v.Bytes, *point.SizeBytes)
	}
	if v.Files < 0 || v.Bytes < 0 {
		s.Errorf("a good point: %d files and %d bytes were read", v.Files, v.Bytes)
	}
	must(verifier.VerifyPoint(s.ctx, point.ID, nil))(s, "VerifyPoint without progress")
	s.samePoint("the point after it was verified", must(s.svc.Point(s.ctx, point.ID, backup.Fresh))(s, "Point"), point)

	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	_, err = verifier.VerifyPoint(ctx, point.ID, nil)
	s.wantIs("VerifyPoint with a canceled context", err, context.Canceled)

	if s.h.Break == nil {
		return
	}
	s.h.Break(s.T, s.svc, server)
	bad := s.finish(must(s.svc.StartPoint(s.ctx, backup.PointRequest{ServerID: server.ID}))(s, "StartPoint"))
	if _, err := verifier.VerifyPoint(s.ctx, bad.ID, nil); err == nil || errors.Is(err, backup.ErrNotFound) {
		s.Errorf("VerifyPoint of a point in error: %v; want an error that says that it is not available", err)
	}
}

// progress wants what is done to grow, up to the total where that is known. It is not safe for two
// goroutines at once, and need not be.
func (s *suite) progress(what string, last *int64) func(done, total int64) {
	return func(done, total int64) {
		if done < *last || (total > 0 && done > total) {
			s.Errorf("%s: progress goes from %d to %d of %d bytes", what, *last, done, total)
		}
		*last = done
	}
}
