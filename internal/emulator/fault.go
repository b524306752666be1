package emulator

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// FaultKind is what a fault does to a request.
type FaultKind string

// The kinds of faults.
const (
	// FaultStatus answers with Status and Body; the API does not see the request.
	FaultStatus FaultKind = "status"
	// FaultDropBefore closes the connection; the API does not see the request.
	FaultDropBefore FaultKind = "drop_before"
	// FaultDropAfter lets the API take the request and closes the connection instead of answering.
	FaultDropAfter FaultKind = "drop_after"
	// FaultTruncate sends the first half of the answer as if it were the whole.
	FaultTruncate FaultKind = "truncate"
	// FaultCut sends the first half of the answer and closes the connection.
	FaultCut FaultKind = "cut"
	// FaultReplace lets the API take the request and answers with Status and Body instead.
	FaultReplace FaultKind = "replace"
	// FaultHang never answers; the API does not see the request.
	FaultHang FaultKind = "hang"
	// FaultHold lets the API take the request and never answers, until the client is gone.
	FaultHold FaultKind = "hold"
)

// Fault is what is to go wrong with some requests.
type Fault struct {
	Kind FaultKind `json:"kind"`
	// Method selects requests; empty is all.
	Method string `json:"method,omitempty"`
	// Path selects requests whose path contains it.
	Path string `json:"path,omitempty"`
	// Skip lets so many requests pass first.
	Skip int `json:"skip,omitempty"`
	// Times is how many requests are hit; 0 is one, -1 is every one.
	Times int `json:"times,omitempty"`
	// Status is of the answer; 0 is 500.
	Status int    `json:"status,omitempty"`
	Body   string `json:"body,omitempty"`
	// RetryAfter is the header of the same name in seconds; 0 leaves it out.
	RetryAfter int `json:"retry_after,omitempty"`
	// ContentType is of the answer; empty is application/json.
	ContentType string `json:"content_type,omitempty"`
}

// Throttled is a burst of answers 429 to so many requests.
func Throttled(times, retryAfter int) Fault {
	return Fault{
		Kind: FaultStatus, Status: http.StatusTooManyRequests, RetryAfter: retryAfter, Times: times,
		Body: `{"message":"Too many requests"}`,
	}
}

// LoginPage is what a gateway in trouble sends instead of JSON.
func LoginPage(times int) Fault {
	return Fault{
		Kind: FaultStatus, Status: http.StatusOK, Times: times, ContentType: "text/html",
		Body: "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>",
	}
}

// Faults are the faults that are to come, in order: the first that selects a request hits it.
type Faults struct {
	mu   sync.Mutex
	list []*Fault
}

// Inject adds a fault.
func (f *Faults) Inject(fault Fault) {
	if fault.Times == 0 {
		fault.Times = 1
	}
	if fault.Status == 0 {
		fault.Status = http.StatusInternalServerError
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, &fault)
}

// Clear forgets all faults.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = nil
}

func (f *Faults) due(r *http.Request) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range f.list {
		if fault.Times == 0 || (fault.Method != "" && fault.Method != r.Method) || !strings.Contains(r.URL.Path, fault.Path) {
			continue
		}
		if fault.Skip > 0 {
			fault.Skip--
			continue
		}
		if fault.Times > 0 {
			fault.Times--
		}
		return *fault, true
	}
	return Fault{}, false
}

func (f Fault) serve(w http.ResponseWriter, r *http.Request, api http.Handler) {
	switch f.Kind {
	case FaultDropBefore:
		panic(http.ErrAbortHandler) // closes the connection without a word
	case FaultDropAfter:
		api.ServeHTTP(newRecorder(), r)
		panic(http.ErrAbortHandler)
	case FaultHang:
		waitUntilGone(r)
	case FaultHold:
		api.ServeHTTP(newRecorder(), r)
		waitUntilGone(r)
	case FaultTruncate:
		answer := newRecorder()
		api.ServeHTTP(answer, r)
		answer.body.Truncate(answer.body.Len() / 2)
		answer.copyTo(w)
	case FaultCut:
		answer := newRecorder()
		api.ServeHTTP(answer, r)
		w.Header().Set("Content-Length", strconv.Itoa(answer.body.Len()))
		answer.body.Truncate(answer.body.Len() / 2)
		answer.copyTo(w)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case FaultReplace:
		api.ServeHTTP(newRecorder(), r)
		f.answer(w)
	case FaultStatus:
		f.answer(w)
	default:
		http.Error(w, "unknown fault "+string(f.Kind), http.StatusNotImplemented)
	}
}

// waitUntilGone ends a request that is not answered with its client.
func waitUntilGone(r *http.Request) {
	// A server notices that the client has left only once the body is read.
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
	panic(http.ErrAbortHandler)
}

func (f Fault) answer(w http.ResponseWriter) {
	contentType := f.ContentType
	if contentType == "" {
		contentType = "application/json"
	}
	w.Header().Set("Content-Type", contentType)
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	w.WriteHeader(f.Status)
	_, _ = w.Write([]byte(f.Body))
}

// recorder keeps an answer instead of sending it.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newRecorder() *recorder { return &recorder{header: http.Header{}, status: http.StatusOK} }

func (a *recorder) Header() http.Header         { return a.header }
func (a *recorder) WriteHeader(status int)      { a.status = status }
func (a *recorder) Write(p []byte) (int, error) { return a.body.Write(p) }

func (a *recorder) copyTo(w http.ResponseWriter) {
	for name, values := range a.header {
		if name != "Content-Length" {
			w.Header()[name] = values
		}
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes())
}
