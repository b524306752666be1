package s3test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A server's clock cannot be moved, but what it says about times can: an object that was written through a
// proxy shows the time of the proxy's clock.

// aheadPath is no bucket's.
const aheadPath = "/.ahead"

// Clock sets the clock of the proxy.
func (p *Proxy) Clock(now func() time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = now
	if p.written == nil {
		p.written = make(map[string]time.Time)
	}
}

// Ahead sets the clock of the proxy ahead of the real one by a duration.
func (p *Proxy) Ahead(by time.Duration) {
	p.Clock(func() time.Time { return time.Now().Add(by) })
}

// Ahead is [Proxy.Ahead] from another process.
func Ahead(ctx context.Context, endpoint string, by time.Duration) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, endpoint+aheadPath+"?by="+by.String(), http.NoBody)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		err = errors.New(resp.Status)
	}
	return errors.Join(err, resp.Body.Close())
}

// setAhead answers a request of [Ahead].
func (p *Proxy) setAhead(w http.ResponseWriter, r *http.Request) {
	by, err := time.ParseDuration(r.URL.Query().Get("by"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.Ahead(by)
}

// note remembers when an object is written.
func (p *Proxy) note(r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	whole := r.Method == http.MethodPut && r.URL.RawQuery == ""
	if p.written != nil && (whole || r.URL.Query().Has("uploadId")) {
		p.written[r.URL.Path] = p.now()
	}
}

// writtenAt is when an object was written by the proxy's clock.
func (p *Proxy) writtenAt(path string) (time.Time, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, ok := p.written[path]
	return at.UTC(), ok
}

var (
	listedObject = regexp.MustCompile(`(?s)<Contents>.*?</Contents>`)
	listedKey    = regexp.MustCompile(`<Key>(.*?)</Key>`)
	listedTime   = regexp.MustCompile(`<LastModified>.*?</LastModified>`)
)

// redate puts the proxy's times into an answer.
func (p *Proxy) redate(resp *http.Response) error {
	path := resp.Request.URL.Path
	if at, ok := p.writtenAt(path); ok && resp.Header.Get("Last-Modified") != "" {
		resp.Header.Set("Last-Modified", at.Format(http.TimeFormat))
		return nil
	}
	if resp.Request.Method != http.MethodGet || !resp.Request.URL.Query().Has("list-type") {
		return nil
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if err := resp.Body.Close(); err != nil {
		return err
	}
	bucket := "/" + strings.Trim(path, "/") + "/"
	body = listedObject.ReplaceAllFunc(body, func(object []byte) []byte {
		key, err := url.QueryUnescape(string(listedKey.FindSubmatch(object)[1]))
		if err != nil {
			return object
		}
		at, ok := p.writtenAt(bucket + key)
		if !ok {
			return object
		}
		return listedTime.ReplaceAll(object, fmt.Appendf(nil, "<LastModified>%s</LastModified>", at.Format("2006-01-02T15:04:05.000Z")))
	})
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	resp.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return nil
}
