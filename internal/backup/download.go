package backup

import (
	"context"
	"io"
)

// Downloader is a service that gives the data of a point out.
type Downloader interface {
	// CheckArchive is [PolicyService.CheckPolicy] for an archive.
	CheckArchive(ctx context.Context, r ArchiveRequest) []Problem
	// Archive writes the data of a point to w as it goes: memory does not depend on its size. The
	// same request writes the same bytes each time. What is wrong with the request is an error before
	// anything is written; what cannot be read, or written, is one that names the file where there are
	// files. progress, which may be nil, is told how many of how many bytes are done, by one goroutine
	// at a time; a total of 0 is not known.
	Archive(ctx context.Context, r ArchiveRequest, w io.Writer, progress func(done, total int64)) error
}

// ArchiveRequest asks for the data of a point in one stream.
type ArchiveRequest struct {
	PointID string
	// VolumeID is one volume of the point; empty is the whole point.
	VolumeID string
	// Format is the service's: tar.gz or tar.zst of local.
	Format string
}
