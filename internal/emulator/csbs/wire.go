package csbs

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
)

// timeLayout has microseconds and no zone (§2.1).
const timeLayout = "2006-01-02T15:04:05.000000"

// stamp spells a time; one that did not happen is null.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(timeLayout)
}

// apiError is a refusal in the form of the service (§1.5).
type apiError struct {
	status        int
	code, message string
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

func refuse(status int, code, message string) error {
	return &apiError{status: status, code: code, message: message}
}

func invalid(message string) error {
	return refuse(http.StatusBadRequest, "CSBS.9001", message)
}

func noItem(id string) error {
	return refuse(http.StatusNotFound, "CSBS.3001", "Checkpoint_item ("+id+") is not found.")
}

func noPolicy(id string) error {
	return refuse(http.StatusNotFound, "CSBS.3000", "Plan ("+id+") is not found.")
}

// noContent is an answer 204.
type noContent struct{}

// answer sends what a handler returned. Writes answer 200, not 201 or 202 (§2.1).
func answer(w http.ResponseWriter, body any, err error) {
	var refused *apiError
	switch {
	case errors.As(err, &refused):
		iam.Reply(w, refused.status, map[string]string{"error_code": refused.code, "error_msg": refused.message})
	case err != nil:
		iam.Reply(w, http.StatusInternalServerError, map[string]string{"error_code": "CSBS.9999", "error_msg": err.Error()})
	case body == noContent{}:
		w.WriteHeader(http.StatusNoContent)
	default:
		iam.Reply(w, http.StatusOK, body)
	}
}

// read reads the body of a request.
func read(r *http.Request, into any) error {
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20)).Decode(into); err != nil {
		return invalid("The request body is invalid: " + err.Error())
	}
	return nil
}

type tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type object = map[string]any
