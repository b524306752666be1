package s3test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Kind is what a fault does to a request.
type Kind int

// The kinds of faults.
const (
	// Refuse answers with Status and Code; the server does not see the request.
	Refuse Kind = iota
	// Slow waits for Delay before the answer and again in the middle of it.
	Slow
	// Cut closes the connection in the middle of the answer.
	Cut
	// DropBefore closes the connection; the server does not see the request.
	DropBefore
	// DropAfter lets the server take the request and closes the connection instead of answering.
	DropAfter
	// OldDate makes the request look as if it was made an hour ago.
	OldDate
)

// Fault is what goes wrong with some requests.
type Fault struct {
	Kind Kind
	// Method and Path select requests: the method, and a part of the path; empty is all.
	Method, Path string
	// Header selects requests that have it; empty is all.
	Header string
	// Every hits each request with this number; 0 and 1 hit all.
	Every int
	// Times is how many requests are hit; 0 is no limit.
	Times int
	// Status and Code are of the answer of Refuse.
	Status int
	Code   string
	Delay  time.Duration

	seen, hit int
}

// Proxy stands before a server. Its address is another, which signatures allow: they are about the
// address that the client knows.
type Proxy struct {
	Endpoint string

	mu     sync.Mutex
	faults []*Fault
	hits   map[Kind]int
	counts map[string]int
	// now is a clock that was set, and written when objects were written by it.
	now     func() time.Time
	written map[string]time.Time
}

// NewProxy starts a proxy that ends with the test. The server speaks no TLS.
func NewProxy(tb testing.TB, s *Server) *Proxy {
	tb.Helper()
	target, err := url.Parse(s.Endpoint)
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{hits: make(map[Kind]int), counts: make(map[string]int)}
	forward := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
		},
		// A server that is down looks to the client as it is: down.
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
		Transport:    &http.Transport{MaxIdleConnsPerHost: 16},
		ErrorLog:     log.New(io.Discard, "", 0),

		ModifyResponse: p.redate,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.serve(w, r, forward)
	}))
	tb.Cleanup(server.Close)
	p.Endpoint = server.URL
	return p
}

// Inject adds faults; the first that selects a request hits it.
func (p *Proxy) Inject(faults ...Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range faults {
		p.faults = append(p.faults, &f)
	}
}

// Clear ends all faults.
func (p *Proxy) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = nil
}

// Hits is how many requests were hit by faults of a kind.
func (p *Proxy) Hits(k Kind) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hits[k]
}

// Requests is how many requests of a method came in; empty is all.
func (p *Proxy) Requests(method string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts[method]
}

func (p *Proxy) due(r *http.Request) (Fault, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts[""]++
	p.counts[r.Method]++
	for _, f := range p.faults {
		if !f.selects(r) || (f.Times > 0 && f.hit >= f.Times) {
			continue
		}
		f.seen++
		if f.Every > 1 && f.seen%f.Every != 0 {
			continue
		}
		f.hit++
		p.hits[f.Kind]++
		return *f, true
	}
	return Fault{}, false
}

func (f *Fault) selects(r *http.Request) bool {
	return (f.Method == "" || f.Method == r.Method) && strings.Contains(r.URL.Path, f.Path) &&
		(f.Header == "" || r.Header.Get(f.Header) != "")
}

func (p *Proxy) serve(w http.ResponseWriter, r *http.Request, forward *httputil.ReverseProxy) {
	if r.URL.Path == aheadPath {
		p.setAhead(w, r)
		return
	}
	p.note(r)
	f, due := p.due(r)
	if !due {
		forward.ServeHTTP(w, r)
		return
	}
	switch f.Kind {
	case Refuse:
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(f.Status)
		_, _ = fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>%s</Code><Message>refused by the test</Message></Error>`, f.Code)
	case DropBefore:
		panic(http.ErrAbortHandler) // closes the connection without a word
	case DropAfter:
		forward.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	case OldDate:
		r.Header.Set("X-Amz-Date", time.Now().Add(-time.Hour).UTC().Format("20060102T150405Z"))
		forward.ServeHTTP(w, r)
	case Slow, Cut:
		time.Sleep(f.Delay)
		changed := *forward
		changed.ModifyResponse = func(resp *http.Response) error {
			if err := p.redate(resp); err != nil {
				return err
			}
			resp.Body = &half{ReadCloser: resp.Body, left: resp.ContentLength / 2, fault: f}
			return nil
		}
		changed.ServeHTTP(w, r)
	}
}

// errCut ends a body too early.
var errCut = errors.New("cut")

// half is a body that something happens to in the middle.
type half struct {
	io.ReadCloser
	left  int64
	fault Fault
	over  bool
}

func (h *half) Read(p []byte) (int, error) {
	if h.over {
		return h.ReadCloser.Read(p)
	}
	if h.left <= 0 {
		h.over = true
		if h.fault.Kind == Cut {
			return 0, errCut
		}
		time.Sleep(h.fault.Delay)
		return h.ReadCloser.Read(p)
	}
	n, err := h.ReadCloser.Read(p[:min(int64(len(p)), h.left)])
	h.left -= int64(n)
	return n, err
}
