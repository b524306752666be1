package backupcenter

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	// linkLifetime is how long a link works. The real one is not known.
	linkLifetime = time.Hour
	// partBytes is the size of a part; volumes are far smaller here than they say.
	partBytes = 96 << 10
	// dataParts is how many parts a data volume has; a boot volume has one.
	dataParts = 3
)

// link is a signed link to one part of a volume point.
type link struct {
	volumePoint string
	part        int
	expires     time.Time
}

func (s *Server) preSign(r *http.Request) (int, any, error) {
	p, err := s.findPoint(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	now := s.Clock.Now()
	volumes := []object{}
	for _, v := range p.volumes {
		links := []string{}
		for part := range v.parts() {
			if !p.good(now) {
				break
			}
			key := rand.Text()
			s.links[key] = link{v.id, part, now.Add(linkLifetime)}
			links = append(links, "http://"+r.Host+storagePath+"/"+key+"?X-Amz-Signature="+rand.Text())
		}
		row := object{"id": v.id, "volumeId": v.volume.id, "preSignedUrl": links}
		if s.options.SingleLink && len(links) == 1 {
			row["preSignedUrl"] = links[0]
		}
		volumes = append(volumes, row)
	}
	return http.StatusOK, object{"id": p.id, "backupInstanceId": p.server.id, "backupVolumePointPreSignedUrls": volumes}, nil
}

func (v volumePoint) parts() int {
	if v.volume.boot {
		return 1
	}
	return dataParts
}

// Content is the data of a volume point as its parts give it.
func Content(volumePointID string, parts int) []byte {
	var all []byte
	for part := range parts {
		all = append(all, content(volumePointID, part)...)
	}
	return all
}

// content is the same for the same part, and different from any other.
func content(volumePointID string, part int) []byte {
	seed := sha256.Sum256([]byte(volumePointID + "/" + strconv.Itoa(part)))
	var out bytes.Buffer
	_, _ = io.CopyN(&out, mathrand.NewChaCha8(seed), partBytes)
	return out.Bytes()
}

// download is the storage. Like others it takes no request that is authorized twice.
func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	l, known := s.links[r.PathValue("key")]
	s.mu.Unlock()
	switch {
	case r.Header.Get("Authorization") != "":
		storageError(w, http.StatusBadRequest, "InvalidArgument", "Only one auth mechanism allowed")
		return
	case !known || r.URL.Query().Get("X-Amz-Signature") == "":
		storageError(w, http.StatusForbidden, "SignatureDoesNotMatch", "The signature does not match")
		return
	case !s.Clock.Now().Before(l.expires):
		storageError(w, http.StatusForbidden, "AccessDenied", "Request has expired")
		return
	}
	data := content(l.volumePoint, l.part)
	sum := sha256.Sum256(data)
	w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprintf("%x", sum[:8])))
	if s.options.NoRanges {
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		_, _ = w.Write(data)
		return
	}
	http.ServeContent(w, r, "part.bin", time.Time{}, bytes.NewReader(data))
}

func storageError(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>%s</Message></Error>", code, message)
}
