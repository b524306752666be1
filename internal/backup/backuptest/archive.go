package backuptest

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// archives wants the data of a point to be the same bytes each time, and mistakes to be found before
// anything is written.
func archives(s *suite) {
	downloader, ok := s.svc.(backup.Downloader)
	if !ok || len(s.h.ArchiveFormats) == 0 {
		s.Skip("the service is no Downloader, or the harness has no ArchiveFormats")
	}
	server := s.createServer("server")
	point := s.take(backup.PointRequest{ServerID: server.ID})
	for _, format := range s.h.ArchiveFormats {
		for _, r := range s.archiveRequests(downloader, point, format) {
			what := "Archive of " + show(r)
			var last int64
			first := s.archive(downloader, r, s.progress(what, &last))
			if len(first) == 0 {
				s.Errorf("%s is empty", what)
			}
			if !bytes.Equal(first, s.archive(downloader, r, nil)) {
				s.Errorf("%s gives other bytes the second time", what)
			}

			gone := errors.New("the disk is full")
			s.wantIs(what+" to a writer that fails", downloader.Archive(s.ctx, r, failing{gone}, nil), gone)
			ctx, cancel := context.WithCancel(s.ctx)
			cancel()
			s.wantIs(what+" with a canceled context", downloader.Archive(ctx, r, io.Discard, nil), context.Canceled)
		}
	}
	s.samePoint("the point after it was archived", must(s.svc.Point(s.ctx, point.ID, backup.Fresh))(s, "Point"), point)

	good := backup.ArchiveRequest{PointID: point.ID, Format: s.h.ArchiveFormats[0]}
	for attribute, spoil := range map[string]func(r *backup.ArchiveRequest){
		"point_id":  func(r *backup.ArchiveRequest) { r.PointID = "no-such-id" },
		"volume_id": func(r *backup.ArchiveRequest) { r.VolumeID = "no-such-id" },
		"format":    func(r *backup.ArchiveRequest) { r.Format = "no-such-format" },
	} {
		r := good
		spoil(&r)
		s.wantProblem("CheckArchive of "+show(r), []string{attribute}, downloader.CheckArchive(s.ctx, r))
		var out bytes.Buffer
		err := downloader.Archive(s.ctx, r, &out, nil)
		if err == nil || out.Len() > 0 {
			s.Errorf("Archive of %s: error %v after %d bytes; it must fail before anything is written", show(r), err, out.Len())
		}
		if attribute == "point_id" {
			s.wantIs("Archive of an unknown point", err, backup.ErrNotFound)
		}
	}
	for _, p := range downloader.CheckArchive(s.ctx, backup.ArchiveRequest{}) {
		if len(p.Path) == 0 {
			s.Errorf("with nothing set, CheckArchive complains without naming an attribute: %+v", p)
		}
	}
	if s.h.Break == nil {
		return
	}
	s.h.Break(s.T, s.svc, server)
	good.PointID = s.finish(must(s.svc.StartPoint(s.ctx, backup.PointRequest{ServerID: server.ID}))(s, "StartPoint")).ID
	s.wantProblem("CheckArchive of a point in error", []string{"point_id"}, downloader.CheckArchive(s.ctx, good))
	if err := downloader.Archive(s.ctx, good, io.Discard, nil); err == nil {
		s.Error("Archive of a point in error succeeds")
	}
}

// archiveRequests are one for each volume of a point and, where the service can do that, one for all.
func (s *suite) archiveRequests(d backup.Downloader, p backup.Point, format string) []backup.ArchiveRequest {
	s.Helper()
	var requests []backup.ArchiveRequest
	whole := backup.ArchiveRequest{PointID: p.ID, Format: format}
	if problems := d.CheckArchive(s.ctx, whole); !complains(problems, "volume_id") {
		s.noProblems("an archive of "+show(whole), problems)
		requests = append(requests, whole)
	}
	for _, v := range p.Volumes {
		one := whole
		one.VolumeID = v.ID
		s.noProblems("an archive of "+show(one), d.CheckArchive(s.ctx, one))
		requests = append(requests, one)
	}
	return requests
}

func (s *suite) archive(d backup.Downloader, r backup.ArchiveRequest, progress func(done, total int64)) []byte {
	s.Helper()
	var out bytes.Buffer
	s.ok("Archive of "+show(r), d.Archive(s.ctx, r, &out, progress))
	return out.Bytes()
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
