package cbr

import (
	"encoding/json"
	"errors"
	"net/http"
)

// object is JSON that is made by hand, because members come and go with the options.
type object map[string]any

// apiError is an error of the API (§1.5).
type apiError struct {
	status  int
	Code    string `json:"error_code"`
	Message string `json:"error_msg"`
}

func (e *apiError) Error() string { return e.Code + ": " + e.Message }

// refuse is an error of the service; codes are without their prefix (§3.11).
func refuse(status int, code, message string) error {
	return &apiError{status: status, Code: "BackupService." + code, Message: message}
}

func badRequest(code, message string) error { return refuse(http.StatusBadRequest, code, message) }
func notFound(code, message string) error   { return refuse(http.StatusNotFound, code, message) }
func invalid(message string) error          { return badRequest("9900", message) }

func fail(w http.ResponseWriter, err error) {
	var known *apiError
	if !errors.As(err, &known) {
		known = &apiError{status: http.StatusInternalServerError, Code: "BackupService.9910", Message: err.Error()}
	}
	write(w, known.status, known)
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.Header().Set("X-Request-Id", "req-6f1c7f8e2b5c4d3e9a8b7c6d5e4f3a2b")
	w.WriteHeader(status)
	if body != nil && status != http.StatusNoContent {
		_ = json.NewEncoder(w).Encode(body)
	}
}

// read decodes a body.
func read[T any](r *http.Request) (v T, err error) {
	if json.NewDecoder(http.MaxBytesReader(nil, r.Body, 12<<20)).Decode(&v) != nil {
		return v, invalid("The request body is not valid JSON of this call.")
	}
	return v, nil
}
