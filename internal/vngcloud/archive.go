package vngcloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// FormatRaw is the one format of archives: the parts of a volume joined. What is in them the service
// does not document.
const FormatRaw = "raw"

// resumes is how often in a row a part is taken up again without having got any further.
const resumes = 5

// ArchiveFormats is the one format.
func (s *Service) ArchiveFormats() []string { return []string{FormatRaw} }

// CheckArchive reports what Backup Center cannot do with an archive: a file has one volume.
func (s *Service) CheckArchive(ctx context.Context, r backup.ArchiveRequest) []backup.Problem {
	var problems []backup.Problem
	if r.Format != "" && r.Format != FormatRaw {
		problems = append(problems, problem([]string{"format"}, "Format Not Supported",
			fmt.Sprintf("format is %q; the vngcloud service gives data out as it is. Write raw, or leave it out.", r.Format)))
	}
	if r.PointID == "" {
		return problems
	}
	p, err := s.available(ctx, r.PointID)
	switch {
	case isNotFound(err):
		return append(problems, problem([]string{"point_id"}, "Point Not Found", err.Error()))
	case errors.Is(err, backup.ErrConflict):
		return append(problems, problem([]string{"point_id"}, "Point Not Available", err.Error()))
	case err != nil:
		return problems // shows again when the archive is written
	}
	if _, err := volumeFor(p, r.VolumeID); err != nil {
		problems = append(problems, problem([]string{"volume_id"}, "Volume Needed", err.Error()))
	}
	return problems
}

// volumeFor is the volume point that a request means, by its own id or that of the volume.
func volumeFor(p backup.Point, id string) (backup.VolumePoint, error) {
	names := make([]string, len(p.Volumes))
	for i, v := range p.Volumes {
		if id != "" && (v.ID == id || v.SourceID == id) {
			return v, nil
		}
		names[i] = fmt.Sprintf("%s (%s)", v.ID, strings.TrimSpace(v.Name+" "+v.SourceID))
	}
	switch {
	case id == "" && len(p.Volumes) == 1:
		return p.Volumes[0], nil
	case id == "":
		return backup.VolumePoint{}, backup.Errorf(nil, "The point %s has %d volumes, and an archive has one. Set volume_id to one of: %s.", p.ID, len(names), strings.Join(names, ", "))
	}
	return backup.VolumePoint{}, backup.Errorf(backup.ErrNotFound, "The point %s has no volume %q. It has: %s.", p.ID, id, strings.Join(names, ", "))
}

// Archive writes the parts of a volume one after the other. Where the connection is lost, or the links
// have ended, it asks for links again and goes on at the same byte.
func (s *Service) Archive(ctx context.Context, r backup.ArchiveRequest, w io.Writer, progress func(done, total int64)) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	p, err := s.available(ctx, r.PointID)
	if err != nil {
		return err
	}
	if err := refuse(s.CheckArchive(ctx, r)); err != nil {
		return err
	}
	volume, err := volumeFor(p, r.VolumeID)
	if err != nil {
		return err
	}
	a := archive{Service: s, point: p.ID, volume: volume.ID, out: w, progress: progress}
	if err := a.renew(ctx); err != nil {
		return err
	}
	for a.part = range len(a.links) {
		if err := a.copyPart(ctx); err != nil {
			return fmt.Errorf("volume %s of point %s, part %d of %d: %w", a.volume, a.point, a.part+1, len(a.links), err)
		}
	}
	return nil
}

// archive is one that is being written.
type archive struct {
	*Service
	point, volume string
	out           io.Writer
	progress      func(done, total int64)

	links []string
	part  int
	// at is how much of the part is written, and etag what the storage calls its content.
	at   int64
	etag string
	done int64
}

// renew asks for links. The parts must be as they were.
func (a *archive) renew(ctx context.Context) error {
	volumes, err := a.Links(ctx, a.point, a.volume)
	if err != nil {
		return err
	}
	if n := len(volumes[0].URLs); a.links != nil && n != len(a.links) {
		return backup.Errorf(nil, "The data of volume %s changed while it was read: it had %d parts and has %d now.", a.volume, len(a.links), n)
	}
	a.links = slices.Clone(volumes[0].URLs)
	return nil
}

// finalError is one that no other link can help, such as what the receiver of the data says.
type finalError struct{ error }

func (e finalError) Unwrap() error { return e.error }

func (a *archive) copyPart(ctx context.Context) error {
	a.at, a.etag = 0, ""
	for idle := 0; ; idle++ {
		before := a.at
		err := a.copyRest(ctx)
		var final finalError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &final):
			return final.error
		case ctx.Err() != nil:
			return context.Cause(ctx)
		}
		if a.at > before {
			idle = 0
		}
		if idle == resumes {
			return err
		}
		if sleepErr := a.cfg.Sleep(ctx, a.cfg.PollInterval); sleepErr != nil {
			return sleepErr
		}
		if renewErr := a.renew(ctx); renewErr != nil {
			return renewErr
		}
	}
}

// copyRest reads a part from where it stands to its end.
func (a *archive) copyRest(ctx context.Context) error {
	part, err := a.api.OpenPart(ctx, a.links[a.part], a.at)
	if err != nil {
		return err
	}
	defer func() { _ = part.Body.Close() }()
	if a.at > 0 && part.ETag != a.etag {
		return finalError{backup.Errorf(nil, "the data changed while it was read; start again")}
	}
	a.etag = part.ETag
	if skip := a.at - part.From; skip > 0 {
		if _, err := io.CopyN(io.Discard, part.Body, skip); err != nil {
			return err
		}
	}
	buffer := make([]byte, 256<<10)
	for {
		n, err := part.Body.Read(buffer)
		if n > 0 {
			if _, err := a.out.Write(buffer[:n]); err != nil {
				return finalError{err}
			}
			a.at += int64(n)
			a.done += int64(n)
			if a.progress != nil {
				a.progress(a.done, 0)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
