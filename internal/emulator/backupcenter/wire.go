package backupcenter

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// object is a JSON object.
type object = map[string]any

func newID(prefix string) string { return prefix + uuid.NewString() }

// timestamp is how the gateway writes times; nil for none.
func timestamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000+00:00")
}

// handler answers a request with a status and a body; nil is no body.
type handler func(r *http.Request) (status int, body any, err error)

// failure is an error of the API.
type failure struct {
	status  int
	code    string
	message string
}

func (f failure) Error() string { return f.message }

func fail(status int, message string) error { return failure{status: status, message: message} }

var (
	errBusy   = fail(http.StatusConflict, "Your resource is being processed.")
	errLocked = fail(http.StatusConflict, "Your resource is being managed by Vault.")
)

func notFound(what, id string) error {
	return fail(http.StatusNotFound, "Not found "+what+" "+id)
}

// route serves an operation with a valid token, one at a time.
func (s *Server) route(mux *http.ServeMux, prefix, pattern string, h handler) {
	method, path, _ := strings.Cut(pattern, " ")
	mux.HandleFunc(method+" "+prefix+path, func(w http.ResponseWriter, r *http.Request) {
		if !s.authorized(r) {
			s.stale(w)
			return
		}
		s.mu.Lock()
		s.settle()
		status, body, err := h(r)
		s.mu.Unlock()
		if err != nil {
			s.refuse(w, err)
			return
		}
		write(w, status, body)
	})
}

func write(w http.ResponseWriter, status int, body any) {
	if body == nil || status == http.StatusNoContent {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (s *Server) refuse(w http.ResponseWriter, err error) {
	var f failure
	if !errors.As(err, &f) {
		f = failure{status: http.StatusInternalServerError, message: err.Error()}
	}
	pair := object{"code": f.code, "message": f.message}
	if f.code == "" {
		pair["code"] = "ERR_" + strconv.Itoa(f.status)
	}
	form := s.options.ErrorForm
	if f.code != "" && form == "" {
		form = ErrorArray // so are the errors of IAM
	}
	switch form {
	case ErrorArray:
		write(w, f.status, []object{pair})
	case ErrorErrors:
		write(w, f.status, object{"errors": []object{pair}})
	case ErrorError:
		write(w, f.status, object{"error": f.message})
	case ErrorDetail:
		write(w, f.status, object{"detail": f.message})
	case ErrorCode:
		write(w, f.status, object{"code": pair["code"], "errorCode": pair["code"], "message": f.message, "success": false})
	default:
		write(w, f.status, object{"message": f.message})
	}
}

// read decodes the body of a request; what it does not know is ignored.
func read(r *http.Request, v any) error {
	raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fail(http.StatusBadRequest, "missing_required_field")
	}
	return nil
}

// page is an envelope around the rows that a request asks for: all of them without page, and size is
// the one name of the page size that is heard.
func (s *Server) page(r *http.Request, rows []object) object {
	if rows == nil {
		rows = []object{}
	}
	page, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil {
		return object{"items": rows, "page": nil, "pageSize": nil, "totalPages": 1, "totalItems": len(rows)}
	}
	limit := s.options.PageCap
	if limit == 0 {
		limit = 200
	}
	size := 10
	if n, err := strconv.Atoi(r.URL.Query().Get("size")); err == nil && n > 0 {
		size = n
	}
	size = min(size, limit)
	first := min(max(page-1, 0)*size, len(rows))
	return object{
		"items": rows[first:min(first+size, len(rows))], "page": page, "pageSize": size,
		"totalPages": (len(rows) + size - 1) / size, "totalItems": len(rows),
	}
}

// query says whether a row passes a filter of the request, which it does if it is not there.
func query(r *http.Request, name, value string) bool {
	want := r.URL.Query().Get(name)
	return want == "" || want == value
}

// queryName is query for the name, which matches in part.
func queryName(r *http.Request, value string) bool {
	return strings.Contains(strings.ToLower(value), strings.ToLower(r.URL.Query().Get("name")))
}

func orElse[T comparable](v, other T) T {
	var zero T
	if v == zero {
		return other
	}
	return v
}
