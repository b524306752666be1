package backup

import (
	"context"
	"io"
	"time"
)

// Downloader is a service that gives the data of a point out.
type Downloader interface {
	// ArchiveFormats are the values of [ArchiveRequest.Format].
	ArchiveFormats() []string
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
	// Format is one of [Downloader.ArchiveFormats].
	Format string
}

// Linker is a service that gives links to the data of a point out. Whoever has a link can read the data
// until it expires: links never reach a log, an error or state.
type Linker interface {
	// Links returns the links of one volume of a point, or of all with an empty volume id.
	Links(ctx context.Context, pointID, volumeID string) ([]VolumeLinks, error)
}

// VolumeLinks are the links to one volume's data, in the order in which the parts are joined.
type VolumeLinks struct {
	VolumeID string
	URLs     []string
	// ExpiresAt is when the links stop working, zero if the service does not say.
	ExpiresAt time.Time
}
