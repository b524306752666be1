package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// VolumeLinks are the links to the data of one volume of a point, in order [2.4.1]. Whoever has one can
// read the data: links go into no log and no error.
type VolumeLinks struct {
	ID       string  `json:"id"`
	VolumeID string  `json:"volumeId"`
	URLs     Strings `json:"preSignedUrl"`
}

// Links asks for links to all volumes of a point. A volume without links is not ready.
func (c *Client) Links(ctx context.Context, pointID string) ([]VolumeLinks, error) {
	seg, err := segment(pointID)
	if err != nil {
		return nil, err
	}
	v, err := get[struct {
		Volumes []VolumeLinks `json:"backupVolumePointPreSignedUrls"`
	}](ctx, c, c.cfg.Backup, "/v1/backup-instance-points/"+seg+"/pre-signed-url")
	return v.Volumes, err
}

// Part is what a link gave.
type Part struct {
	Body io.ReadCloser
	// From is the offset of the first byte of Body: what was asked for, or 0 from a storage that knows no
	// ranges.
	From int64
	// ETag is empty if the storage tells none.
	ETag string
}

// OpenPart reads what is behind a link from an offset on. The storage gets no token, which is not meant
// for it. The error shows nothing of the link.
func (c *Client) OpenPart(ctx context.Context, link string, from int64) (Part, error) {
	address, err := url.Parse(link)
	if err != nil || address.Host == "" || (address.Scheme != "https" && address.Scheme != "http") {
		return Part{}, errors.New("the link is no web address")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return Part{}, errors.New("the link is no web address")
	}
	// Go asks for compression by itself otherwise, and the offset would count other bytes.
	req.Header.Set("Accept-Encoding", "identity")
	if from > 0 {
		req.Header.Set("Range", "bytes="+strconv.FormatInt(from, 10)+"-")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return Part{}, bare(err)
	}
	part := Part{Body: resp.Body, ETag: resp.Header.Get("ETag")}
	switch {
	case resp.StatusCode == http.StatusOK:
		return part, nil
	case resp.StatusCode == http.StatusPartialContent && resp.Header.Get("Content-Range") != "":
		var first int64
		if _, err := fmt.Sscanf(resp.Header.Get("Content-Range"), "bytes %d-", &first); err == nil && first == from {
			part.From = from
			return part, nil
		}
	}
	_ = resp.Body.Close()
	return Part{}, &backup.ServiceError{HTTPStatus: resp.StatusCode, Message: "the storage does not give the data out: " + http.StatusText(resp.StatusCode)}
}
