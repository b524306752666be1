package local

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/archive"
)

var _ backup.Downloader = (*Service)(nil)

// ArchiveFormats are tar archives, compressed.
func (s *Service) ArchiveFormats() []string {
	var names []string
	for _, format := range archive.Formats() {
		names = append(names, string(format))
	}
	return names
}

// CheckArchive reports what the local service cannot do with an archive.
func (s *Service) CheckArchive(ctx context.Context, r backup.ArchiveRequest) []backup.Problem {
	var problems []backup.Problem
	add := func(attribute, summary, detail string) {
		problems = append(problems, backup.Problem{Path: []string{attribute}, Summary: summary, Detail: detail})
	}
	if err := archive.Format(r.Format).Check(); r.Format != "" && err != nil {
		add("format", "Unknown Archive Format", sentence(err)+".")
	}
	if r.PointID == "" {
		return problems
	}
	rec, p, err := s.record(ctx, r.PointID)
	switch {
	case errors.Is(err, backup.ErrNotFound):
		add("point_id", "Point Not Found", err.Error())
	case err != nil: // shows again when the archive is written
	default:
		if err := whole(p); err != nil {
			add("point_id", "Point Not Available", err.Error())
		}
		if r.VolumeID != "" {
			if err := known(rec, []string{r.VolumeID}); err != nil {
				add("volume_id", "Unknown Volume", err.Error())
			}
		}
	}
	return problems
}

// Archive writes a point, or one volume of it, as a compressed tar archive. The files of a single volume
// are at the top of it, those of several each in a directory of their own.
func (s *Service) Archive(ctx context.Context, r backup.ArchiveRequest, w io.Writer, progress func(done, total int64)) error {
	if err := archive.Format(r.Format).Check(); err != nil {
		return backup.Errorf(nil, "%s.", sentence(err))
	}
	rec, p, err := s.record(ctx, r.PointID)
	if err != nil {
		return err
	}
	if err := whole(p); err != nil {
		return err
	}
	st, err := s.storeOf(ctx, rec.LocationID)
	if err != nil {
		return err
	}
	repo, release, err := st.reading(ctx)
	if err != nil {
		return err
	}
	defer release()
	var chosen []string
	if r.VolumeID != "" {
		chosen = []string{r.VolumeID}
	}
	list, err := parts(ctx, repo, rec, chosen, false)
	if err != nil {
		return s.readError(err)
	}
	volumes := make([]archive.Volume, len(list))
	for i, part := range list {
		volumes[i] = archive.Volume{Dir: part.dir, Tree: part.tree, Bare: part.Image}
	}
	if err := archive.Write(ctx, w, archive.Format(r.Format), volumes, progress); err != nil {
		if ctx.Err() != nil {
			return err
		}
		return &backup.ServiceError{Message: fmt.Sprintf("the archive of point %s cannot be written: %v", r.PointID, err), Err: err}
	}
	return nil
}

// readError is writeError for reads.
func (s *Service) readError(err error) error {
	if isServiceError(err) {
		return err
	}
	return s.store.explain("read", err)
}
